import { type Reading, readingAgeMs } from '@tailboard/contracts/reading'
import type { Aranet4Data, Aranet4Device, Aranet4Nearby } from '@tailboard/contracts/sources/aranet4'
import type { Stamp } from '@tailboard/contracts/time'
import { ago } from '../format/age.ts'
import { duration, said } from '../format/quantity.ts'
import type { Fact } from '../ui/Facts.svelte'
import type { Standing } from '../ui/Headline.svelte'
import { words } from '../words/first-load.ts'

const text = words.aranet4

/**
 * How old a device's values are (ms), null when it has none. By the age of the reading, whose clock is monotonic, and how
 * much earlier than the reading the device measured.
 */
export function deviceAgeMs({ measuredAt }: Aranet4Device, reading: Reading, now: Stamp): number | null {
  if (measuredAt === null) return null
  const earlier = Date.parse(reading.measuredAt) - Date.parse(measuredAt)
  return Math.max(0, readingAgeMs(reading, now) + earlier)
}

/** Whether its values must not pass for current: by its own interval. */
export function isOld({ staleAfterS }: Aranet4Device, ageMs: number | null): boolean {
  return ageMs !== null && staleAfterS !== null && ageMs > staleAfterS * 1000
}

const looks = {
  green: { tone: 'ok', icon: 'check' },
  yellow: { tone: 'warn', icon: 'wind' },
  red: { tone: 'bad', icon: 'wind' },
  error: { tone: 'bad', icon: 'cross' },
} as const

const hasCo2 = ({ model, co2Ppm }: Aranet4Device) => model === 'aranet4' || co2Ppm !== null

/** Whether it is safe to breathe here, by the device's own colour. Null: the device gives none, and nothing is wrong. */
export function standing(device: Aranet4Device, ageMs: number | null): Standing | null {
  if (ageMs === null) {
    return device.state === 'ok' ? { tone: 'quiet', icon: 'dots', text: text.noValues } : null
  }
  if (isOld(device, ageMs)) return { tone: 'quiet', icon: 'clock', text: text.old(ago(ageMs)) }
  const { colour } = device
  if (colour === null) return null
  const said = hasCo2(device) ? text.air[colour] : text.levels[colour]
  return { ...looks[colour], text: said, note: text.byDevice(text.colours[colour]) }
}

/** What the owner should know of the device: why it is silent, its batteries, its calibration. */
export function notesOf(device: Aranet4Device): { message: string; hint: string | null }[] {
  const notes: { message: string; hint: string | null }[] = []
  if (device.state !== 'ok') {
    notes.push({ message: text.states[device.state], hint: text.hints[device.state] ?? null })
  }
  if (device.calibration !== null && device.calibration !== 'none') {
    notes.push({ message: text.calibration[device.calibration], hint: null })
  }
  if (device.isBatteryLow === true) notes.push({ message: text.batteryLow, hint: null })
  return notes
}

/** The number that the device is for, if it measures more than temperature. */
export function mainFigure(
  device: Aranet4Device,
): { label: string; value: number | null; unit: string } | null {
  if (device.model === 'radon' || device.radonBqM3 !== null) {
    return { label: text.radon, value: device.radonBqM3, unit: 'Bq/m³' }
  }
  if (device.model === 'radiation' || device.radiationNsvH !== null) {
    return { label: text.radiation, value: device.radiationNsvH, unit: 'nSv/h' }
  }
  return hasCo2(device) ? { label: text.co2, value: device.co2Ppm, unit: 'ppm' } : null
}

const range = (known: Aranet4Device['temperatureRange']) =>
  known === 'under' || known === 'over' ? `, ${text.ranges[known]}` : ''

/** Everything else that it measures, those that it has. */
export function factsOf(device: Aranet4Device): Fact[] {
  const facts: (Fact | null)[] = [
    told(text.temperature, device.temperatureC, '°C', range(device.temperatureRange)),
    told(text.humidity, device.humidityPercent, '%', range(device.humidityRange)),
    told(text.pressure, device.pressureHpa, 'hPa'),
    device.radiationTotalNsv === null || device.radiationDurationS === null
      ? null
      : {
          label: text.dose,
          value: text.doseOver(
            said(device.radiationTotalNsv, 'nSv'),
            duration(device.radiationDurationS * 1000),
          ),
        },
    told(text.battery, device.batteryPercent, '%'),
  ]
  return facts.filter((fact) => fact !== null)
}

const told = (label: string, value: number | null, unit: string, more = ''): Fact | null =>
  value === null ? null : { label, value: `${said(value, unit)}${more}` }

/** The lines of config/tailboard.yaml that take devices up. A name may hold anything, so it stands in quotes. */
export function linesToAdopt(nearby: Aranet4Nearby[], devices: Aranet4Data['devices']): string[] {
  const lines = (address: string, name: string) => [
    `      - address: "${address}"`,
    `        name: ${JSON.stringify(name)}`,
  ]
  return [
    'sources:',
    '  aranet4:',
    '    devices:',
    ...devices.flatMap(({ address, name }) => lines(address, name)),
    ...nearby.flatMap(({ address, name }) => lines(address, name ?? text.unnamed)),
  ]
}
