#!/bin/sh
# Without Docker: compiles the Bluetooth socket for the pinned node and puts it where the program looks for it.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
root=$(cd "$here/../.." && pwd)
PATH=$root/node_modules/.bin:$PATH
export PATH
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sh "$here/native/collect.sh" "$work"
# The node that the lock file pins brings its headers.
NODE_HEADERS=$(dirname "$(dirname "$(node -p 'process.execPath')")")
export NODE_HEADERS
sh "$here/native/compile.sh" "$work"
module=$(cd "$here/node_modules/@abandonware/bluetooth-hci-socket" && pwd -P)
mkdir -p "$module/build/Release"
cp "$work/dist/node_modules/@abandonware/bluetooth-hci-socket/build/Release/bluetooth_hci_socket.node" "$module/build/Release/"
echo "built: $module/build/Release/bluetooth_hci_socket.node"
