#!/bin/sh
# note-packages.sh ROOT FILE...: notes in ROOT which packages of this system the files come from, where scanners look for it in an
# image without a package manager (Debian: var/lib/dpkg/status.d, Alpine: lib/apk/db/installed), with the notices that are owed.
set -eu
root=$1
shift

debian() { # the file's package, one record each
  # With a merged /usr the loader and dpkg may name a file by different folders.
  file=$1 real=$(readlink -f "$1")
  package=$(dpkg-query -S "$file" "$real" "/usr$file" "${real#/usr}" 2>/dev/null |
    sed -n '/^diversion by /d; s/[:,].*//p' | head -n 1)
  [ -n "$package" ] || { echo "no package owns $file" >&2; exit 1; }
  mkdir -p "$root/var/lib/dpkg/status.d"
  dpkg-query -W -f 'Package: ${Package}\nStatus: ${Status}\nArchitecture: ${Architecture}\nSource: ${source:Package}\nVersion: ${Version}\n\n' \
    "$package" | sed '/^$/q' >"$root/var/lib/dpkg/status.d/$package"
  if [ -e "/usr/share/doc/$package/copyright" ]; then
    mkdir -p "$root/usr/share/doc/$package"
    cp -L "/usr/share/doc/$package/copyright" "$root/usr/share/doc/$package/copyright"
  fi
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

for path; do
  if command -v dpkg-query >/dev/null; then debian "$path"; else alpine "$path"; fi
done
