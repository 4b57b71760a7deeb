import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { command } from './command.ts'

/**
 * A /sys and a /dev with what the kernel shows of a Sense HAT whose humidity chip it owns, and a frame buffer that is a file.
 * @returns what source-sensehat is given in a compose file to find them
 */
export async function makeKernelHat(folder: string): Promise<{ volumes: object[] }> {
  const files = {
    'sys/class/graphics/fb0/name': 'RPi-Sense FB\n',
    'sys/bus/iio/devices/iio:device0/name': 'hts221\n',
    'sys/bus/iio/devices/iio:device0/in_humidityrelative_raw': '40500\n',
    'sys/bus/iio/devices/iio:device0/in_temp_raw': '31250\n',
    'dev/fb0': Buffer.alloc(128, 0xff),
  }
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), content)
  }
  const nodes = { null: 3, zero: 5, full: 7, random: 8, urandom: 9 }
  for (const [name, minor] of Object.entries(nodes))
    await command('mknod', ['-m', '666', join(folder, 'dev', name), 'c', '1', String(minor)])
  const bind = (name: string) => ({ type: 'bind', source: join(folder, name), target: `/${name}` })
  return { volumes: [bind('sys'), { ...bind('dev'), read_only: false }] }
}
