#!/bin/sh
# Copies what the Bluetooth socket is compiled from, with links followed, to the folder that is named:
# the module itself as it is at run time, and nan beside it.
set -eu
target=$1
here=$(cd "$(dirname "$0")/.." && pwd)
module=$(cd "$here/node_modules/@abandonware/bluetooth-hci-socket" && pwd -P)
mkdir -p "$target/node_modules/@abandonware"
cp -RL "$module" "$target/node_modules/@abandonware/bluetooth-hci-socket"
cp -RL "$module/../../nan" "$target/node_modules/nan"
