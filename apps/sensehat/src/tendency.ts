import type { Stamp } from '@tailboard/contracts'
import type { PressureTrend, SensehatData } from '@tailboard/contracts/sources/sensehat'
import { clockSchema } from '@tailboard/contracts/time'
import * as v from 'valibot'

/** One point each ten minutes is enough for a slope of hours, and little to write. */
const everyMs = 10 * 60_000
const spanMs = 3 * 3_600_000
/** How far from three hours ago a point may lie. */
const toleranceMs = 15 * 60_000

export const pressurePointsSchema = v.pipe(
  v.array(v.object({ clock: clockSchema, pressureHpa: v.number() })),
  v.maxLength(24),
)
export type PressurePoints = v.InferOutput<typeof pressurePointsSchema>

/** The points with this one, when one is due; the same list when not. Points of another boot have no known age: they go. */
export function addPoint(points: PressurePoints, now: Stamp, pressureHpa: number): PressurePoints {
  const newest = points.at(-1)
  const isDue =
    newest === undefined || newest.clock.boot !== now.clock.boot || now.clock.ms - newest.clock.ms >= everyMs
  if (!isDue) return points
  const young = points.filter(
    ({ clock }) => clock.boot === now.clock.boot && now.clock.ms - clock.ms <= spanMs + toleranceMs,
  )
  return [...young, { clock: now.clock, pressureHpa }]
}

/** The change since three hours ago; null when nothing is known of then. */
export function tendency(
  points: PressurePoints,
  now: Stamp,
  pressureHpa: number,
): SensehatData['pressureTendency'] {
  const candidates = points
    .filter(({ clock }) => clock.boot === now.clock.boot)
    .map((point) => ({ ...point, missMs: Math.abs(now.clock.ms - point.clock.ms - spanMs) }))
    .filter(({ missMs }) => missMs <= toleranceMs)
    .sort((a, b) => a.missMs - b.missMs)
  const [then] = candidates
  if (then === undefined) return null
  const changeHpa = Math.round((pressureHpa - then.pressureHpa) * 10) / 10
  return { changeHpa, trend: trendOf(changeHpa) }
}

function trendOf(changeHpa: number): PressureTrend {
  const size = Math.abs(changeHpa)
  if (size < 1) return 'steady'
  const direction = changeHpa > 0 ? 'rising' : 'falling'
  return size < 3.5 ? direction : `${direction}-fast`
}
