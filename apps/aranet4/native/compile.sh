#!/bin/sh
# Compiles the Bluetooth socket that collect.sh has put into a folder, for the node on the PATH. Needs g++, make and python3.
# Leaves in FOLDER/dist/node_modules what a program needs beside it: the module, its loader, its licence.
# NODE_HEADERS: the folder that holds include/node; that of the node itself when absent.
set -eu
folder=$(cd "$1" && pwd)
node=$(command -v node)
headers=${NODE_HEADERS:-$(cd "$(dirname "$node")/.." && pwd -P)}
gyp=$(ls -d /usr/local/lib/node_modules/npm/node_modules/node-gyp /usr/lib/node_modules/npm/node_modules/node-gyp 2>/dev/null | head -n 1)
module=$folder/node_modules/@abandonware/bluetooth-hci-socket

cd "$module"
# As it comes it closes a handle that it has not opened yet, when there is no Bluetooth (EAFNOSUPPORT): the whole program then
# aborts, and with it the failure that it was about to write.
source=src/BluetoothHciSocket.cpp
sed -i 's/^  uv_close((uv_handle_t \*)&this->_pollHandle,/  if (this->_pollHandle.data == this) &/' "$source"
[ "$(grep -c 'if (this->_pollHandle.data == this)' "$source")" = 1 ]

# The names are those that node-pre-gyp would pass.
node "$gyp/bin/node-gyp.js" rebuild --release --nodedir="$headers" \
  --module_name=bluetooth_hci_socket --module_path=./lib/binding

dist=$folder/dist/node_modules/@abandonware/bluetooth-hci-socket
rm -rf "$folder/dist"
mkdir -p "$dist/lib" "$dist/build/Release"
cp package.json index.js LICENSE "$dist/"
cp lib/native.js "$dist/lib/"
cp build/Release/bluetooth_hci_socket.node "$dist/build/Release/"
strip --strip-unneeded "$dist/build/Release/bluetooth_hci_socket.node"
# The same content is the same layer, whenever it was built.
find "$folder/dist" -exec touch -hd @0 {} +
