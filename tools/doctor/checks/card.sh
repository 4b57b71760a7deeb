# The card: whether it can still be written, and has room.
# shellcheck shell=bash
checks+=(card-writable card-space card-inodes)

check_card_writable() {
  local device options errors
  read -r device options < <(text /proc/mounts | awk '$2 == "/" { found = $1 " " $4 } END { print found }')
  [ -n "${options-}" ] || { unchecked '/proc/mounts does not say what / is'; return; }
  if [[ ",$options," == *,ro,* ]]; then
    problem 'The root file system is read-only: nothing can be saved. Cards end this way.' \
      "sudo dmesg | grep -i -e mmc -e ext4   (says why); sudo reboot may help once; then a new card (docs/pi-setup.md, A new card)"
    return
  fi
  errors=$(first_line "/sys/fs/ext4/${device##*/}/errors_count")
  if [ -n "$errors" ] && [ "$errors" != 0 ]; then
    warning "The file system counted $errors errors: the card may be near its end." \
      'save config/ and .env now (docs/pi-setup.md, Backup), then: sudo touch /forcefsck && sudo reboot'
  else
    ok 'The root file system can be written and has no errors counted.'
  fi
}

# The fields of df's second line for the root and for Docker's folder: PATH FREE PERCENT.
folders_of_the_card() { # DF-OPTIONS
  local folder=/
  ask df "$1" / && awk 'NR == 2 { print "/", $4, $5 }' <<<"$out"
  [ -n "$engine_version" ] && ask docker info --format '{{.DockerRootDir}}' && folder=$out
  [ "$folder" = / ] || { ask df "$1" "$folder" && awk -v folder="$folder" 'NR == 2 { print folder, $4, $5 }' <<<"$out"; }
}
make_room='sudo apt clean && sudo journalctl --vacuum-size=50M && docker image prune'

check_card_space() {
  local least='' where='' folder free
  while read -r folder free _; do
    if [ -z "$least" ] || [ "$free" -lt "$least" ]; then least=$free where=$folder; fi
  done < <(folders_of_the_card -Pk)
  [ -n "$least" ] || { unchecked 'df does not answer'; return; }
  least=$((least / 1024))
  if [ "$least" -lt 200 ]; then
    problem "Only $least MB are free at $where: settings and history can’t be saved." "$make_room"
  elif [ "$least" -lt 1024 ]; then
    warning "$least MB are free at $where; an update of the images needs about 1 GB." "$make_room"
  else
    ok "$least MB are free at $where."
  fi
}

check_card_inodes() {
  local most='' where='' folder percent
  while read -r folder _ percent; do
    percent=${percent%\%}
    # Some file systems have no such limit and show "-".
    [[ $percent =~ ^[0-9]+$ ]] || percent=0
    if [ -z "$most" ] || [ "$percent" -gt "$most" ]; then most=$percent where=$folder; fi
  done < <(folders_of_the_card -Pi)
  [ -n "$most" ] || { unchecked 'df does not answer'; return; }
  if [ "$most" -ge 98 ]; then
    problem "There is room for no more files at $where ($most % of the inodes are used)." "$make_room"
  elif [ "$most" -ge 90 ]; then
    warning "$most % of the inodes at $where are used: room for files runs out before space." "$make_room"
  else
    ok "There is room for more files ($most % of the inodes are used)."
  fi
}
