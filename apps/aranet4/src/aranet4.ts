import { elapsedMs, type Reading, type Stamp } from '@tailboard/contracts'
import {
  type Aranet4Data,
  type Aranet4Settings,
  aranet4,
  aranet4Limits,
} from '@tailboard/contracts/sources/aranet4'
import { stampNow } from '@tailboard/service/clock'
import type { Measurement, PollSource, RunContext } from '@tailboard/service/run-source'
import { type Adapter, openAdapter } from './adapter.ts'
import { type Before, isUnchanged, toDevice, toNearby } from './devices.ts'
import { HeardDevices } from './heard.ts'
import { type Listened, listen } from './listen.ts'
import { clockOf, nextInS } from './next.ts'
import { nobodyHeard, problemsOf } from './problems.ts'
import { systemTimers, type Timers } from './timers.ts'

/** The source, over an adapter and with timers of its own: those of the machine, but for a test. */
export function createAranet4Source(
  open: () => Promise<Adapter> = openAdapter,
  timers: Timers = systemTimers,
): PollSource {
  return { contract: aranet4, measure: (context) => measure(context, open, timers) }
}

export const aranet4Source = createAranet4Source()

async function measure(
  context: RunContext,
  open: () => Promise<Adapter>,
  timers: Timers,
): Promise<Measurement> {
  const { signal, time, environment, log } = context
  const { devices: list } = context.settings as RunContext['settings'] & Aranet4Settings
  const now = () => stampNow(time)
  const heard = new HeardDevices(
    list.map(({ address }) => address),
    now,
  )
  const began = now()
  const sys = (environment as { BLUETOOTH_SYS?: string }).BLUETOOTH_SYS ?? '/sys'
  const listened = await listen(await open(), {
    onHeard: (each) => heard.add(each),
    isEnough: () => heard.isEnough(),
    signal,
    timers,
    sys,
  })
  log.info('listened', { ms: Math.round(elapsedMs(began, now())), ...listened })
  listened.others += heard.others().length
  return list.length === 0 ? inRange(heard, listened) : ofOwner(list, heard, listened, context, now())
}

/** With no list: who is there. */
function inRange(heard: HeardDevices, listened: Listened): Measurement {
  const nearby = nearbyOf(heard)
  if (nearby.length === 0) throw nobodyHeard(listened)
  const data: Aranet4Data = { devices: [], nearby }
  return { data }
}

function ofOwner(
  list: Aranet4Settings['devices'],
  heard: HeardDevices,
  listened: Listened,
  { settings, previous, environment }: RunContext,
  now: Stamp,
): Measurement {
  const pollS = settings.intervalSeconds
  const before = toBefore(previous, environment.TAILBOARD_SIMULATED === true)
  const devices = list.map((each) => toDevice(each, heard.get(each.address), before, { now, pollS }))
  const problem = problemsOf(devices, listened)
  // Nothing new from any of them: what stood before stands, with the failure beside it.
  if (problem !== null && devices.every(({ state }) => state !== 'ok')) throw problem

  const clocks = list.flatMap(({ address }) => {
    const each = heard.get(address)
    return each === undefined ? [] : clockOf(each, elapsedMs(each.at, now))
  })
  const next = nextInS(clocks, pollS)
  const isOld = previous !== null && isUnchanged(devices, before, now)
  const data = isOld ? previous.data : { devices, nearby: nearbyOf(heard) }
  const times = devices.flatMap(({ measuredAt, staleAfterS }) =>
    measuredAt === null
      ? []
      : [{ atMs: Date.parse(measuredAt), staleMs: Date.parse(measuredAt) + 1000 * (staleAfterS ?? 0) }],
  )
  const newestMs = Math.max(...times.map(({ atMs }) => atMs))
  return {
    data,
    measuredAt: new Date(isOld ? previous.measuredAt : newestMs),
    // Stale when the last of them is.
    staleAfterS: Math.round(Math.max(...times.map(({ staleMs }) => staleMs - newestMs)) / 1000),
    ...(next === null ? {} : { nextInS: next }),
    ...(problem === null ? {} : { problem }),
  }
}

function nearbyOf(heard: HeardDevices): Aranet4Data['nearby'] {
  return heard.others().slice(0, aranet4Limits.nearby).map(toNearby)
}

/** The last good reading, unless it is of another world. */
function toBefore(previous: Reading | null, isSimulated: boolean): Before | null {
  if (previous === null || previous.simulated !== isSimulated) return null
  return { reading: previous, devices: (previous.data as Aranet4Data).devices }
}
