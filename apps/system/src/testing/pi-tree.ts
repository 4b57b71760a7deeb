import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { HostRoots } from '../host-files.ts'

const fixtures = join(import.meta.dirname, '../../fixtures/pi3b')
const mmc = 'devices/platform/soc/3f202000.mmc/mmc_host/mmc0/mmc0:0001/block/mmcblk0'

/** Where each recorded text stands on a Pi. */
const recorded: Record<string, string> = {
  'proc/stat': 'stat.txt',
  'proc/loadavg': 'loadavg.txt',
  'proc/uptime': 'uptime.txt',
  'proc/cpuinfo': 'cpuinfo.txt',
  'proc/pressure/cpu': 'pressure.txt',
  'proc/pressure/memory': 'pressure.txt',
  'proc/pressure/io': 'pressure.txt',
  'proc/1/net/dev': 'net-dev.txt',
  'proc/1/net/route': 'route.txt',
  'proc/1/net/fib_trie': 'fib_trie.txt',
  'proc/1/net/if_inet6': 'if_inet6.txt',
  'proc/1/mountinfo': 'mountinfo.txt',
  'sys/firmware/devicetree/base/model': 'model.txt',
  [`sys/${mmc}/stat`]: 'mmcblk0-stat.txt',
}

const written: Record<string, string> = {
  'etc/hostname': 'kitchen\n',
  'sys/class/thermal/thermal_zone0/type': 'cpu-thermal\n',
  'sys/class/thermal/thermal_zone0/temp': '47236\n',
  'sys/class/hwmon/hwmon0/name': 'cpu_thermal\n',
  'sys/class/hwmon/hwmon1/name': 'rpi_volt\n',
  'sys/class/hwmon/hwmon1/in0_lcrit_alarm': '0\n',
  'sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq': '600000\n',
  'sys/devices/platform/soc/soc:firmware/get_throttled': '0\n',
  [`sys/${mmc}/mmcblk0p2/partition`]: '2\n',
  'sys/fs/ext4/mmcblk0p2/lifetime_write_kbytes': '43945312\n',
  'sys/fs/ext4/mmcblk0p2/errors_count': '0\n',
  'sys/class/net/eth0/operstate': 'down\n',
  'sys/class/net/eth0/device/uevent': '',
  'sys/class/net/wlan0/operstate': 'up\n',
  'sys/class/net/wlan0/device/uevent': '',
  'sys/class/net/tailscale0/operstate': 'unknown\n',
  'sys/class/net/tailscale0/flags': '0x1091\n',
}

const links: Record<string, string> = {
  'sys/dev/block/179:2': `../../${mmc}/mmcblk0p2`,
  'sys/class/block/mmcblk0p2': `../../${mmc}/mmcblk0p2`,
  'sys/class/block/mmcblk0': `../../${mmc}`,
  'sys/block/mmcblk0': `../${mmc}`,
}

/** A Raspberry Pi 3B's files in a temporary folder. */
export class PiTree {
  #folder = ''

  get roots(): HostRoots {
    return {
      procPath: join(this.#folder, 'proc'),
      sysPath: join(this.#folder, 'sys'),
      hostNameFile: join(this.#folder, 'etc/hostname'),
    }
  }

  async start(): Promise<this> {
    this.#folder = await mkdtemp(join(tmpdir(), 'tailboard-pi-'))
    for (const [path, text] of Object.entries(written)) await this.write(path, text)
    for (const [path, fixture] of Object.entries(recorded)) await this.write(path, await readFixture(fixture))
    for (const [path, target] of Object.entries(links)) await this.link(path, target)
    return this
  }

  /** @param path below the tree, as `proc/stat` */
  async write(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(this.#folder, path)), { recursive: true })
    await writeFile(join(this.#folder, path), text)
  }

  async link(path: string, target: string): Promise<void> {
    await mkdir(dirname(join(this.#folder, path)), { recursive: true })
    await symlink(target, join(this.#folder, path))
  }

  async remove(path: string): Promise<void> {
    await rm(join(this.#folder, path), { recursive: true, force: true })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true })
  }
}

/** A recorded text by its file name. */
export async function readFixture(name: string): Promise<string> {
  return await readFile(join(fixtures, name), 'utf8')
}
