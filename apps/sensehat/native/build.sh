#!/bin/sh
# Without Docker: compiles the native modules for the pinned node and puts each where its loader looks for it.
# The Sense HAT itself needs this; the simulated one and the tests of the registers do not.
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
for name in i2c-bus ioctl nodeimu; do
  module=$(cd "$here/node_modules/$name" && pwd -P)
  built=$work/dist/node_modules/$name
  (cd "$built" && find . -name '*.node') | while read -r file; do
    mkdir -p "$module/$(dirname "$file")"
    cp "$built/$file" "$module/$file"
    echo "built: $module/$file"
  done
done
