import * as v from 'valibot'
import { expect, test } from 'vitest'
import { elapsedMs, isoTime, isSameBoot, type Stamp, stampPlus } from './time.ts'

const stamp = (at: string, boot: string, ms: number): Stamp => ({ at, clock: { boot, ms } })
const since = stamp('2026-11-21T02:00:00.000Z', 'a', 1_000)

test('within a boot the wall clock plays no part, whichever way it jumped', () => {
  expect(elapsedMs(since, stamp('2026-11-21T11:00:05.000Z', 'a', 6_000))).toBe(5_000)
  expect(elapsedMs(since, stamp('2026-11-21T00:00:05.000Z', 'a', 6_000))).toBe(5_000)
})

test('an age is never below zero', () => {
  expect(elapsedMs(since, stamp('2026-11-21T02:00:00.000Z', 'a', 500))).toBe(0)
  expect(elapsedMs(since, stamp('2026-11-20T02:00:00.000Z', 'b', 0))).toBe(0)
})

test('across a boot it is the wall time, and at least the time since the boot', () => {
  expect(elapsedMs(since, stamp('2026-11-21T03:00:00.000Z', 'b', 5_000))).toBe(3_600_000)
  // The clock stood still with the power off.
  expect(elapsedMs(since, stamp('2026-11-21T01:00:00.000Z', 'b', 60_000))).toBe(60_000)
})

test('boots are told apart', () => {
  expect(isSameBoot(since, stamp(since.at, 'a', 9))).toBe(true)
  expect(isSameBoot(since, stamp(since.at, 'b', 1_000))).toBe(false)
})

test('a stamp moves on both clocks', () => {
  expect(stampPlus(since, 90_000)).toEqual(stamp('2026-11-21T02:01:30.000Z', 'a', 91_000))
  expect(stampPlus(since, -500)).toEqual(stamp('2026-11-21T01:59:59.500Z', 'a', 500))
})

test.each(['2026-11-21T02:00:00Z', '2026-11-21T02:00:00.5Z', '2024-02-29T00:00:00.000Z'])(
  '%s is a time',
  (value) => {
    expect(v.is(isoTime, value)).toBe(true)
  },
)

test.each([
  '2026-13-21T02:00:00Z',
  '2026-11-21T25:00:00Z',
  '2026-11-21',
  '2026-11-21T02:00:00+01:00',
  '2023-02-30T00:00:00Z',
  '',
  5,
])('%s is none', (value) => {
  expect(v.is(isoTime, value)).toBe(false)
})
