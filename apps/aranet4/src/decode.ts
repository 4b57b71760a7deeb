import {
  type Aranet4Data,
  type Aranet4Model,
  aranet4Calibrations,
  aranet4Colours,
  aranet4Ranges,
} from '@tailboard/contracts/sources/aranet4'

/** SAF Tehnika, in the first two bytes of the manufacturer's data as noble hands them out. */
export const companyId = 0x0702

type Device = Aranet4Data['devices'][number]

/** The values of one measurement. Null: the device has no such sensor, or says that the value is no good. */
export type Values = Pick<
  Device,
  | 'co2Ppm'
  | 'temperatureC'
  | 'humidityPercent'
  | 'pressureHpa'
  | 'radonBqM3'
  | 'radiationNsvH'
  | 'radiationTotalNsv'
  | 'radiationDurationS'
  | 'colour'
  | 'temperatureRange'
  | 'humidityRange'
  | 'batteryPercent'
  | 'intervalS'
  | 'counter'
> & {
  /** How long ago it was taken (s). */
  ageS: number
}

/** What one advertisement says. */
export interface Decoded {
  /** Null: it does not tell. */
  model: Aranet4Model | null
  firmware: string
  calibration: (typeof aranet4Calibrations)[number]
  isUpdating: boolean
  isDisconnected: boolean
  /** `values`: they are here. `withheld`: Smart Home integrations are off (or it is too old for them). `cut`: less than it should be. */
  content: 'values' | 'withheld' | 'cut'
  values: Values | null
}

const leastBytes = 5
/** A header alone, without and with a type in front: what a device sends that keeps its values to itself. */
const headerBytes = 8
const types: Record<number, Aranet4Model> = { 0: 'aranet4', 1: 'aranet2', 2: 'radiation', 3: 'radon' }
const none: Omit<Values, 'ageS'> = {
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

/**
 * The manufacturer's data of an advertisement, without the two bytes of the company.
 * @param name the local name, null when no packet with it has come (it is often in the scan response alone)
 * @returns null for what no Aranet sends
 */
export function decode(payload: Buffer, name: string | null): Decoded | null {
  if (payload.length < leastBytes) return null
  // An Aranet4 alone sends no type in front: it is known by its name, and where that is missing by its length.
  const isUntyped = isNamed(name) ? /^Aranet4/.test(name) : payload.length === 7 || payload.length === 22
  const bytes = isUntyped ? Buffer.concat([Buffer.from([0]), payload]) : payload
  const model = types[bytes.readUInt8(0)]
  if (model === undefined || (model === 'aranet4' && !isUntyped)) return null
  const flags = bytes.readUInt8(1)
  const calibration = aranet4Calibrations[(flags >> 2) & 3] ?? 'none'
  const header = {
    model,
    firmware: `${bytes.readUInt8(4)}.${bytes.readUInt8(3)}.${bytes.readUInt8(2)}`,
    calibration,
    isUpdating: (flags & 0x10) !== 0,
    isDisconnected: (flags & 0x01) !== 0,
  }
  const isWilling = (flags & 0x20) !== 0
  if (!isWilling || bytes.length === headerBytes) return { ...header, content: 'withheld', values: null }
  const values = readers[model](bytes)
  if (values === null) return { ...header, content: 'cut', values: null }
  if (calibration === 'in-progress') values.co2Ppm = null
  return { ...header, content: 'values', values }
}

function isNamed(name: string | null): name is string {
  return name?.startsWith('Aranet') ?? false
}

/** Offsets count from the type byte. */
const readers: Record<Aranet4Model, (bytes: Buffer) => Values | null> = {
  aranet4: (bytes) => {
    if (bytes.length < 22) return null
    return {
      ...none,
      co2Ppm: unless(0x8000, bytes.readUInt16LE(9)),
      temperatureC: celsius(bytes.readUInt16LE(11)),
      pressureHpa: tenths(bytes.readUInt16LE(13)),
      humidityPercent: share(bytes.readUInt8(15)),
      batteryPercent: share(bytes.readUInt8(16)),
      colour: aranet4Colours[bytes.readUInt8(17)] ?? null,
      ...timing(bytes, 18),
    }
  },
  aranet2: (bytes) => {
    if (bytes.length < 24) return null
    const status = bytes.readUInt8(18)
    return {
      ...none,
      temperatureC: celsius(bytes.readUInt16LE(10)),
      humidityPercent: share(tenths(bytes.readUInt16LE(14))),
      batteryPercent: share(bytes.readUInt8(17)),
      humidityRange: aranet4Ranges[status & 3] ?? null,
      temperatureRange: aranet4Ranges[(status >> 2) & 3] ?? null,
      ...timing(bytes, 19),
    }
  },
  radiation: (bytes) => {
    if (bytes.length < 24) return null
    return {
      ...none,
      radiationTotalNsv: bytes.readUInt32LE(6),
      radiationDurationS: bytes.readUInt32LE(10),
      radiationNsvH: bytes.readUInt16LE(14),
      batteryPercent: share(bytes.readUInt8(17)),
      ...timing(bytes, 19),
    }
  },
  radon: (bytes) => {
    if (bytes.length < 24) return null
    const radon = bytes.readUInt16LE(8)
    const temperature = bytes.readUInt16LE(10)
    const humidity = bytes.readUInt16LE(14)
    return {
      ...none,
      // From here on up it names what is wrong: an error, no data yet, or too damp inside.
      radonBqM3: radon >= 0x1f00 ? null : radon,
      // An AranetRn1 has no sensor for these and sends zeros.
      temperatureC: temperature === 0 ? null : celsius(temperature),
      pressureHpa: tenths(bytes.readUInt16LE(12)),
      humidityPercent: humidity === 0 ? null : share(tenths(humidity)),
      batteryPercent: share(bytes.readUInt8(17)),
      colour: aranet4Colours[bytes.readUInt8(18)] ?? null,
      ...timing(bytes, 19),
    }
  },
}

/** Interval, age and counter, which stand together in every model. The counter may be missing. */
function timing(bytes: Buffer, at: number): Pick<Values, 'intervalS' | 'ageS' | 'counter'> {
  return {
    intervalS: bytes.readUInt16LE(at) || null,
    ageS: bytes.readUInt16LE(at + 2),
    counter: bytes.length > at + 4 ? bytes.readUInt8(at + 4) : null,
  }
}

/** The number, or null when a bit of the mask says that it is no good. */
function unless(mask: number, raw: number): number | null {
  return (raw & mask) === 0 ? raw : null
}

/** In steps of 0.05 °C. Division of whole numbers alone: 415 * 0.05 is not 20.75. */
function celsius(raw: number): number | null {
  const good = unless(0xc000, raw)
  return good === null ? null : good / 20
}

function tenths(raw: number): number | null {
  const good = unless(0x8000, raw)
  return good === null ? null : good / 10
}

function share(percent: number | null): number | null {
  return percent === null || percent > 100 ? null : percent
}
