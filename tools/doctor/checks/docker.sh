# Docker, Compose and the images.
# shellcheck shell=bash
checks+=(docker docker-boot compose compose-file images traefik-image)

install_docker='install it from Docker’s own packages: https://docs.docker.com/engine/install/debian/'

check_docker() {
  case $engine_trouble in
    absent) problem 'Docker is not installed.' "$install_docker" ;;
    forbidden) problem 'This user may not speak to Docker.' "sudo usermod -aG docker ${USER:-pi}   then log out and in again" ;;
    silent) problem 'Docker does not answer.' 'sudo systemctl enable --now docker   (if it fails: journalctl -u docker -n 50)' ;;
    *)
      # The first with start_interval: without it each health check would be asked for once a minute while services start.
      if at_least "$engine_version" 25; then ok "Docker $engine_version answers."; else
        problem "Docker $engine_version is too old: 25 is the first that the compose file can use." "$install_docker"
      fi
      ;;
  esac
}

check_docker_boot() {
  [ "$engine_trouble" != absent ] || { unchecked 'Docker is not installed (see docker)'; return; }
  has systemctl || { unchecked 'there is no systemctl to ask'; return; }
  ask systemctl is-enabled docker
  case $out in
    enabled | static | alias) ok 'Docker starts with the Pi.' ;;
    '') unchecked 'systemctl does not say' ;;
    *) problem 'Docker does not start with the Pi: after a power cut there is no dashboard.' 'sudo systemctl enable docker containerd' ;;
  esac
}

check_compose() {
  [ "$engine_trouble" != absent ] || { unchecked 'Docker is not installed (see docker)'; return; }
  if ! ask docker compose version --short; then
    problem 'Docker’s Compose plugin is missing.' 'sudo apt install docker-compose-plugin'
  elif at_least "$out" 2.20.2; then
    ok "Compose $out is there."
  else
    problem "Compose $out is too old: 2.20.2 is the first that knows start_interval." 'sudo apt update && sudo apt install docker-compose-plugin'
  fi
}

check_compose_file() {
  [ -e docker-compose.yml ] || { problem 'There is no docker-compose.yml here.' 'run this in Tailboard’s own folder'; return; }
  if [ -z "$compose_trouble" ]; then
    ok 'Compose can read docker-compose.yml and .env.'
  elif [[ $compose_trouble == *compose-file* ]]; then
    # What it says may hold a line of .env, and so a password: it is not repeated here.
    problem 'Compose can’t read docker-compose.yml, an override or .env.' 'docker compose config -q   (it names the line; what it prints may hold a secret)'
  else
    unchecked "$compose_trouble"
  fi
}

images() { ask docker compose --profile '*' config --images && sort -u <<<"$out"; }

check_images() {
  [ -z "$compose_trouble" ] || { unchecked "$compose_trouble"; return; }
  local image ours=() others=() foreign=() all mend=()
  all=$(images)
  [ -n "$all" ] || { unchecked 'Compose does not name the images'; return; }
  while read -r image; do
    if ask docker image inspect --format '{{.Architecture}}' "$image"; then
      [ "$out" = "$engine_arch" ] || foreign+=("$image")
    elif [[ $image != */* ]]; then
      others+=("$image")
    else
      ours+=("$image")
    fi
  done <<<"$all"
  if [ ${#foreign[@]} -gt 0 ]; then
    problem "$(together "${foreign[@]}"): for another processor than this one ($engine_arch)." \
      "docker image rm ${foreign[*]}   then build, or send, them for $engine_arch"
  elif [ $((${#ours[@]} + ${#others[@]})) -gt 0 ]; then
    [ ${#others[@]} -eq 0 ] || mend+=("docker pull $(sed 's/ / \&\& docker pull /g' <<<"${others[*]}")")
    [ ${#ours[@]} -eq 0 ] || mend+=('make build   (here, an hour or more on a Pi 3B; docs/pi-setup.md, step 8, names the quicker ways)')
    problem "Not here yet: $(together "${others[@]}" "${ours[@]}")." "${mend[@]}"
  else
    ok "All $(wc -l <<<"$all") images are here, for this processor."
  fi
}

check_traefik_image() {
  [ -z "$compose_trouble" ] || { unchecked "$compose_trouble"; return; }
  local tag
  tag=$(images | sed -n 's/^\(.*\/\)\{0,1\}traefik:v\{0,1\}\([0-9][0-9.]*\).*/\2/p' | head -n 1)
  [ -n "$tag" ] || { unchecked 'the image of traefik has no number in its name'; return; }
  # A tag such as 3.6 or 3 is the newest of its line; 2.11.31 can as well, but its labels are others.
  case $tag in 3) tag=3.99 ;; *.*.*) ;; *) tag=$tag.99 ;; esac
  if at_least "$tag" 3.6.1 || ! at_least "$engine_version" 29; then
    ok "Traefik and Docker $engine_version understand each other."
  else
    problem "Docker $engine_version does not speak to this Traefik: every address would be 404." \
      'use traefik:v3.7 as docker-compose.yml does (an override changes it), then: docker compose up -d'
  fi
}
