import type { Project } from '@tailboard/stack'
import { expect, test } from 'vitest'
import { type Bench, measureAll, type Part } from './part.ts'
import { exitCode, judge, printTable, type Row, unmeasured } from './row.ts'

const bench: Bench = { project: {} as Project, isShort: true }
const row = (value: number): Row => ({
  measure: 'a figure',
  goal: '10 ms',
  line: '50 ms',
  measured: `${value} ms`,
  how: 'made up',
  ...judge(value, { goal: 10, line: 50 }),
})
/** Measures these one after another, and the last one again and again. */
const part = (...values: number[]): Part => ({
  name: 'a part',
  measure: async () => [row((values.length > 1 ? values.shift() : values[0]) ?? Number.NaN)],
})
const measure = (...parts: Part[]) => measureAll(parts, bench, () => {})

test.each([
  [10, 'goal reached', 0],
  [11, 'line held', 0],
  [50, 'line held', 0],
  [51, 'LINE CROSSED', 1],
  [Number.NaN, 'LINE CROSSED', 1],
])('%d beside a goal of 10 and a line of 50: %s, and the bench ends with %d', async (value, word, code) => {
  const rows = await measure(part(1), part(value))
  expect(printTable(rows).split('\n').at(-1)).toContain(word)
  expect(exitCode(rows)).toBe(code)
})

test('a line that is crossed once is measured again, and only then counts', async () => {
  expect(exitCode(await measure(part(60, 40)))).toBe(0)
  expect(exitCode(await measure(part(60, 55, 1)))).toBe(1)
})

test('a part that fails is a crossed line with its reason, and the others are measured', async () => {
  const broken: Part = { name: 'broken', measure: () => Promise.reject(new Error('no such container')) }
  const rows = await measure(broken, part(1))
  expect(rows.map(({ measured }) => measured)).toEqual(['failed: no such container', '1 ms'])
  expect(exitCode(rows)).toBe(1)
})

test('what could not be measured here crosses nothing, and nothing measured at all is no pass', async () => {
  const absent: Part = {
    name: 'absent',
    measure: async () => [{ ...row(1), measured: 'needs a HAT', ...unmeasured }],
  }
  expect(exitCode(await measure(absent))).toBe(0)
  expect(exitCode([])).toBe(1)
})

test('the short form leaves a part out, and says why', async () => {
  const said: string[] = []
  const rows = await measureAll([{ ...part(60), notShort: 'it takes an hour' }, part(1)], bench, (what) =>
    said.push(what),
  )
  expect(rows).toHaveLength(1)
  expect(said[0]).toBe('a part is left out of the short form: it takes an hour')
})
