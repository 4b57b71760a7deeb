import { expect, test } from 'vitest'
import { busyPercent, parseProcStat } from './proc-stat.ts'
import { readFixture } from './testing/pi-tree.ts'

test('the worked example comes out to the digit', async () => {
  const before = parseProcStat(await readFixture('stat.txt'))
  const now = parseProcStat(await readFixture('stat-later.txt'))
  expect(before.all.reduce((sum, ticks) => sum + ticks)).toBe(272_032)
  expect(busyPercent(before.all, now.all)?.toFixed(2)).toBe('29.41')
  expect(now.cores).toHaveLength(4)
})

test('no time passed: no value', () => {
  expect(busyPercent([1, 1, 1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 1, 1, 1, 1])).toBeNull()
})

test('waiting may be counted back a little, work may not', () => {
  const before = [100, 0, 50, 1000, 90, 0, 5, 0]
  expect(busyPercent(before, [150, 0, 50, 1050, 80, 0, 5, 0])).toBe(50)
  expect(busyPercent(before, [10, 0, 5, 2000, 90, 0, 5, 0])).toBeNull()
})

test('a core that is offline leaves a gap', () => {
  const { cores } = parseProcStat(
    'cpu  2 0 0 0 0 0 0 0\ncpu0 1 0 0 0 0 0 0 0\ncpu2 1 0 0 0 0 0 0 0\ncpu999999 1 0 0 0 0 0 0 0\n',
  )
  expect(cores).toEqual([[1, 0, 0, 0, 0, 0, 0, 0], null, [1, 0, 0, 0, 0, 0, 0, 0]])
})

test.each(['', 'cpu0 1 2 3 4 5 6 7 8', 'cpu  1 2 three 4 5 6 7 8', 'cpu  1 2 3', 'cpu  1 2 3 4 5 6 7 -8'])(
  'malformed is said: %j',
  (text) => {
    expect(() => parseProcStat(text)).toThrow(expect.objectContaining({ kind: 'malformed' }))
  },
)
