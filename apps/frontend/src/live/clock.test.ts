import { expect, test } from 'vitest'
import { start } from '../testing/samples.ts'
import { ServerClock, SleepDetector } from './clock.ts'

function browser() {
  const at = { monotonic: 1_000, wall: 50_000 }
  return { at, clocks: { monotonicMs: () => at.monotonic, wallMs: () => at.wall } }
}

const elapsed = (clock: ServerClock) => (clock.now()?.clock.ms ?? Number.NaN) - start.clock.ms

test('nothing is known before the server has spoken', () => {
  expect(new ServerClock(browser().clocks).now()).toBeNull()
})

test('runs on from what the server said, whatever year the browser believes in', () => {
  const { at, clocks } = browser()
  const clock = new ServerClock(clocks)
  clock.set(start)
  at.monotonic += 4_000
  at.wall += 4_000
  expect(elapsed(clock)).toBe(4_000)
  expect(clock.now()?.at).toBe('2031-03-04T05:06:11.000Z')
})

test('a browser clock that is set back makes nothing younger', () => {
  const { at, clocks } = browser()
  const clock = new ServerClock(clocks)
  clock.set(start)
  at.monotonic += 4_000
  at.wall -= 7_200_000
  expect(elapsed(clock)).toBe(4_000)
})

test('a sleep that the monotonic clock missed still counts', () => {
  const { at, clocks } = browser()
  const clock = new ServerClock(clocks)
  clock.set(start)
  at.monotonic += 1_000
  at.wall += 3_600_000
  expect(elapsed(clock)).toBe(3_600_000)
})

test('the next message puts it right again', () => {
  const { at, clocks } = browser()
  const clock = new ServerClock(clocks)
  clock.set(start)
  at.wall += 3_600_000
  clock.set(start)
  expect(elapsed(clock)).toBe(0)
})

test('a snapshot of an earlier visit starts as old as it is, never younger', () => {
  const clock = new ServerClock(browser().clocks)
  clock.set(start, 60_000)
  expect(elapsed(clock)).toBe(60_000)
  clock.set(start, -60_000)
  expect(elapsed(clock)).toBe(0)
})

test('a gap in either clock is a sleep, ticking is none', () => {
  const { at, clocks } = browser()
  const detector = new SleepDetector(clocks)
  at.monotonic += 1_000
  at.wall += 1_000
  expect(detector.hasSlept(10_000)).toBe(false)
  at.wall += 20_000
  expect(detector.hasSlept(10_000)).toBe(true)
  at.monotonic += 20_000
  expect(detector.hasSlept(10_000)).toBe(true)
  expect(detector.hasSlept(10_000)).toBe(false)
})
