# What Docker knows: asked once, before the first check.
# shellcheck shell=bash

engine_version= # empty: it does not answer
engine_trouble= # then why: absent, forbidden, silent
engine_arch=
compose_trouble= # why Compose can't be asked about this project: a sentence
containers= # SERVICE|HASH|STATUS|HEALTH|RESTARTS|OOM|EXIT, a line each

ask_engine() {
  if ! has docker; then
    engine_trouble=absent
  elif ask docker version --format '{{.Server.Version}} {{.Server.Arch}}' && [ -n "$out" ]; then
    read -r engine_version engine_arch <<<"$out"
  elif [[ $err == *'permission denied'* ]]; then
    engine_trouble=forbidden
  else
    engine_trouble=silent
  fi
}

ask_compose() {
  if [ -z "$engine_version" ]; then
    compose_trouble='Docker does not answer (see docker)'
  elif ! ask docker compose version --short; then
    compose_trouble='Compose is missing (see compose)'
  elif ! ask docker compose config -q; then
    compose_trouble='Compose can’t read this project (see compose-file)'
  elif ask docker compose --profile '*' ps -a -q && [ -n "$out" ]; then
    # shellcheck disable=SC2086 # one word an id
    ask docker inspect --format "$container_format" $out && containers=$out
  fi
}
container_format='{{index .Config.Labels "com.docker.compose.service"}}|{{index .Config.Labels "com.docker.compose.config-hash"}}|{{.State.Status}}|{{if .State.Health}}{{.State.Health.Status}}{{end}}|{{.RestartCount}}|{{.State.OOMKilled}}|{{.State.ExitCode}}'

# Field N of a service's container; nothing when it has none.
container() { # SERVICE N
  awk -F'|' -v service="$1" -v field="$2" '$1 == service { print $field; exit }' <<<"$containers"
}
runs() { [ "$(container "$1" 3)" = running ]; }
