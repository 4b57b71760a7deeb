# The host that is looked at: its files below $root, its commands from PATH.
# shellcheck shell=bash

# The text of a host's file without NUL bytes; nothing when it can't be read.
text() { tr -d '\0' 2>/dev/null <"$root$1"; }
# The same, its first line.
first_line() { text "$1" | head -n 1; }
exists() { [ -e "$root$1" ]; }
has() { command -v "$1" >/dev/null 2>&1; }

# In memory, since doctor must also work where the card is full or read-only. (bash keeps its own in TMPDIR.)
[ ! -w /dev/shm ] || export TMPDIR=/dev/shm
errors=$(mktemp) && trap 'rm -f "$errors"' EXIT || exit 2

# Runs a command for at most 20 seconds: $out, $err and the exit code. A broken engine or daemon may never answer.
out=
err=
ask() { # COMMAND...
  local status
  out=$(timeout 20 "$@" 2>"$errors" </dev/null)
  status=$?
  err=$(cat "$errors")
  return $status
}

model() { first_line /proc/device-tree/model; }
is_pi() { [[ $(model) == *'Raspberry Pi'* ]]; }
no_pi='this is no Raspberry Pi'

# Raspberry Pi OS moved its boot partition with bookworm.
boot_file() { # NAME
  if exists "/boot/$1" && ! exists "/boot/firmware/$1"; then echo "/boot/$1"; else echo "/boot/firmware/$1"; fi
}

# Is version A at least B? Dots and digits; what follows (-4, +dfsg1) does not count.
at_least() { # A B
  local a=${1#v} b=$2
  a=${a%%[!0-9.]*}
  [ "$(printf '%s\n%s\n' "$b" "$a" | sort -V | head -n 1)" = "$b" ]
}

# A Pi-hole that is installed on this machine itself.
has_pihole() { exists /etc/pihole || { has ss && ask ss -H -ltnp && [[ $out == *pihole-FTL* ]]; }; }

say_what_this_is() {
  local name
  name=$(model)
  echo "${name:-No Raspberry Pi: a $(uname -m) machine}, $(text /etc/os-release | sed -n 's/^PRETTY_NAME="\(.*\)"$/\1/p')"
  echo
}
