# The project's own files: who may read them, and what .env says. Names and line numbers are printed, never a value.
# shellcheck shell=bash
checks+=(files-readable env-mode env-names env-networks profiles secret-files config-writable)

# May this user of a container, whose group has the same number, do that? uid 0 has no capability there, so modes hold for it too.
may() { # USER BITS FILE: bits as in a mode (4 read, 3 write and enter, 5 read and enter); USER - is anybody
  local mode owner group
  read -r mode owner group < <(stat -Lc '%a %u %g' "$3")
  mode=$((8#$mode))
  if [ "$owner" = "$1" ]; then mode=$((mode >> 6)); elif [ "$group" = "$1" ]; then mode=$((mode >> 3)); fi
  (((mode & $2) == $2))
}

check_files_readable() {
  local file user bits closed=()
  for file in . docker-compose*.yml traefik traefik/start.sh traefik/traefik.yml traefik/dynamic traefik/dynamic/*.yml redis redis/*; do
    [ -e "$file" ] || continue
    # Redis has a user of its own, whose number differs between its images.
    user=0 bits=4
    [[ $file != redis* ]] || user=-
    [ ! -d "$file" ] || bits=5
    may "$user" "$bits" "$file" || closed+=("$file")
  done
  if [ ${#closed[@]} -eq 0 ]; then
    ok 'The services may read their files.'
  else
    problem "The services may not read $(together "${closed[@]}"); often an umask of 077." "chmod a+rX ${closed[*]}"
  fi
}

# A network camera's address carries its password before the @.
holds_secret='^[[:space:]]*([A-Z0-9_]*(PASSWORD|KEY|TOKEN)[[:space:]]*=[[:space:]]*[^[:space:]#]|CAMERA_INPUT[[:space:]]*=.*@)'

check_env_mode() {
  [ -e .env ] || { ok 'There is no .env: every default holds.'; return; }
  if ! may 0 4 .env; then
    problem 'The orchestrator may not read .env: it is root without the right to pass file modes.' 'sudo chgrp root .env && chmod 640 .env'
  elif may - 4 .env && grep -Eq "$holds_secret" .env; then
    warning 'Every user of this Pi may read .env, and a secret is in it.' 'sudo chgrp root .env && chmod 640 .env'
  else
    ok 'The orchestrator may read .env.'
  fi
}

check_env_names() {
  [ -e .env ] || { ok 'There is no .env: every default holds.'; return; }
  [ -r .env ] || { unchecked '.env can’t be read by this user' 'sudo make doctor'; return; }
  local known unknown line
  # Ours, and what an override asks for.
  known=$(sed -n 's/^\([A-Z_][A-Z0-9_]*\)=.*/\1/p' .env.example 2>/dev/null
    sed -n 's/^[^#]*\${\([A-Za-z_][A-Za-z0-9_]*\).*/\1/p' docker-compose*.yml 2>/dev/null)
  [ -n "$known" ] || { unchecked 'there is no .env.example to compare with'; return; }
  line=$(grep -nEv '^[[:space:]]*(#|$)|^[[:space:]]*(export[[:space:]]+)?[A-Za-z_][A-Za-z0-9_]*[[:space:]]*=' .env | cut -d: -f1 | head -n 1)
  unknown=$(sed -n 's/^[[:space:]]*\(export[[:space:]]\{1,\}\)\{0,1\}\([A-Za-z_][A-Za-z0-9_]*\)[[:space:]]*=.*/\2/p' .env |
    grep -Ev '^(COMPOSE|DOCKER|BUILDKIT)_' | grep -vxF "$known" | sort -u)
  if [ -n "$line" ]; then
    problem "Line $line of .env is no NAME=value." "nano +$line .env"
  elif [ -n "$unknown" ]; then
    # shellcheck disable=SC2086 # one word a name
    warning "Nobody asks for $(together $unknown) in .env: misspelt, or of another version." 'compare with .env.example, then: docker compose up -d'
  else
    ok 'Every variable of .env is known.'
  fi
}

is_network() { # ENTRY: what Traefik's ipAllowList takes, an address with or without a length
  local address=${1%%/*} length=${1#*/} part
  [[ $1 == */* ]] || length=0
  [[ $length =~ ^(0|[1-9][0-9]{0,2})$ ]] || return 1
  if [[ $address =~ ^([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})$ ]]; then
    for part in "${BASH_REMATCH[@]:1}"; do
      [[ $part =~ ^(0|[1-9][0-9]*)$ ]] && [ "$part" -le 255 ] || return 1
    done
    [ "$length" -le 32 ]
  else
    [ "$length" -le 128 ] && is_ipv6 "$address"
  fi
}

is_ipv6() { # ADDRESS
  local address=$1 groups part
  [[ $address =~ ^[0-9a-fA-F:]+$ && $address == *:*:* && $address != *:::* && $address != *::*::* ]] || return 1
  [[ $address != :[^:]* && $address != *[^:]: ]] || return 1
  IFS=: read -ra groups <<<"${address/::/:0:}"
  for part in "${groups[@]}"; do [ ${#part} -le 4 ] || return 1; done
  if [[ $address == *::* ]]; then [ "$(tr -cd : <<<"$address" | wc -c)" -le 7 ]; else [ ${#groups[@]} -eq 8 ]; fi
}

check_env_networks() {
  local name entry entries number wrong=() everybody=()
  for name in TAILBOARD_READ_FROM TAILBOARD_WRITE_FROM; do
    number=0
    IFS=, read -ra entries <<<"$(env_value "$name" | tr -d '[:space:]')"
    for entry in ${entries[@]+"${entries[@]}"}; do
      number=$((number + 1))
      [ -n "$entry" ] || continue
      is_network "$entry" || wrong+=("entry $number of $name")
      [[ $entry != */0 ]] || everybody+=("entry $number of $name")
    done
  done
  if [ ${#wrong[@]} -gt 0 ]; then
    problem "$(together "${wrong[@]}") in .env is no network, so nobody gets in: every address is 404." \
      'write it like 192.168.1.0/24 or fd00::/8, with commas between, then: docker compose up -d'
  elif [ ${#everybody[@]} -gt 0 ]; then
    warning "$(together "${everybody[@]}") in .env lets everybody in who can reach this Pi." 'name the network of the house alone, such as 192.168.1.0/24, then: docker compose up -d'
  else
    ok 'The networks in .env are well written.'
  fi
}

check_profiles() {
  if [[ ,$(env_value COMPOSE_PROFILES), =~ ,(\*|poll|camera), ]]; then
    problem 'COMPOSE_PROFILES in .env makes docker compose up start what the orchestrator starts when it is time.' \
      'remove poll, camera and * from that line, then: docker compose up -d'
  else
    ok 'docker compose up starts only what lives always.'
  fi
}

check_secret_files() {
  local name folder value file trouble=() mend=()
  while read -r name folder; do
    value=$(env_value "$name")
    [ -n "$value" ] || continue
    file=secrets/$folder/${value#/run/secrets/}
    if [[ $value != /run/secrets/* || ! -f $file ]]; then
      trouble+=("$name in .env names no file of secrets/$folder/")
      mend+=("put the file into secrets/$folder/ and write $name=/run/secrets/FILE")
    elif ! may 1000 4 "$file"; then
      trouble+=("the source may not read the file that $name in .env names")
      mend+=("sudo chown 1000 secrets/$folder/FILE && sudo chmod 400 secrets/$folder/FILE")
    fi
  done <<<'PIHOLE_PASSWORD_FILE pihole
OPENWEATHERMAP_KEY_FILE weather
CAMERA_INPUT_FILE camera'
  if [ ${#trouble[@]} -eq 0 ]; then ok 'Secrets in files, if any, can be read by their sources.'; else
    problem "Secrets: $(together "${trouble[@]}")." "${mend[@]}"
  fi
}

check_config_writable() {
  local folder closed=()
  [ -d config ] || { problem 'There is no folder config/.' 'git checkout config   (or: mkdir config), then: sudo chown 1000:1000 config'; return; }
  for folder in config config/versions; do
    [ ! -d "$folder" ] || may 1000 3 "$folder" || closed+=("$folder/")
  done
  if [ ${#closed[@]} -eq 0 ]; then
    ok 'The gateway (user 1000) may write config/.'
  else
    problem "The gateway (user 1000) may not write $(together "${closed[@]}"): settings can’t be saved." 'sudo chown -R 1000:1000 config && chmod -R u+rwX config'
  fi
}
