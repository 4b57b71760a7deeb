import { FakeTime } from '@tailboard/service/testing/fake-time'
import { expect, test } from 'vitest'
import { ClockWatch } from './clock-watch.ts'

test('time that passes is no jump; the wall clock being set is one, told once', () => {
  const time = new FakeTime()
  const watch = new ClockWatch(time)
  time.advance(3_600_000)
  expect(watch.check()).toBeNull()
  time.jump(9 * 3_600_000)
  expect(watch.check()).toBe(9 * 3_600_000)
  expect(watch.check()).toBeNull()
  time.jump(-2 * 3_600_000)
  expect(watch.check()).toBe(-2 * 3_600_000)
})

test('30 seconds are still no jump', () => {
  const time = new FakeTime()
  const watch = new ClockWatch(time)
  time.jump(30_000)
  expect(watch.check()).toBeNull()
  time.jump(1)
  expect(watch.check()).toBe(30_001)
})
