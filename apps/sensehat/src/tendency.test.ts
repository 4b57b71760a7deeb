import type { Stamp } from '@tailboard/contracts'
import { expect, test } from 'vitest'
import { addPoint, type PressurePoints, tendency } from './tendency.ts'

const minute = 60_000
const at = (ms: number, boot = 'a'): Stamp => ({ at: '2026-11-21T02:00:00.000Z', clock: { boot, ms } })

/** A pressure that falls or rises by `hpaPerHour`, looked at every five seconds. */
function watch(hours: number, hpaPerHour: number) {
  let points: PressurePoints = []
  let now = at(0)
  let pressure = 1000
  for (let ms = 0; ms <= hours * 60 * minute; ms += 5_000) {
    now = at(ms)
    pressure = 1000 + (hpaPerHour * ms) / 3_600_000
    points = addPoint(points, now, pressure)
  }
  return { points, now, pressure }
}

test('nothing is said before three hours are seen', () => {
  const { points, now, pressure } = watch(2.7, -1)
  expect(tendency(points, now, pressure)).toBeNull()
})

test.each([
  [0, 0, 'steady'],
  [0.3, 0.9, 'steady'],
  [0.5, 1.5, 'rising'],
  [-0.5, -1.5, 'falling'],
  [-2, -6, 'falling-fast'],
  [1.2, 3.6, 'rising-fast'],
])('%f hPa an hour: %f in three, %s', (hpaPerHour, changeHpa, trend) => {
  const { points, now, pressure } = watch(5, hpaPerHour)
  expect(tendency(points, now, pressure)).toEqual({ changeHpa: expect.closeTo(changeHpa, 0.11), trend })
})

test('a point each ten minutes, twenty at most', () => {
  expect(watch(1, 0).points).toHaveLength(7)
  expect(watch(24, 0).points.length).toBeLessThanOrEqual(20)
})

test('after a boot the points before have no known age: it begins anew', () => {
  const { points } = watch(3, 1)
  const now = at(5_000, 'b')
  expect(tendency(points, now, 1000)).toBeNull()
  expect(addPoint(points, now, 1000)).toEqual([{ clock: now.clock, pressureHpa: 1000 }])
})
