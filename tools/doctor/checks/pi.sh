# The board and its system.
# shellcheck shell=bash
checks+=(userland memory-cgroup memory swap power clock)

check_userland() {
  local programs kernel
  kernel=$(uname -m)
  has dpkg && ask dpkg --print-architecture || { unchecked 'there is no dpkg to ask'; return; }
  programs=$out
  case $programs in
    arm64 | amd64) ok "The system is 64-bit ($programs)." ;;
    *)
      problem "The programs of this system are $programs, the kernel is $kernel: our images need a 64-bit system." \
        'write the 64-bit Raspberry Pi OS Lite onto the card (docs/pi-setup.md, step 1)'
      ;;
  esac
}

check_memory_cgroup() {
  local file
  if exists /sys/fs/cgroup/cgroup.controllers; then
    [[ " $(first_line /sys/fs/cgroup/cgroup.controllers) " == *' memory '* ]] && { ok 'Memory limits hold (control groups v2).'; return; }
  elif [ "$(text /proc/cgroups | awk '$1 == "memory" { print $4 }')" = 1 ]; then
    ok 'Memory limits hold (control groups v1).'
    return
  fi
  file=$(boot_file cmdline.txt)
  if ! exists "$file"; then
    problem 'The kernel’s memory control group is off, so no memory limit holds.' \
      'add cgroup_enable=memory cgroup_memory=1 to the kernel’s command line, then reboot'
  elif [[ " $(first_line "$file") " == *' cgroup_enable=memory '* ]]; then
    problem "The memory control group is off; $file switches it on at the next start." 'sudo reboot'
  elif text "$file" | grep -q cgroup_enable=memory; then
    problem "$file has more than one line: the kernel reads the first alone, so no memory limit holds." \
      "sudo nano $file   (all on one line), then: sudo reboot"
  else
    problem 'The kernel’s memory control group is off (as Raspberry Pi OS comes), so no memory limit holds.' \
      "sudo sed -i '1s/\$/ cgroup_enable=memory cgroup_memory=1/' $file && sudo reboot"
  fi
}

check_memory() {
  local available
  available=$(text /proc/meminfo | awk '$1 == "MemAvailable:" { print int($2 / 1024) }')
  if [ -z "$available" ]; then
    unchecked '/proc/meminfo can’t be read'
  elif [ "$available" -lt 64 ]; then
    problem "Only $available MB of memory are available: the kernel is about to end programs." 'ps -eo rss,comm --sort=-rss | head   (then stop what need not run here)'
  elif [ "$available" -lt 160 ]; then
    warning "$available MB of memory are available; the camera alone may take 128 MB." 'ps -eo rss,comm --sort=-rss | head   (then stop what need not run here)'
  else
    ok "$available MB of memory are available."
  fi
}

check_swap() {
  local devices mend='sudo apt install rpi-swap && sudo reboot'
  exists /proc/swaps || { unchecked '/proc/swaps can’t be read'; return; }
  [[ $(text /etc/os-release) != *VERSION_CODENAME=bookworm* ]] || mend='sudo apt install zram-tools && sudo systemctl disable --now dphys-swapfile'
  devices=$(text /proc/swaps | awk 'NR > 1 { print $1 }')
  if [ -z "$devices" ]; then
    if is_pi; then warning 'There is no swap: what is not used can’t leave the memory.' "$mend"; else ok 'There is no swap; off a Pi that is your choice.'; fi
  elif is_pi && grep -qv zram <<<"$devices"; then
    warning 'Swap lies on the card, which wears it out. In compressed memory (zram) it does not.' "$mend"
  else
    ok 'There is swap, and it does not wear the card.'
  fi
}

check_power() {
  local bits
  is_pi || { unchecked "$no_pi"; return; }
  bits=$(first_line '/sys/devices/platform/soc/soc:firmware/get_throttled')
  if [ -z "$bits" ] && has vcgencmd && ask vcgencmd get_throttled; then bits=${out#throttled=0x}; fi
  [[ $bits =~ ^[0-9a-fA-F]{1,8}$ ]] || { unchecked 'neither the kernel nor vcgencmd tells'; return; }
  bits=$((16#$bits))
  local supply='use the official 5.1 V, 2.5 A power supply, with its own short cable'
  local cool='give the case air or a heat sink'
  if ((bits & 0x1)); then
    problem 'The power supply is too weak right now (under-voltage): this breaks cards.' "$supply"
  elif ((bits & 0x10000)); then
    warning 'The power supply was too weak since the last start (under-voltage).' "$supply"
  elif ((bits & 0xe)); then
    warning 'The processor is slowed down right now; it is probably hot.' "$cool"
  elif ((bits & 0xe0000)); then
    warning 'The processor was slowed down since the last start; it was probably hot.' "$cool"
  else
    ok 'Power and temperature are good, now and since the last start.'
  fi
}

check_clock() {
  if ! has timedatectl || ! ask timedatectl show -p NTPSynchronized --value; then
    unchecked 'timedatectl does not answer (no systemd?)'
  elif [ "$out" = yes ]; then
    ok 'The clock is synchronised.'
  else
    problem "The clock is not synchronised, and a Pi has none of its own: it says $(date -u '+%Y-%m-%d %H:%M') UTC." \
      'sudo timedatectl set-ntp true   (a minute later: timedatectl; it needs UDP port 123 outwards)'
  fi
}
