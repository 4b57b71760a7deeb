import type { Advertiser } from './controller.ts'
import { advertisingData, scanResponseData } from './hci.ts'

/** One that says these bytes and, to those who ask, its name. */
export function advertiser(
  address: string,
  payload: string | (() => Buffer),
  name: string | null = null,
  { rssiDbm = -61, everyMs = 10 } = {},
): Advertiser {
  const bytes = typeof payload === 'string' ? () => Buffer.from(payload, 'hex') : payload
  return {
    address,
    rssiDbm,
    everyMs,
    advertisement: () => advertisingData(bytes()),
    scanResponse: () => (name === null ? null : scanResponseData(name)),
  }
}

/** Somebody's headphones: no Aranet, and none of its company. */
export function stranger(address = '11:22:33:44:55:66'): Advertiser {
  const apple = Buffer.from('02010607ff4c0010020b00', 'hex')
  return { address, rssiDbm: -70, everyMs: 10, advertisement: () => apple, scanResponse: () => null }
}

export interface Aranet4Values {
  co2Ppm: number
  temperatureC: number
  pressureHpa: number
  humidityPercent: number
  batteryPercent: number
  colour: number
  intervalS: number
  ageS: number
  counter: number
  /** Bit 5: integrations are on. Bits 2 and 3: calibration. Bit 4: updating. */
  flags?: number
}

/** What an Aranet4 sends, without the company. */
export function aranet4Payload(values: Aranet4Values): Buffer {
  const bytes = Buffer.alloc(22)
  bytes.writeUInt8(values.flags ?? 0x20, 0)
  bytes.set([1, 4, 1, 0, 0, 0, 1], 1)
  bytes.writeUInt16LE(values.co2Ppm, 8)
  bytes.writeUInt16LE(Math.round(values.temperatureC * 20), 10)
  bytes.writeUInt16LE(Math.round(values.pressureHpa * 10), 12)
  bytes.writeUInt8(values.humidityPercent, 14)
  bytes.writeUInt8(values.batteryPercent, 15)
  bytes.writeUInt8(values.colour, 16)
  bytes.writeUInt16LE(values.intervalS, 17)
  bytes.writeUInt16LE(values.ageS, 19)
  bytes.writeUInt8(values.counter, 21)
  return bytes
}

/** A wobble from -1 to 1 that looks like chance and is the same for the same `n`. */
function wobble(n: number): number {
  const mixed = Math.imul(n ^ (n >>> 15), 0x2c1b3c6d)
  return ((mixed ^ (mixed >>> 12)) & 0xffff) / 0x8000 - 1
}

/** How full a bedroom's air is from hour to hour (local to nobody: UTC), ppm above the street's. */
const night = [900, 980, 1040, 1080, 1100, 1080, 700, 320, 180, 150, 140, 150]
const day = [160, 150, 140, 150, 170, 210, 260, 300, 340, 380, 560, 760]

/** A bedroom as its Aranet4 would tell it at that moment: the same in every process, so that runs go on from each other. */
export function simulatedBedroom(nowMs: number): Aranet4Values {
  const intervalS = 300
  const n = Math.floor(nowMs / 1000 / intervalS)
  const hour = ((n * intervalS) / 3600) % 24
  const hours = [...night, ...day]
  const [from = 0, to = 0] = [hours[Math.floor(hour)], hours[(Math.floor(hour) + 1) % 24]]
  const co2Ppm = Math.round(430 + from + (to - from) * (hour % 1) + 12 * wobble(n))
  return {
    co2Ppm,
    temperatureC: 20.5 - 1.5 * Math.cos(((hour - 3) / 12) * Math.PI) + 0.1 * wobble(n + 1),
    pressureHpa: 1013 + 6 * Math.sin(n / 400) + 0.2 * wobble(n + 2),
    humidityPercent: Math.round(46 + 4 * Math.cos((hour / 12) * Math.PI) + wobble(n + 3)),
    batteryPercent: 87,
    colour: co2Ppm < 1000 ? 1 : co2Ppm < 1400 ? 2 : 3,
    intervalS,
    ageS: Math.floor(nowMs / 1000) - n * intervalS,
    counter: n % 256,
  }
}

export const bedroom = { address: 'd2:5a:7e:ad:00:01', name: 'Aranet4 0DEM0' } as const
