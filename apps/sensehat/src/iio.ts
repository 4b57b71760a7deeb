import { readdir, readFile } from 'node:fs/promises'
import { TailboardError } from '@tailboard/contracts'
import type { Humidity, Pressure } from './driver.ts'

const names = { humidity: /^hts221$/, pressure: /^lps25hb?(-press)?$/ } as const

/** The folder of the kernel's own driver for a chip, or null. By name: the numbers change from boot to boot. */
export async function findIio(sysPath: string, chip: keyof typeof names): Promise<string | null> {
  const root = `${sysPath}/bus/iio/devices`
  const devices = await readdir(root).catch(() => [])
  for (const device of devices.sort()) {
    const name = await readFile(`${root}/${device}/name`, 'utf8').catch(() => '')
    if (names[chip].test(name.trim())) return `${root}/${device}`
  }
  return null
}

export async function readIioHumidity(folder: string): Promise<Humidity> {
  return {
    // Thousandths of a percent, of a degree (Documentation/ABI/testing/sysfs-bus-iio).
    humidityPercent: (await channel(folder, 'in_humidityrelative')) / 1000,
    temperatureC: (await channel(folder, 'in_temp')) / 1000,
  }
}

export async function readIioPressure(folder: string): Promise<Pressure> {
  return {
    // Kilopascals.
    pressureHpa: (await channel(folder, 'in_pressure')) * 10,
    temperatureC: (await channel(folder, 'in_temp')) / 1000,
  }
}

/** (raw + offset) · scale. */
async function channel(folder: string, name: string): Promise<number> {
  const raw = await readNumber(`${folder}/${name}_raw`)
  const scale = await readNumber(`${folder}/${name}_scale`, 1)
  const offset = await readNumber(`${folder}/${name}_offset`, 0)
  return (raw + offset) * scale
}

async function readNumber(path: string, fallback?: number): Promise<number> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (fallback !== undefined && (error as NodeJS.ErrnoException).code === 'ENOENT') return fallback
    throw error
  }
  const value = Number(text.trim())
  if (text.trim() !== '' && Number.isFinite(value)) return value
  throw new TailboardError('malformed', `The kernel says no number in ${path}`, {
    hint: 'Reboot the Pi. If it stays, its driver for this chip does not fit.',
  })
}
