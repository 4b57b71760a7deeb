# The tailnet: how one gets to the dashboard.
# shellcheck shell=bash
checks+=(tailscaled tailnet tailnet-dns)

socket=/var/run/tailscale/tailscaled.sock

# Without a tailnet only networks that .env adds get in.
no_tailnet() { # SENTENCE MEND
  if [ -n "$(env_value TAILBOARD_READ_FROM)$(env_value TAILBOARD_WRITE_FROM)" ]; then
    warning "$1 Only the networks that .env adds get in." "$2"
  else
    problem "$1 So nobody but this Pi itself can open the dashboard." "$2"
  fi
}

check_tailscaled() {
  if exists "$socket"; then
    ok 'Tailscale’s socket is there.'
  elif has tailscale; then
    no_tailnet 'Tailscale is installed but not running.' 'sudo systemctl enable --now tailscaled'
  else
    no_tailnet 'Tailscale is not installed.' 'curl -fsSL https://tailscale.com/install.sh | sh   (or https://tailscale.com/download/linux), then: sudo tailscale up'
  fi
}

check_tailnet() {
  exists "$socket" && has tailscale || { unchecked 'Tailscale does not run (see tailscaled)'; return; }
  # Logged out it exits with 1 and still prints its state.
  ask tailscale status --json --peers=false
  local state online
  state=$(sed -n 's/.*"BackendState": *"\([A-Za-z]*\)".*/\1/p' <<<"$out" | head -n 1)
  online=$(sed -n 's/.*"Online": *\([a-z]*\).*/\1/p' <<<"$out" | head -n 1)
  case $state in
    Running)
      if [ "$online" = false ]; then
        warning 'Tailscale runs, but is not in contact with its servers.' 'tailscale netcheck   (is the Pi online, is its clock right?)'
      else
        ok 'This Pi is in the tailnet.'
      fi
      ;;
    NeedsLogin) no_tailnet 'Tailscale is logged out.' 'sudo tailscale up' ;;
    NeedsMachineAuth) no_tailnet 'This Pi waits to be approved in the tailnet.' 'approve it at https://login.tailscale.com/admin/machines' ;;
    Stopped) no_tailnet 'Tailscale is switched off.' 'sudo tailscale up' ;;
    Starting | NoState) warning 'Tailscale is starting.' 'wait a minute, then run this again' ;;
    *) unchecked 'tailscale status does not say its state' 'sudo systemctl restart tailscaled' ;;
  esac
}

check_tailnet_dns() {
  has_pihole || { ok 'No Pi-hole on this Pi, so it may use the tailnet’s DNS.'; return; }
  exists "$socket" && has tailscale && ask tailscale debug prefs || { unchecked 'Tailscale does not run (see tailscaled)'; return; }
  if grep -q '"CorpDNS": *true' <<<"$out"; then
    warning 'A Pi-hole runs here, and this Pi takes its DNS from the tailnet: the two can ask each other in a circle.' \
      'sudo tailscale set --accept-dns=false'
  else
    ok 'This Pi’s DNS is its own, beside the Pi-hole.'
  fi
}
