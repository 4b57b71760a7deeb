#!/bin/sh
# Puts the entry ports from .env into traefik.yml, which can't read them itself, and becomes Traefik. For busybox's sh.
set -eu

from=${TAILBOARD_TRAEFIK_FILE:-/etc/traefik/traefik.yml}
to=${TAILBOARD_TRAEFIK_RENDERED:-/tmp/traefik.yml}

port() { # VARIABLE VALUE
  case $2 in
    '' | *[!0-9]* | 0* | ??????*) bad=yes ;;
    *) if [ "$2" -gt 65535 ]; then bad=yes; else bad=no; fi ;;
  esac
  if [ "$bad" = yes ]; then
    echo "traefik: $1 in .env is '$2', but a port is a number from 1 to 65535. Change that line, then run: docker compose up -d" >&2
    exit 78
  fi
}

http=${TAILBOARD_HTTP_PORT:-80}
https=${TAILBOARD_HTTPS_PORT:-443}
port TAILBOARD_HTTP_PORT "$http"
port TAILBOARD_HTTPS_PORT "$https"
if [ "$http" = "$https" ]; then
  echo "traefik: TAILBOARD_HTTP_PORT and TAILBOARD_HTTPS_PORT in .env are both $http. Give them different ports, then run: docker compose up -d" >&2
  exit 78
fi

# Set by docker-compose.socket-proxy.yml: another socket than the engine's own.
endpoint=
if [ -n "${TAILBOARD_DOCKER_ENDPOINT:-}" ]; then
  endpoint="s|^    exposedByDefault: false\$|&\n    endpoint: $TAILBOARD_DOCKER_ENDPOINT|"
fi
# `t`: a line that was replaced is done, also when .env puts one port where the other was.
sed -e "s/address: \":80\"/address: \":$http\"/" -e t -e "s/address: \":443\"/address: \":$https\"/" -e t \
  -e "$endpoint" "$from" >"$to"
# Go's collector works harder before the container's 64 MB are reached, instead of being killed there.
export GOMEMLIMIT=48MiB
exec traefik --configFile="$to"
