import * as v from 'valibot'
import { expect, test } from 'vitest'
import { compareCursors, cursorSchema } from './cursor.ts'
import { eventSchema } from './event.ts'
import { field, fieldInfo } from './field.ts'
import { nodeName, sourceName, toNodeName } from './names.ts'
import { readingSchema } from './reading.ts'
import { keys } from './redis.ts'
import { sourceContract } from './sources/index.ts'
import { sourceIds } from './sources/known.ts'

const reading = {
  node: 'kitchen',
  source: 'system',
  schema: 1,
  measuredAt: '2026-11-21T02:00:00.000Z',
  writtenAt: '2026-11-21T02:00:00.000Z',
  clock: { boot: 'a', ms: 1 },
  simulated: false,
  data: {},
}

test.each<[string, object]>([
  ['a node that is no name', { node: 'a:b' }],
  ['a source that is no word', { source: '../x' }],
  ['no version', { schema: undefined }],
  ['a version below 1', { schema: 0 }],
  ['a time in words', { measuredAt: 'now' }],
  ['no clock', { clock: undefined }],
  ['a clock that is no number', { clock: { boot: 'a', ms: Number.POSITIVE_INFINITY } }],
  ['no word on whether it is real', { simulated: undefined }],
  ['a negative life', { staleAfterS: -1 }],
  ['a life of a month', { staleAfterS: 31 * 86_400 }],
  ['no data', { data: undefined }],
])('a reading with %s is refused', (_name, change) => {
  expect(v.is(readingSchema, { ...reading, ...change })).toBe(false)
})

test('a reading as agreed passes, with what a later version adds', () => {
  expect(v.is(readingSchema, { ...reading, later: 1 })).toBe(true)
})

test('an event of an unknown type is refused by name', () => {
  const result = v.safeParse(eventSchema, { type: 'surprise' })
  expect(result.issues?.[0].message).toContain('surprise')
})

test('a failure in an event is made harmless', () => {
  const event = v.parse(eventSchema, {
    type: 'failure',
    node: 'kitchen',
    source: 'system',
    stamp: { at: reading.writtenAt, clock: reading.clock },
    failure: {
      kind: 'timeout',
      message: '\u001b[2J\u202eevil',
      hint: null,
      at: reading.writtenAt,
      clock: reading.clock,
    },
  })
  expect(event).toMatchObject({ failure: { message: '[2Jevil' } })
})

test('cursors are compared as numbers', () => {
  expect(['10-0', '9-1', '9-10', '9-2'].sort(compareCursors)).toEqual(['9-1', '9-2', '9-10', '10-0'])
  expect(compareCursors('1763690400000-3', '1763690400000-3')).toBe(0)
})

test.each(['', '0', '$', '1-', '1-1; FLUSHALL', '-1-1', '99999999999999999-0'])(
  '%j is no cursor',
  (cursor) => {
    expect(v.is(cursorSchema, cursor)).toBe(false)
  },
)

test.each([
  ['raspberrypi', 'raspberrypi'],
  ['Küche Pi\n', 'k-che-pi'],
  ['--x--', 'x'],
  ['日本', null],
  ['', null],
  ['A'.repeat(80), 'a'.repeat(63)],
  [`${'a'.repeat(62)}.b`, 'a'.repeat(62)],
])('the host name %j is the node %j', (host, node) => {
  expect(toNodeName(host)).toBe(node)
  if (node !== null) expect(v.is(nodeName, node)).toBe(true)
})

test('no two keys can meet, whatever the names', () => {
  const made = Object.values(keys).map((key) =>
    typeof key === 'string' ? key : (key as (a: string, b: string) => string)('n', 's'),
  )
  expect(new Set(made).size).toBe(made.length)
  for (const key of made) expect(key).toMatch(/^tailboard:/)
})

test('the info of a field is found through nullable and optional', () => {
  const info = { label: 'Temperature', unit: '°C' }
  const inner = field(v.number(), info)
  expect(fieldInfo(inner)).toEqual(info)
  expect(fieldInfo(v.nullable(inner))).toEqual(info)
  expect(fieldInfo(v.optional(v.nullable(inner), null))).toEqual(info)
  expect(fieldInfo(v.number())).toBeNull()
})

test.each(sourceIds)('%s: its name, its time limit and its settings are in order', (id) => {
  const contract = sourceContract(id)
  expect(contract.id).toBe(id)
  expect(v.is(sourceName, id)).toBe(true)
  // A run must be over before the next one; a service measures one after another, and hardware may hang.
  if (contract.life !== 'always')
    expect(contract.defaults.timeoutSeconds).toBeLessThan(contract.defaults.intervalSeconds)
  for (const [name, setting] of Object.entries(contract.settings))
    expect(v.safeParse(setting as v.GenericSchema, undefined).success, `${name} has a default`).toBe(true)
  for (const [name, variable] of Object.entries(contract.variables))
    if (variable.secret === true) expect(variable.group, `${name} is the owner’s`).toBeDefined()
})
