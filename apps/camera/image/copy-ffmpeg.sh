#!/bin/sh
# Puts FFmpeg and what its loader asks for into one folder, each file at its own path. What Debian's package brings beside
# that (GPU drivers, a sound server, documentation) is opened only by what we never ask for.
set -eu
root=$1
ffmpeg=$(command -v ffmpeg)
mkdir -p "$root/usr/bin"
cp -L "$ffmpeg" "$root/usr/bin/ffmpeg"
# The layer below has the C library and the loader already: the same files, from the same Debian.
copied=
for library in $(ldd "$ffmpeg" | awk '$2 == "=>" && $3 ~ /^\// { print $3 }'); do
  [ -e "/root-of-services$library" ] && continue
  mkdir -p "$root$(dirname "$library")"
  cp -L "$library" "$root$library"
  copied="$copied $library"
done
# shellcheck disable=SC2086
/note-packages.sh "$root" $copied "$ffmpeg"
# The place for the volume of segments, as the volume itself is: Docker would else make it in each container.
mkdir "$root/hls"
chown 1000:1000 "$root/hls"
find "$root" -exec touch -hd @0 {} +
