#!/bin/sh
# A socket that a power cut left behind would keep nginx from making its own.
set -eu
rm -f /run/proxy/engine.sock
exec nginx -e stderr -c /etc/socket-proxy/nginx.conf -g 'daemon off;'
