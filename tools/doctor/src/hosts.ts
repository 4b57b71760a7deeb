import type { Host } from './made-up-host.ts'

const containerFormat =
  '{{index .Config.Labels "com.docker.compose.service"}}|{{index .Config.Labels "com.docker.compose.config-hash"}}|{{.State.Status}}|{{if .State.Health}}{{.State.Health.Status}}{{end}}|{{.RestartCount}}|{{.State.OOMKilled}}|{{.State.ExitCode}}'
const services = ['redis', 'traefik', 'web-gateway', 'frontend', 'orchestrator', 'source-sensehat']
const ids = services.map((_, index) => `c0ffee0${index}`)
const images = [
  'redis:7-alpine',
  'traefik:v3.7',
  ...'gateway frontend orchestrator sensehat tailscale pihole system aranet4 weather camera'
    .split(' ')
    .map((app) => `tailboard/${app}:local`),
]
const hash = (service: string) => Buffer.from(service).toString('hex').padEnd(64, '0')
const lines = (all: string[]) => all.map((each) => `${each}\n`).join('')

export const call = {
  version: 'version --format {{.Server.Version}} {{.Server.Arch}}',
  composeVersion: 'compose version --short',
  configQuiet: 'compose config -q',
  hashes: 'compose config --hash *',
  logs: 'compose logs --no-color --no-log-prefix --tail 50 traefik',
  getent: 'compose exec -T redis getent hosts api.open-meteo.com',
  containers: `inspect --format ${containerFormat} ${ids.join(' ')}`,
  variables: `inspect --format {{range .Config.Env}}{{println .}}{{end}} ${ids.join(' ')}`,
  image: (image: string) => `image inspect --format {{.Architecture}} ${image}`,
  dashboard: (port: number) => `-s -o /dev/null -w %{http_code} --max-time 10 http://127.0.0.1:${port}/`,
  tailscale: 'status --json --peers=false',
}

/** The containers as docker inspect tells them; `other` changes the fields after the hash of some. */
export const containers = (other: Record<string, string> = {}) =>
  lines(
    services.map((service) => `${service}|${hash(service)}|${other[service] ?? 'running|healthy|0|false|0'}`),
  )

export const listeners = (...all: [port: string, program: string | null][]) =>
  lines(
    all.map(([port, program]) => {
      const users = program === null ? '' : `users:(("${program}",pid=700,fd=6))`
      return `LISTEN 0      4096   ${port.includes(':') ? port : `*:${port}`}        *:*    ${users}`
    }),
  )
export const df = (free: string, percent: string) =>
  `Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/mmcblk0p2 29000000 5000000 ${free} ${percent} /\n`
export const tailscaleStatus = (state: string, online = true) =>
  `{\n\t"Version": "1.96.4",\n\t"BackendState": "${state}",\n\t"Self": {\n\t\t"Online": ${online}\n\t}\n}\n`

