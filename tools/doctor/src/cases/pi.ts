import { all, type Case, failed, file, gone, notAPi, says, throttled, without } from './change.ts'

export const pi: Record<string, Case[]> = {
  userland: [
    ['a 64-bit PC', says('dpkg', '--print-architecture', 'amd64\n'), 'ok', /64-bit/],
    [
      'a 64-bit kernel below 32-bit programs',
      says('dpkg', '--print-architecture', 'armhf\n'),
      'PROBLEM',
      /armhf.*aarch64/,
      /64-bit/,
    ],
    ['no Debian', without('dpkg'), 'unknown', /no dpkg/],
  ],
  'memory-cgroup': [
    [
      'v1, on',
      all(gone('/sys/fs/cgroup/cgroup.controllers'), file('/proc/cgroups', '#name\nmemory\t4\t37\t1\n')),
      'ok',
      /v1/,
    ],
    [
      'v1, off',
      all(
        gone('/sys/fs/cgroup/cgroup.controllers'),
        file('/proc/cgroups', 'memory\t0\t1\t0\n'),
        file('/boot/firmware/cmdline.txt', 'rootwait\n'),
      ),
      'PROBLEM',
      /is off/,
      /^sudo sed -i .*cmdline\.txt && sudo reboot$/,
    ],
    [
      'v2, off, as the system comes',
      all(
        file('/sys/fs/cgroup/cgroup.controllers', 'cpu io\n'),
        file('/boot/firmware/cmdline.txt', 'rootwait\n'),
      ),
      'PROBLEM',
      /is off/,
      /cgroup_enable=memory/,
    ],
    [
      'before bookworm',
      all(
        file('/sys/fs/cgroup/cgroup.controllers', 'cpu\n'),
        gone('/boot/firmware/cmdline.txt', '/boot/firmware/config.txt'),
        file('/boot/cmdline.txt', 'rootwait\n'),
      ),
      'PROBLEM',
      /is off/,
      / \/boot\/cmdline\.txt /,
    ],
    [
      'written, not yet started',
      file('/sys/fs/cgroup/cgroup.controllers', 'cpu io\n'),
      'PROBLEM',
      /next start/,
      /^sudo reboot$/,
    ],
    [
      'on a second line, which nobody reads',
      all(
        file('/sys/fs/cgroup/cgroup.controllers', 'cpu io\n'),
        file('/boot/firmware/cmdline.txt', 'rootwait\ncgroup_enable=memory\n'),
      ),
      'PROBLEM',
      /more than one line/,
      /one line/,
    ],
  ],
  memory: [
    ['little', file('/proc/meminfo', 'MemAvailable: 122880 kB\n'), 'warning', /^120 MB/, /ps -eo/],
    ['none', file('/proc/meminfo', 'MemAvailable: 20480 kB\n'), 'PROBLEM', /Only 20 MB/, /ps -eo/],
    ['not told', gone('/proc/meminfo'), 'unknown', /meminfo/],
  ],
  swap: [
    ['none', file('/proc/swaps', 'Filename Type\n'), 'warning', /no swap/, /rpi-swap/],
    [
      'on the card, bookworm',
      all(
        file('/proc/swaps', 'Filename Type\n/var/swap file 1 0 -2\n'),
        file('/etc/os-release', 'VERSION_CODENAME=bookworm\n'),
      ),
      'warning',
      /wears/,
      /zram-tools/,
    ],
    ['none, on a PC', all(notAPi, file('/proc/swaps', 'Filename Type\n')), 'ok', /your choice/],
    ['not told', gone('/proc/swaps'), 'unknown', /swaps/],
  ],
  power: [
    ['too weak now', throttled('50005'), 'PROBLEM', /right now \(under-voltage\)/, /power supply/],
    [
      'too weak before',
      throttled('50000'),
      'warning',
      /since the last start \(under-voltage\)/,
      /power supply/,
    ],
    ['hot now', throttled('8'), 'warning', /slowed down right now/, /air/],
    ['hot before', throttled('e0000'), 'warning', /was slowed down/, /air/],
    [
      'only vcgencmd tells',
      all(
        gone('/sys/devices/platform/soc/soc:firmware/get_throttled'),
        says('vcgencmd', 'get_throttled', 'throttled=0x50005\n'),
      ),
      'PROBLEM',
      /right now/,
      /power/,
    ],
    ['nobody tells', gone('/sys/devices/platform/soc/soc:firmware/get_throttled'), 'unknown', /neither/],
    ['nonsense', throttled('zz'), 'unknown', /neither/],
    ['no Pi', notAPi, 'unknown', /no Raspberry Pi/],
  ],
  clock: [
    [
      'wrong',
      says('timedatectl', 'show -p NTPSynchronized --value', 'no\n'),
      'PROBLEM',
      /not synchronised/,
      /set-ntp true/,
    ],
    [
      'no systemd',
      says(
        'timedatectl',
        'show -p NTPSynchronized --value',
        failed('System has not been booted with systemd'),
      ),
      'unknown',
      /systemd/,
    ],
  ],
}
