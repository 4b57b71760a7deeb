import { allVariables, field } from '@tailboard/contracts'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { meanings, readComments } from './comments.ts'
import { renderContract } from './contract-page.ts'
import { difference } from './difference.ts'
import { comment, renderEnvExample } from './env-example.ts'
import { table } from './markdown.ts'
import { rowsOf, typeOf } from './shape.ts'

test('what differs is shown with its line, from both sides', () => {
  expect(difference('a\nb\nc', 'a\nb\nc')).toEqual([])
  expect(difference('a\nb\nc', 'a\nx\ny\nc')).toEqual(['2 - b', '2 + x', '3 + y'])
  expect(difference('', 'a')).toEqual(['1 - ', '1 + a'])
  expect(difference('a', 'a\n')).toHaveLength(1)
})

test('a type is said in words, with its limits', () => {
  expect(typeOf(v.pipe(v.number(), v.minValue(0), v.maxValue(100)))).toBe('number, 0 to 100')
  expect(typeOf(v.nullable(v.pipe(v.string(), v.maxLength(8))))).toBe('string, at most 8, or null')
  expect(typeOf(v.optional(v.picklist(['a', 'b']), 'a'))).toBe('`a` `b`, optional')
  expect(typeOf(v.array(v.boolean()))).toBe('list of boolean')
})

test('every field below is a row, with unit, label and comment of its own path', () => {
  const schema = v.object({
    list: v.array(v.object({ size: field(v.number(), { label: 'Size', unit: 'B', series: true }) })),
    size: v.string(),
  })
  const rows = rowsOf(schema, { comment: (path) => (path === 'size' ? 'Of all.' : ''), known: new Map() })
  expect(
    rows.map(({ path, unit, label, description, isSeries }) => [path, unit, label, description, isSeries]),
  ).toEqual([
    ['list', '', '', '', false],
    ['list[].size', 'B', 'Size', '', true],
    ['size', '', '', 'Of all.', false],
  ])
})

test('comments are found by path, also in the members of a variant', () => {
  expect(readComments('redis.ts').get('keys')?.inner.get('config')).toContain('set by the gateway')
  const events = readComments('event.ts').get('eventSchema')?.inner
  expect(events?.get('notice')).toContain('owner must know')
  expect(events?.get('notice.id')).toContain('One notice an id')
  expect(events?.has('reading.reading')).toBe(false)
})

test('meanings of words in a comment are told apart', () => {
  const found = meanings('Intro.\n\n- `one`: the first. `two`: the second\n  of them.\n- `three`: last.')
  expect([...found]).toEqual([
    ['one', 'the first.'],
    ['two', 'the second of them.'],
    ['three', 'last.'],
  ])
})

test('a bar in a cell breaks no table, and an empty column is left out', () => {
  expect(table(['A', 'B'], [['x|y', '']])).toBe('| A |\n| --- |\n| x\\|y |')
})

test('.env.example has every variable that the owner sets, and no other', () => {
  const names = [...renderEnvExample().matchAll(/^([A-Z_]+)=/gm)].map(([, name]) => name)
  const owners = allVariables().flatMap(({ name, variable }) => {
    if (variable.group === undefined) return []
    return variable.secret === true ? [name, `${name}_FILE`] : [name]
  })
  expect(names.sort()).toEqual(owners.sort())
})

test('a comment is folded, and every line of it is one', () => {
  const lines = comment('word '.repeat(60).trim()).split('\n')
  expect(lines.length).toBeGreaterThan(2)
  for (const line of lines) expect(line).toMatch(/^# \S.{0,116}$/)
})

test('the page names every variable and no field twice in a table', () => {
  const page = renderContract()
  for (const { name } of allVariables()) expect(page).toContain(`\`${name}\``)
  expect(page).not.toMatch(/undefined|\[object/)
})
