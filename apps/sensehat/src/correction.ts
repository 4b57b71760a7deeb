import type { Humidity } from './driver.ts'

/** Fewer than this many readings of the processor say too little: it heats up and cools down within seconds. */
const fewest = 3
const most = 6

/** The mean of the processor's last temperatures. */
export class CpuMean {
  readonly #last: number[] = []

  /** The mean with this one; null with fewer than three. */
  add(temperatureC: number | null): number | null {
    if (temperatureC === null) return null
    this.#last.push(temperatureC)
    if (this.#last.length > most) this.#last.shift()
    if (this.#last.length < fewest) return null
    return this.#last.reduce((sum, each) => sum + each, 0) / this.#last.length
  }
}

/** Of water vapour over water at a temperature (hPa), by Magnus. */
export function saturationHpa(temperatureC: number): number {
  return 6.112 * Math.exp((17.62 * temperatureC) / (243.12 + temperatureC))
}

/** T − (T_cpu − T) / F: what the room's temperature may be. An estimate that hangs on where and how the Pi stands. */
export function correctTemperature(temperatureC: number, cpuTemperatureC: number, factor: number): number {
  return temperatureC - (cpuTemperatureC - temperatureC) / factor
}

/** The same water in the cooler air: RH · es(T) / es(T_corrected), 0 to 100. */
export function correctHumidity(measured: Humidity, correctedC: number): number {
  const { humidityPercent, temperatureC } = measured
  const corrected = (humidityPercent * saturationHpa(temperatureC)) / saturationHpa(correctedC)
  return Math.min(100, Math.max(0, corrected))
}
