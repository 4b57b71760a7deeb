#!/bin/sh
# Compiles the modules that collect.sh has put into a folder, for the node on the PATH. Needs g++, make and python3.
# Leaves in FOLDER/dist/node_modules what a program needs beside it: the modules, their loader, their licences.
# NODE_HEADERS: the folder that holds include/node; that of the node itself when absent.
set -eu
folder=$(cd "$1" && pwd)
node=$(command -v node)
headers=${NODE_HEADERS:-$(cd "$(dirname "$node")/.." && pwd -P)}
gyp=$(ls -d /usr/local/lib/node_modules/npm/node_modules/node-gyp /usr/lib/node_modules/npm/node_modules/node-gyp 2>/dev/null | head -n 1)
modules=$folder/node_modules
dist=$folder/dist/node_modules
rm -rf "$folder/dist"

compile() { # module, the .node file it makes, where its loader looks for it, its JavaScript
  cd "$modules/$1"
  node "$gyp/bin/node-gyp.js" rebuild --release --nodedir="$headers"
  mkdir -p "$dist/$1/$3"
  cp "build/Release/$2" "$dist/$1/$3/"
  strip --strip-unneeded "$dist/$1/$3/$2"
  cp package.json "$4" "$dist/$1/"
  find . -maxdepth 1 -name 'LICEN*' -exec cp {} "$dist/$1/" \;
}

compile i2c-bus i2c.node build/Release i2c-bus.js
compile ioctl ioctl.node build/Release index.js
compile nodeimu NodeIMU.node out index.js
for name in bindings file-uri-to-path; do
  mkdir "$dist/$name"
  find "$modules/$name" -maxdepth 1 \( -name '*.js' -o -name package.json -o -name 'LICEN*' \) -exec cp {} "$dist/$name/" \;
done
# The same content is the same layer, whenever it was built.
find "$folder/dist" -exec touch -hd @0 {} +
