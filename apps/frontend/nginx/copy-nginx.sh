#!/bin/sh
# Puts nginx into one folder, with what its loader asks for and busybox: a shell for start.sh, wget for the health check.
# Runs in nginx's own image, Debian's as well as Alpine's.
set -eu
root=$1
nginx=$(command -v nginx)
busybox=$(readlink -f "$(command -v busybox)")

mkdir -p "$root/bin" "$root/usr/bin" "$root/usr/sbin" "$root/etc/nginx" "$root/tmp" "$root/srv"
cp -L "$nginx" "$root/usr/sbin/nginx"
cp -L "$busybox" "$root/bin/busybox"
ln -s busybox "$root/bin/sh"
ln -s ../../bin/busybox "$root/usr/bin/wget"
cp /etc/nginx/mime.types "$root/etc/nginx/"
files=$( (ldd "$nginx"; ldd "$busybox" || true) | awk '$2 == "=>" && $3 ~ /^\// { print $3 } $1 ~ /^\// { print $1 }' | sort -u)
for file in $files; do
  mkdir -p "$root$(dirname "$file")"
  cp -L "$file" "$root$file"
done
# shellcheck disable=SC2086
/note-packages.sh "$root" $files "$nginx" "$busybox"

echo 'root:x:0:0:root:/:/sbin/nologin' >"$root/etc/passwd"
echo 'nginx:x:101:101:nginx:/:/sbin/nologin' >>"$root/etc/passwd"
printf 'root:x:0:\nnginx:x:101:\n' >"$root/etc/group"
chmod 1777 "$root/tmp"
# The same content is the same layer, whenever it was built.
find "$root" -exec touch -hd @0 {} +
