# Ports, names and, at the end, the dashboard itself.
# shellcheck shell=bash
checks+=(ports dns dashboard)

# The name of the program that listens on a port: nothing when the port is free, ? when only root may know.
holder() { # PORT LISTENERS
  awk -v port="$1" '$4 ~ ":" port "$" { found = 1; if (match($0, /users:\(\("[^"]*/)) name = substr($0, RSTART + 9, RLENGTH - 9) }
    END { if (found) print (name == "" ? "?" : name) }' <<<"$2"
}

is_port() { [[ $1 =~ ^[1-9][0-9]{0,4}$ ]] && [ "$1" -le 65535 ]; }

check_ports() {
  local http https port program listeners mend
  http=$(http_port) https=$(https_port)
  for port in "$http" "$https"; do
    is_port "$port" || {
      problem 'A port in .env is no number from 1 to 65535.' 'mend TAILBOARD_HTTP_PORT or TAILBOARD_HTTPS_PORT, then: docker compose up -d'
      return
    }
  done
  [ "$http" != "$https" ] || { problem 'TAILBOARD_HTTP_PORT and TAILBOARD_HTTPS_PORT in .env are the same.' 'make them two, then: docker compose up -d'; return; }
  has ss && ask ss -H -ltnp || { unchecked 'there is no ss to ask' 'sudo apt install iproute2'; return; }
  listeners=$out
  for port in "$http" "$https" 18080; do
    program=$(holder "$port" "$listeners")
    case $program in
      '' | traefik) continue ;;
      '?')
        # Traefik is root's, so an ordinary user does not see its name either.
        ! runs traefik || continue
        warning "Some program of another user has port $(port_word "$port")." 'sudo make doctor   says which'
        return
        ;;
      pihole-FTL) mend='TAILBOARD_HTTP_PORT=8088 and TAILBOARD_HTTPS_PORT=8443 in .env (docs/pi-setup.md, Pi-hole), then: docker compose up -d' ;;
      tailscaled) mend='TAILBOARD_HTTPS_PORT=8443 in .env (docs/https.md, tailscale serve), then: docker compose up -d' ;;
      docker-proxy) mend='docker ps   names the container that publishes it; give one of the two another port (TAILBOARD_HTTP_PORT, TAILBOARD_HTTPS_PORT in .env)' ;;
      *) mend="stop $program, or another port in .env (TAILBOARD_HTTP_PORT, TAILBOARD_HTTPS_PORT), then: docker compose up -d" ;;
    esac
    [ "$port" != 18080 ] || mend="stop $program: Traefik's health check has this port on loopback, and no other"
    problem "$program has port $(port_word "$port"), which Traefik needs." "$mend"
    return
  done
  ok 'The ports are free, or Traefik’s.'
}
# A port that .env chose is a value of .env.
port_word() {
  case $1 in
    80 | 443 | 18080) echo "$1" ;;
    "$(http_port)") echo TAILBOARD_HTTP_PORT ;;
    *) echo TAILBOARD_HTTPS_PORT ;;
  esac
}

name_to_ask=api.open-meteo.com

check_dns() {
  [ -z "$compose_trouble" ] || { unchecked "$compose_trouble"; return; }
  runs redis || { unchecked 'it is asked from the container of redis, which does not run (see services)'; return; }
  ask docker compose exec -T redis getent hosts "$name_to_ask"
  # 2: no such name. 124: no answer. All else is no answer about names.
  case $? in
    0) ok 'Containers find names.' ; return ;;
    2 | 124) ;;
    *) unchecked 'redis’s container can’t be asked' 'docker compose exec redis getent hosts '"$name_to_ask"; return ;;
  esac
  if ask getent hosts "$name_to_ask"; then
    problem 'This Pi finds names, its containers do not: Docker can’t use this Pi’s resolver.' \
      "your router's address, for one: echo '{ \"dns\": [\"192.168.1.1\"] }' | sudo tee /etc/docker/daemon.json && sudo systemctl restart docker   (a file that exists: add the line)"
  else
    problem 'Neither this Pi nor its containers find names: there is no DNS, or no internet.' 'cat /etc/resolv.conf; ping -c 3 1.1.1.1   (with a Pi-hole here: pihole status)'
  fi
}

check_dashboard() {
  local port
  port=$(http_port)
  has curl || { unchecked 'there is no curl' 'sudo apt install curl'; return; }
  runs traefik || { unchecked 'traefik does not run (see services)'; return; }
  is_port "$port" || { unchecked 'the port in .env is none (see ports)'; return; }
  ask curl -s -o /dev/null -w '%{http_code}' --max-time 10 "http://127.0.0.1:$port/"
  case $out in
    200) ok 'The dashboard answers.' ;;
    404) problem 'Traefik answers, but knows no way to the page.' 'frontend is not healthy yet, or a network in .env is wrong: see services and env-networks above' ;;
    000 | '') problem 'Nothing answers at the dashboard’s port.' 'docker compose logs --tail 30 traefik' ;;
    *) problem "The dashboard answers with $out." 'docker compose logs --tail 30 traefik frontend' ;;
  esac
}
