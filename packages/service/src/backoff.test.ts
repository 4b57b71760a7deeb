import { expect, test } from 'vitest'
import { backoffMs } from './backoff.ts'

const backoff = { firstMs: 100, factor: 2, mostMs: 2_000 }

test.each([
  [0, 0],
  [-1, 0],
  [1, 100],
  [2, 200],
  [5, 1_600],
  [6, 2_000],
  [1_000_000, 2_000],
])('after %i failures it waits %i ms', (failures, wait) => {
  expect(backoffMs(backoff, failures)).toBe(wait)
})

test('a first wait of nothing stays nothing', () => {
  expect(backoffMs({ ...backoff, firstMs: 0 }, 1_000_000)).toBe(0)
})
