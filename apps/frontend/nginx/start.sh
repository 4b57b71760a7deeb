#!/bin/sh
# nginx stops at a `listen` that the kernel can't fulfil, and a health check asks ::1 first where there is one.
set -eu
echo 'listen 0.0.0.0:3000;' >/tmp/listen.conf
if [ -e /proc/net/if_inet6 ]; then echo 'listen [::]:3000;' >>/tmp/listen.conf; fi
# `-e`: before it has read its configuration nginx would open a log that lies on the read-only root.
exec nginx -e stderr -c /etc/tailboard/nginx.conf
