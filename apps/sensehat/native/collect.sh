#!/bin/sh
# Copies what the three native modules are compiled from, with links followed, to the folder that is named: each module as it
# is at run time, what loads them, and nan.
set -eu
target=$1
here=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$target/node_modules"
for name in i2c-bus ioctl nodeimu; do
  cp -RL "$here/node_modules/$name" "$target/node_modules/$name"
done
beside=$(cd "$(cd "$here/node_modules/i2c-bus" && pwd -P)/.." && pwd -P)
cp -RL "$beside/nan" "$target/node_modules/nan"
cp -RL "$beside/bindings" "$target/node_modules/bindings"
uri=$(cd "$(cd "$beside/bindings" && pwd -P)/../file-uri-to-path" && pwd -P)
cp -RL "$uri" "$target/node_modules/file-uri-to-path"
