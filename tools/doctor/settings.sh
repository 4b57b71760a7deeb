# What the owner decided: .env and config/tailboard.yaml. Values are looked at and never printed.
# shellcheck shell=bash

# The value of a variable of .env as Compose reads it: quotes and a comment after a blank are no part of it.
env_value() { # NAME
  [ -r .env ] || return 0
  local value
  value=$(sed -n "s/^[[:space:]]*\(export[[:space:]]\{1,\}\)\{0,1\}$1[[:space:]]*=[[:space:]]*//p" .env | tail -n 1 | tr -d '\r')
  case $value in
    \'*) value=${value#\'}; value=${value%%\'*} ;;
    \"*) value=${value#\"}; value=${value%%\"*} ;;
    *) value=$(sed 's/^#.*//; s/[[:space:]]\{1,\}#.*//; s/[[:space:]]*$//' <<<"$value") ;;
  esac
  printf '%s' "$value"
}

http_port() { local port; port=$(env_value TAILBOARD_HTTP_PORT); echo "${port:-80}"; }
https_port() { local port; port=$(env_value TAILBOARD_HTTPS_PORT); echo "${port:-443}"; }

# Did the owner switch this source off? Reads the one shape that the dashboard writes: sources: NAME: enabled: false.
is_off() { # SOURCE
  [ -r config/tailboard.yaml ] || return 1
  awk -v source="$1" '
    /^[^ #]/ { inside = /^sources:/ }
    inside && /^  [^ #]/ { mine = ($1 == source ":") }
    inside && mine && /^    enabled: *false/ { off = 1 }
    END { exit !off }' config/tailboard.yaml
}
switched_off="switched off in config/tailboard.yaml, so it is not needed"