/** A Raspberry Pi 3B on which everything is as docs/pi-setup.md says. */
export const allSet = (): Host => ({
  files: {
    '/proc/device-tree/model': 'Raspberry Pi 3 Model B Rev 1.2\0',
    '/proc/device-tree/hat/product': 'Sense HAT\0',
    '/etc/os-release': 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nVERSION_CODENAME=trixie\n',
    '/boot/firmware/cmdline.txt':
      'console=tty1 root=PARTUUID=1-02 rootwait cgroup_enable=memory cgroup_memory=1\n',
    '/boot/firmware/config.txt': 'dtparam=i2c_arm=on\ndtparam=audio=on\n',
    '/sys/fs/cgroup/cgroup.controllers': 'cpuset cpu io memory pids\n',
    '/proc/meminfo':
      'MemTotal:         932240 kB\nMemFree:           90000 kB\nMemAvailable:     512000 kB\n',
    '/proc/swaps': 'Filename\tType\tSize\tUsed\tPriority\n/dev/zram0 partition 932236 0 100\n',
    '/proc/modules': 'i2c_dev 20480 0 - Live 0x0\n',
    '/proc/mounts': '/dev/mmcblk0p2 / ext4 rw,noatime 0 0\n/dev/mmcblk0p1 /boot/firmware vfat rw 0 0\n',
    '/sys/fs/ext4/mmcblk0p2/errors_count': '0\n',
    '/sys/devices/platform/soc/soc:firmware/get_throttled': '0\n',
    '/sys/class/graphics/fb0/name': 'RPi-Sense FB\n',
    '/sys/class/bluetooth/hci0/uevent': 'DEVTYPE=host\n',
    '/sys/class/rfkill/rfkill0/type': 'bluetooth\n',
    '/sys/class/rfkill/rfkill0/soft': '0\n',
    '/sys/class/rfkill/rfkill0/hard': '0\n',
    '/dev/i2c-1': '',
    '/dev/video0': '',
    '/var/run/tailscale/tailscaled.sock': '',
  },
  project: {
    '.env': 'LOG_LEVEL=warn\nTAILBOARD_READ_FROM=192.168.1.0/24, fd00::/8\n',
    'config/README.md': '',
  },
  modes: { config: 0o777 },
  programs: {
    docker: {
      [call.version]: '29.1.2 arm64\n',
      'info --format {{.DockerRootDir}}': '/var/lib/docker\n',
      [call.composeVersion]: '5.5.0\n',
      [call.configQuiet]: '',
      'compose config --services': lines(services),
      [call.hashes]: lines(services.map((service) => `${service} ${hash(service)}`)),
      'compose --profile * config --images': lines(images),
      'compose --profile * ps -a -q': lines(ids),
      'compose ps -q': lines(ids),
      [call.containers]: containers(),
      [call.variables]: 'PATH=/bin\nLOG_LEVEL=warn\nTAILBOARD_READ_FROM=192.168.1.0/24, fd00::/8\n',
      [call.logs]: '',
      [call.getent]: '2a01:4f8::1 api.open-meteo.com\n',
      ...Object.fromEntries(images.map((image) => [call.image(image), 'arm64\n'])),
    },
    curl: { [call.dashboard(80)]: '200', [call.dashboard(8088)]: '200' },
    df: {
      '-Pk /': df('20000000', '20%'),
      '-Pk /var/lib/docker': df('20000000', '20%'),
      '-Pi /': df('1500000', '7%'),
      '-Pi /var/lib/docker': df('1500000', '7%'),
    },
    dpkg: { '--print-architecture': 'arm64\n' },
    getent: { 'hosts api.open-meteo.com': '2a01:4f8::1 api.open-meteo.com\n' },
    hciconfig: { hci0: 'hci0:\tType: Primary  Bus: UART\n\tUP RUNNING \n' },
    ss: {
      '-H -ltnp': listeners(
        ['80', 'traefik'],
        ['443', 'traefik'],
        ['127.0.0.1:18080', 'traefik'],
        ['22', 'sshd'],
      ),
    },
    systemctl: { 'is-enabled docker': 'enabled\n' },
    tailscale: { [call.tailscale]: tailscaleStatus('Running'), 'debug prefs': '{\n\t"CorpDNS": true\n}\n' },
    timedatectl: { 'show -p NTPSynchronized --value': 'yes\n' },
    uname: { '-m': 'aarch64\n' },
  },
})

/** The same board with nothing but Raspberry Pi OS Lite and a clone of this repository. */
export function fresh(): Host {
  const host = allSet()
  for (const file of ['/dev/i2c-1', '/dev/video0', '/var/run/tailscale/tailscaled.sock'])
    delete host.files[file]
  host.files['/boot/firmware/cmdline.txt'] = 'console=tty1 root=PARTUUID=1-02 rootwait\n'
  host.files['/boot/firmware/config.txt'] = '#dtparam=i2c_arm=on\n'
  host.files['/sys/fs/cgroup/cgroup.controllers'] = 'cpuset cpu io pids\n'
  host.files['/sys/class/rfkill/rfkill0/soft'] = '1\n'
  delete host.project['.env']
  for (const program of ['docker', 'tailscale', 'hciconfig']) delete host.programs[program]
  host.programs.ss = { '-H -ltnp': listeners(['22', 'sshd']) }
  host.programs.systemctl = { 'is-enabled docker': { err: 'Failed to get unit file state', exit: 1 } }
  return host
}

/** Docker and Tailscale are there, a Pi-hole holds the ports, no image was built and nothing was started. */
export function halfSetUp(): Host {
  const host = allSet()
  host.files['/etc/pihole/pihole.toml'] = ''
  host.files['/sys/fs/cgroup/cgroup.controllers'] = 'cpuset cpu io pids\n'
  host.files['/sys/devices/platform/soc/soc:firmware/get_throttled'] = '50000\n'
  delete host.project['.env']
  Object.assign(host.programs.docker ?? {}, {
    'compose --profile * ps -a -q': '',
    ...Object.fromEntries(
      images.map((image) => [call.image(image), { err: `Error: No such image: ${image}\n`, exit: 1 }]),
    ),
  })
  host.programs.ss = {
    '-H -ltnp': listeners(['80', 'pihole-FTL'], ['443', 'pihole-FTL'], ['53', 'pihole-FTL']),
  }
  host.programs.tailscale = {
    [call.tailscale]: { out: tailscaleStatus('NeedsLogin', false), exit: 1 },
    'debug prefs': '{\n\t"CorpDNS": true\n}\n',
  }
  return host
}
