import { expect, test } from 'vitest'
import { nextInS } from './next.ts'

const device = (intervalS: number | null, ageS: number) => ({ intervalS, ageS })

test.each([
  ['right after the next measurement', [device(300, 100)], 204],
  ['even when that is soon', [device(300, 295)], 9],
  ['an age beyond its interval: it is behind', [device(300, 310)], 294],
  ['as slow as it likes', [device(600, 10)], 594],
  ['no more often than the owner wants, give or take half of its interval', [device(60, 10)], 114],
  ['in step with one as fast as the owner wants', [device(120, 4)], 120],
  ['the first of two', [device(300, 100), device(300, 250)], 54],
  ['both at once when they are close', [device(300, 100), device(300, 120)], 204],
  ['one that does not say plays no part', [device(null, 5), device(300, 100)], 204],
])('%s', (_name, devices, expected) => {
  expect(nextInS(devices, 120)).toBe(expected)
})

test('nobody knows when no device says', () => {
  expect(nextInS([], 120)).toBeNull()
  expect(nextInS([device(null, 0)], 120)).toBeNull()
})
