import type { StatusAnswer } from '@tailboard/contracts/api'
import type { LiveModel } from '@tailboard/contracts/live'
import type { SourceId } from '@tailboard/contracts/sources/index'
import { type Stamp, stampPlus } from '@tailboard/contracts/time'
import type { FakeHistory } from './fake-gateway.ts'
import { runAt, statusAt } from './samples.ts'
import { fullModel } from './source-samples.ts'

/** When each source last ran before the pictures' moment (s), and what that took (ms). */
const runs: Partial<Record<SourceId, { agoS: number; tookMs: number }>> = {
  system: { agoS: 8, tookMs: 640 },
  tailscale: { agoS: 21, tookMs: 590 },
  pihole: { agoS: 34, tookMs: 870 },
  aranet4: { agoS: 75, tookMs: 6_300 },
  weather: { agoS: 410, tookMs: 1_420 },
}

/** What the pictures show: every source well, each with its last run. */
export function pictureModel(now: Stamp): LiveModel {
  const model = fullModel(now)
  const sources = { ...model.sources }
  for (const [id, { agoS, tookMs }] of Object.entries(runs)) {
    const view = sources[id as SourceId]
    const ended = stampPlus(now, -agoS * 1000)
    const run = {
      running: null,
      failuresInARow: 0,
      next: stampPlus(ended, view.settings.intervalSeconds * 1000),
      last: runAt(ended, { durationMs: tookMs, cost: { peakMemoryBytes: 39e6, cpuMs: tookMs / 2 } }),
    }
    sources[id as SourceId] = { ...view, success: ended, run }
  }
  return { ...model, sources }
}

export function pictureStatus(now: Stamp): StatusAnswer {
  const sources = Object.entries(runs).map(([source, { agoS, tookMs }]) => ({
    source: source as SourceId,
    ...runAt(stampPlus(now, -agoS * 1000), {
      durationMs: tookMs,
      cost: { peakMemoryBytes: 39e6, cpuMs: tookMs / 2 },
    }),
  }))
  const status = statusAt(now)
  return {
    ...status,
    runs: [...sources, ...status.runs.filter(({ result }) => result === 'timeout')],
    system: status.system && { ...status.system, changedVariables: [] },
  }
}

const stepMs = 300_000

/** A day of one number that swings between its nights and its days, with a little noise. */
function day(
  path: string,
  label: string,
  unit: string,
  [least, most]: readonly [number, number],
  digits: number,
): FakeHistory {
  return (nothing) => {
    const to = Date.parse(nothing.to)
    const from = Date.parse(nothing.from)
    const at = Array.from({ length: Math.floor((to - from) / stepMs) }, (_, row) => from + row * stepMs)
    const values = at.map((ms, row) => {
      const swing = (1 - Math.cos(((ms / 3_600_000 - 3) / 12) * Math.PI)) / 2
      const noise = Math.sin(row / 9) * Math.sin(row / 3.7) + Math.sin(row / 2.3) / 4
      return Number((least + (most - least) * (0.2 + 0.6 * swing + 0.16 * noise)).toFixed(digits))
    })
    return { ...nothing, at, series: [{ path, key: null, label, unit, min: values, max: values }] }
  }
}

/** The day before the pictures, of every source that keeps one. */
export const pictureHistory: Record<string, FakeHistory> = {
  weather: day('now.temperature', 'Temperature', '°C', [1, 10.5], 1),
  sensehat: day('estimate.temperatureC', 'Temperature', '°C', [19.8, 23.6], 1),
  aranet4: day('devices.co2Ppm', 'CO2', 'ppm', [480, 1_290], 0),
  pihole: day('queries.blockedPercent', 'Share stopped', '%', [11, 24], 1),
  tailscale: day('counts.online', 'Online', '', [2, 5], 0),
  system: day('cpu.usedPercent', 'Processor', '%', [6, 38], 1),
}
