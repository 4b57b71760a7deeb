# What runs, and whether it is what docker-compose.yml and .env say.
# shellcheck shell=bash
checks+=(services env-applied traefik-log)

nothing_runs='nothing of Tailboard runs (see services)'

check_services() {
  [ -z "$compose_trouble" ] || { unchecked "$compose_trouble"; return; }
  local service status health restarts oom exit_code expected missing=() broken=() sick=() killed=() restless=()
  ask docker compose config --services || { unchecked 'Compose does not name the services'; return; }
  expected=$out
  for service in $expected; do
    [ -n "$(container "$service" 3)" ] || missing+=("$service")
  done
  while IFS='|' read -r service _ status health restarts oom exit_code; do
    [ -n "$service" ] || continue
    [ "$oom" != true ] || killed+=("$service")
    grep -qx "$service" <<<"$expected" || continue
    [ "$status" = running ] || broken+=("$service ($status, exit code $exit_code)")
    [ "$health" != unhealthy ] || sick+=("$service")
    [ "$restarts" -le 3 ] || restless+=("$service ($restarts times)")
  done <<<"$containers"
  if [ ${#missing[@]} -gt 0 ] && [ ${#missing[@]} -eq "$(wc -w <<<"$expected")" ]; then
    problem 'Nothing of Tailboard runs.' 'docker compose up -d'
  elif [ ${#missing[@]} -gt 0 ]; then
    problem "There is no container of $(together "${missing[@]}")." 'docker compose up -d'
  elif [ ${#broken[@]} -gt 0 ]; then
    problem "Not running: $(together "${broken[@]}")." "docker compose logs --tail 30 ${broken[0]%% *}"
  elif [ ${#sick[@]} -gt 0 ]; then
    problem "Running, but its health check fails: $(together "${sick[@]}")." "docker compose logs --tail 30 ${sick[0]}"
  elif [ ${#killed[@]} -gt 0 ]; then
    problem "Ended by the kernel for want of memory: $(together "${killed[@]}")." \
      "see memory and swap above; more for it alone: mem_limit of ${killed[0]} in docker-compose.yml"
  elif [ ${#restless[@]} -gt 0 ]; then
    warning "Started again and again: $(together "${restless[@]}")." "docker compose logs --tail 30 ${restless[0]%% *}"
  else
    ok "All $(wc -w <<<"$expected") services that live always run."
  fi
}

# Variables of .env whose value a running container does not have; by name. Only what is written plainly can be compared.
variables_that_differ() {
  local ids name want have
  ask docker compose ps -q && [ -n "$out" ] || return 0
  ids=$out
  # shellcheck disable=SC2086 # one word an id
  ask docker inspect --format '{{range .Config.Env}}{{println .}}{{end}}' $ids || return 0
  have=$out
  while read -r name; do
    want=$(env_value "$name")
    if [ -z "$want" ] || [[ $want == *\$* ]] || ! grep -q "^$name=" <<<"$have"; then continue; fi
    grep -qxF "$name=$want" <<<"$have" || echo "$name"
  done < <(sed -n 's/^\([A-Z_][A-Z0-9_]*\)=.*/\1/p' .env 2>/dev/null | sort -u)
}

check_env_applied() {
  [ -z "$compose_trouble" ] || { unchecked "$compose_trouble"; return; }
  [ -n "$containers" ] || { unchecked "$nothing_runs"; return; }
  ask docker compose config --hash '*' || { unchecked 'Compose does not tell its hashes'; return; }
  local service hash now differ=() names
  while read -r service hash; do
    now=$(container "$service" 2)
    [ -z "$now" ] || [ "$now" = "$hash" ] || differ+=("$service")
  done <<<"$out"
  if [ ${#differ[@]} -eq 0 ]; then
    ok 'What runs is what docker-compose.yml and .env say.'
    return
  fi
  names=$(variables_that_differ)
  # shellcheck disable=SC2086 # one word a name
  warning "$(together "${differ[@]}") still run with what the files said before${names:+ ($(together $names) in .env)}." 'docker compose up -d'
}

check_traefik_log() {
  [ -z "$compose_trouble" ] || { unchecked "$compose_trouble"; return; }
  [ -n "$(container traefik 3)" ] || { unchecked 'traefik has no container (see services)'; return; }
  ask docker compose logs --no-color --no-log-prefix --tail 50 traefik || { unchecked 'its log can’t be read'; return; }
  out+=$'\n'$err
  local read_it='docker compose logs --tail 30 traefik'
  if [[ $out == *'Minimum supported API version'* ]]; then
    problem 'Traefik is too old for this Docker.' 'see traefik-image above, then: docker compose up -d'
  elif [[ $out == *'address already in use'* ]]; then
    problem 'Traefik did not get its ports: another program has them.' 'see ports above'
  elif [[ $out == *'but a port is a number'* || $out == *'Give them different ports'* ]]; then
    problem 'Traefik refuses a port in .env.' 'TAILBOARD_HTTP_PORT and TAILBOARD_HTTPS_PORT are two different numbers from 1 to 65535; then: docker compose up -d'
  elif [[ $out == *'parse CIDRs'* || $out == *'invalid CIDR'* ]]; then
    problem 'Traefik refuses a network in .env, so nobody gets in.' 'see env-networks above'
  elif grep -Eq ' ERR |level=error' <<<"$out"; then
    warning 'Traefik has errors in its log.' "$read_it"
  else
    ok 'Traefik’s log has no error.'
  fi
}
