import { expect, test } from 'vitest'
import { bounded, extent, sparkPath } from './sparkline.ts'

const scale = { from: 0, to: 10 }

test('from edge to edge, the highest at the top', () => {
  expect(sparkPath([0, 10, 5], scale)).toBe('M0 48h0L150 0L300 24')
})

test('a gap is a gap, and a point alone is still a dot', () => {
  expect(sparkPath([10, null, 10, null], scale)).toBe('M0 0h0M200 0h0')
  expect(sparkPath([10, 10, null, 5], scale, true)).toBe('M0 48V0L100 0V48H0zM300 48V24V48H300z')
})

test('nothing, one point and a flat line draw without a NaN', () => {
  expect(sparkPath([], scale)).toBe('')
  expect(sparkPath([null], scale)).toBe('')
  expect(sparkPath([0, 0], { from: 0, to: 0 })).toBe('M0 48h0L300 48')
})

test('however many points there are, few are drawn, and no peak is lost', () => {
  const values = Array.from({ length: 10_000 }, (_, index) => (index === 7_777 ? 99 : 1))
  expect(bounded(values)).toHaveLength(150)
  expect(extent(bounded(values))).toEqual({ least: 1, most: 99 })
  expect(bounded(Array.from({ length: 1_000 }, () => null)).every((value) => value === null)).toBe(true)
  expect(extent([null])).toBeNull()
})
