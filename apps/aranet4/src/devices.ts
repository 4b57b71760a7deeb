import { elapsedMs, isSameBoot, type Reading, type Stamp } from '@tailboard/contracts'
import type {
  Aranet4Device,
  Aranet4Nearby,
  Aranet4Settings,
  Aranet4State,
} from '@tailboard/contracts/sources/aranet4'
import type { Values } from './decode.ts'
import type { Heard } from './heard.ts'

/** An age is told in whole seconds and takes a moment to arrive: one measurement seems to wander by this much (ms). */
const toleranceMs = 5_000
const lowBatteryPercent = 10

/** The last good reading, as far as it can serve this run. */
export interface Before {
  reading: Pick<Reading, 'writtenAt' | 'clock'>
  devices: Aranet4Device[]
}

export interface Moment {
  now: Stamp
  /** From run to run (s). */
  pollS: number
}

/** How long a value may pass for current (s): two of the device's own intervals and a minute, or two of ours where those are longer. */
export function staleAfterS(intervalS: number | null, pollS: number): number {
  return 2 * Math.max(intervalS ?? 0, pollS) + 60
}

/** One device of the owner's list as the reading has it. */
export function toDevice(
  listed: Aranet4Settings['devices'][number],
  heard: Heard | undefined,
  before: Before | null,
  moment: Moment,
): Aranet4Device {
  const known = before?.devices.find(({ address }) => address === listed.address)
  const name = listed.name || heard?.name || known?.name || listed.address
  const values = heard?.decoded.values ?? null
  if (heard !== undefined && values !== null) {
    return { ...measured(heard, values, known, before, moment), address: listed.address, name }
  }
  const state = stateOf(heard)
  const kept =
    state === 'not-heard' && known !== undefined && before !== null && keep(known, before, moment.now)
  const entry = kept || empty
  return {
    ...entry,
    address: listed.address,
    name,
    state,
    model: heard?.decoded.model ?? known?.model ?? null,
    firmware: heard?.decoded.firmware ?? entry.firmware,
    calibration: heard?.decoded.calibration ?? entry.calibration,
    isUpdating: heard?.decoded.isUpdating ?? entry.isUpdating,
    rssiDbm: heard?.rssiDbm ?? entry.rssiDbm,
  }
}

/** A device that the owner may take up. */
export function toNearby({ address, name, rssiDbm, decoded }: Heard): Aranet4Nearby {
  const { model, content } = decoded
  return { address, name, model, rssiDbm, hasIntegrations: content !== 'withheld' }
}

/** Whether nothing of the owner's devices is new. How strong they are, and who else is there, changes at each look. */
export function isUnchanged(devices: Aranet4Device[], before: Before | null, now: Stamp): boolean {
  if (before === null || before.devices.length !== devices.length || devices.length === 0) return false
  // Across a boot nobody knows the age of what was written before it: the device does.
  if (!isSameBoot({ at: before.reading.writtenAt, clock: before.reading.clock }, now)) return false
  const essence = ({ rssiDbm: _, ...rest }: Aranet4Device) => JSON.stringify(rest, Object.keys(rest).sort())
  return devices.every((device, n) => essence(device) === essence(before.devices[n] as Aranet4Device))
}

/** `known` as it may still be shown; null when it is stale by its own interval. */
function keep(known: Aranet4Device, before: Before, now: Stamp): Aranet4Device | null {
  const ageMs = ageOf(known, before, now)
  return ageMs === null || ageMs > (known.staleAfterS ?? 0) * 1000 ? null : known
}

function measured(
  heard: Heard,
  { ageS, ...values }: Values,
  known: Aranet4Device | undefined,
  before: Before | null,
  { now, pollS }: Moment,
): Omit<Aranet4Device, 'address' | 'name'> {
  const { decoded, rssiDbm } = heard
  const flags = {
    state: 'ok' as const,
    model: decoded.model,
    firmware: decoded.firmware,
    calibration: decoded.calibration,
    isUpdating: decoded.isUpdating,
    staleAfterS: staleAfterS(values.intervalS, pollS),
  }
  const ageMs = ageS * 1000 + elapsedMs(heard.at, now)
  const ageKnownMs = known === undefined || before === null ? null : ageOf(known, before, now)
  const isSame =
    known !== undefined &&
    ageKnownMs !== null &&
    known.counter === values.counter &&
    Math.abs(ageKnownMs - ageMs) <= toleranceMs
  // What was written first stands: its moment, so that it is one measurement wherever it is kept.
  const measuredAt = isSame ? known.measuredAt : new Date(Date.parse(now.at) - ageMs).toISOString()
  return {
    ...values,
    ...flags,
    measuredAt,
    isBatteryLow: values.batteryPercent === null ? null : values.batteryPercent <= lowBatteryPercent,
    rssiDbm: isSame ? known.rssiDbm : rssiDbm,
  }
}

/** How old `known` is by the monotonic clock (ms), so that a wall clock that jumped makes no new measurement of an old one. */
function ageOf(known: Aranet4Device, { reading }: Before, now: Stamp): number | null {
  if (known.measuredAt === null) return null
  const whenWrittenMs = Math.max(0, Date.parse(reading.writtenAt) - Date.parse(known.measuredAt))
  return whenWrittenMs + elapsedMs({ at: reading.writtenAt, clock: reading.clock }, now)
}

function stateOf(heard: Heard | undefined): Exclude<Aranet4State, 'ok'> {
  if (heard === undefined) return 'not-heard'
  if (heard.decoded.isUpdating) return 'updating'
  return heard.decoded.content === 'withheld' ? 'integrations-off' : 'unreadable'
}

const empty: Omit<Aranet4Device, 'address' | 'name' | 'state'> = {
  model: null,
  measuredAt: null,
  staleAfterS: null,
  intervalS: null,
  counter: null,
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
  isBatteryLow: null,
  calibration: null,
  isUpdating: null,
  firmware: null,
  rssiDbm: null,
}
