import { readFileSync } from 'node:fs'
import type { Decoded, Values } from '../src/decode.ts'

/** One of the public advertisements, and what it says. */
export interface Vector extends Partial<Omit<Decoded, 'values' | 'model'>> {
  name: string
  localName: string | null
  hex: string
  model: Decoded['model']
  values: Partial<Values> | null
}

export const vectors = JSON.parse(
  readFileSync(new URL('../fixtures/vectors.json', import.meta.url), 'utf8'),
) as Vector[]

/** Every value that a device may have, as it is when it has none. */
export const noValues = {
  co2Ppm: null,
  temperatureC: null,
  humidityPercent: null,
  pressureHpa: null,
  radonBqM3: null,
  radiationNsvH: null,
  radiationTotalNsv: null,
  radiationDurationS: null,
  colour: null,
  temperatureRange: null,
  humidityRange: null,
  batteryPercent: null,
  intervalS: null,
  counter: null,
}
