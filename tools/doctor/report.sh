# How a check says what it found: each says exactly one of ok, warning, problem and unchecked.
# shellcheck shell=bash

# Every check in the order in which it is run; each area adds its own. check_NAME is the function, with _ for -.
checks=()
declare -A count=([ok]=0 [warning]=0 [problem]=0 [unchecked]=0)
current=
said=

examine() { # ID
  current=$1
  said=
  "check_${1//-/_}"
  [ -n "$said" ] || unchecked "doctor itself has a mistake here; please report it"
}

line() { # KIND SENTENCE [MEND...]
  local kind=$1 sentence=$2
  shift 2
  [ -z "$said" ] || return 0
  said=$kind
  count[$kind]=$((count[$kind] + 1))
  local word=$kind
  [ "$kind" != problem ] || word=PROBLEM
  [ "$kind" != unchecked ] || word=unknown
  printf '%-8s %-16s %s\n' "$word" "$current" "$sentence"
  local mend
  for mend in "$@"; do printf '%-8s %-16s -> %s\n' '' '' "$mend"; done
}

ok() { line ok "$1"; }
warning() { line warning "$@"; }
problem() { line problem "$@"; }
# WHY [MEND]
unchecked() {
  local why=$1
  shift
  line unchecked "could not be checked: $why" "$@"
}

summary() {
  local total=${#checks[@]}
  printf '\n%d checks: %d ok, %d warnings, %d problems, %d could not be checked.\n' \
    "$total" "${count[ok]}" "${count[warning]}" "${count[problem]}" "${count[unchecked]}"
  [ "${count[problem]}" -eq 0 ]
}

# "a, b and c"
together() { # WORD...
  local all='' last=${*: -1}
  while [ $# -gt 1 ]; do
    all+="${all:+, }$1"
    shift
  done
  printf '%s%s' "${all:+$all and }" "$last"
}
