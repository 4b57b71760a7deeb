#!/bin/sh
# Makes the bare root that every Node service stands on: the node binary, what it is linked to, certificates, two
# users, and busybox as wget for health checks. No shell, no package manager. Runs in a stage of the Dockerfiles.
set -eu
root=$1

copy() { # the file at its own path, links followed
  mkdir -p "$root$(dirname "$1")"
  cp -L "$1" "$root$1"
}

node=$(command -v node)
mkdir -p "$root/usr/local/bin" "$root/usr/bin" "$root/etc" "$root/app" "$root/tmp"
cp -L "$node" "$root/usr/local/bin/node"
# The public node image and others are linked differently: what is needed is what the loader says.
libraries=$(ldd "$node" | awk '$2 == "=>" && $3 ~ /^\// { print $3 } $1 ~ /^\// { print $1 }')
for library in $libraries; do copy "$library"; done
copy /etc/ssl/certs/ca-certificates.crt
cp -L "$(command -v busybox)" "$root/usr/bin/wget"
# The node binary is no package of Debian's: its version is asked of itself.
# shellcheck disable=SC2086
/note-packages.sh "$root" $libraries "$(command -v busybox)" /usr/sbin/update-ca-certificates

cat >"$root/etc/passwd" <<'END'
root:x:0:0:root:/:/usr/sbin/nologin
node:x:1000:1000:node:/app:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/:/usr/sbin/nologin
END
cat >"$root/etc/group" <<'END'
root:x:0:
node:x:1000:
nogroup:x:65534:
END
echo 'hosts: files dns' >"$root/etc/nsswitch.conf"
chmod 1777 "$root/tmp"
# The same content is the same layer, whenever it was built.
find "$root" -exec touch -hd @0 {} +
