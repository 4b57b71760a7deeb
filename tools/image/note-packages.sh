#!/bin/sh
# note-packages.sh ROOT FILE...: notes in ROOT which packages of this system the files come from, where scanners look for it in an
# image without a package manager (Debian: var/lib/dpkg/status.d, Alpine: lib/apk/db/installed), with the notices that are owed.
set -eu
root=$1
shift

debian() { # all files at once: under emulation and on a Pi each program that is started costs its time
  # With a merged /usr the loader and dpkg may name a file by different folders.
  # shellcheck disable=SC2046
  owners=$(
    dpkg-query -S $(for file in "$@" $(readlink -f "$@"); do echo "$file /usr$file ${file#/usr}"; done) 2>/dev/null |
      sed '/^diversion by /d'
  ) || true
  for file; do
    case $owners in
      *"/${file##*/}"*) ;;
      *) echo "no package owns $file" >&2; exit 1 ;;
    esac
  done
  packages=$(echo "$owners" | sed 's/[:,].*//' | sort -u)
  mkdir -p "$root/var/lib/dpkg/status.d"
  # shellcheck disable=SC2086
  dpkg-query -W -f 'Package: ${Package}\nStatus: ${Status}\nArchitecture: ${Architecture}\nSource: ${source:Package}\nVersion: ${Version}\n\n' $packages |
    awk -v folder="$root/var/lib/dpkg/status.d" -v RS= '{ file = folder "/" $2; print $0 "\n" >file; close(file) }'
  for package in $packages; do
    notice=/usr/share/doc/$package/copyright
    [ ! -e "$notice" ] || { mkdir -p "$root${notice%/*}" && cp -L "$notice" "$root$notice"; }
  done
}

alpine() { # what the installed database says of the file's package, less its files
  mkdir -p "$root/lib/apk/db"
  real=$(readlink -f "$1")
  awk -v file="${real#/}" -v noted="$root/lib/apk/db/installed" '
    BEGIN { while ((getline line <noted) > 0) if (line ~ /^P:/) known[line] = 1 }
    /^$/ { record = name = ""; next }
    /^[PVALoU]:/ { record = record $0 "\n"; if (/^P:/) name = $0 }
    /^F:/ { folder = substr($0, 3) }
    /^R:/ && folder "/" substr($0, 3) == file { found = 1; if (!(name in known)) print record >>noted; exit }
    END { exit !found }
  ' "${APK_DATABASE:-/lib/apk/db/installed}" || { echo "no package owns $1" >&2; exit 1; }
}

if command -v dpkg-query >/dev/null; then
  debian "$@"
else
  for path; do alpine "$path"; done
fi
