import { readFileSync } from 'node:fs'
import { TailboardError } from '@tailboard/contracts'
import { mutations } from '@tailboard/service/testing/mutate'
import { expect, test } from 'vitest'
import { members, parseValue } from './members.ts'

const readAll = (text: string) =>
  Object.fromEntries(Array.from(members(Buffer.from(text)), ([key, value]) => [key, parseValue(value, 1e6)]))

/** What JSON.parse makes of an object; null where it refuses, or where it is none. */
function judge(text: string): unknown {
  try {
    const value = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null
  } catch {
    return null
  }
}

test.each([
  '{}',
  ' { } ',
  '{"a":1}',
  '{"a" : -1.5e3 , "b":[{"c":"}"}],"d":{"e":"\\"}"},\t"f":null\n}',
  '{"\\u0061\\"":"\\\\"}',
  '{"ü€😀":"ü€😀"}',
])('reads %s as JSON.parse does', (text) => {
  expect(readAll(text)).toEqual(JSON.parse(text))
})

test.each([
  '',
  ' ',
  'null',
  '[]',
  '"a"',
  '{',
  '{"a"',
  '{"a":',
  '{"a":}',
  '{"a":1',
  '{"a":1,}',
  '{,}',
  '{"a":1}}',
  '{"a":1} x',
  '{a:1}',
  "{'a':1}",
  '{"a":01}',
  '{"a":[1}',
  '{"a":{"b":1]}',
  '{"a":"\n"}',
  '{"a":1 2}',
  '{"a" 1}',
  '{"a":tru}',
  '{"a\\',
])('refuses %j', (text) => {
  expect(judge(text)).toBeNull()
  expect(() => readAll(text)).toThrow(TailboardError)
})

test('10000 damaged answers: what JSON.parse takes is read the same, what it refuses is refused', () => {
  const valid = readFileSync(new URL('../fixtures/running.json', import.meta.url), 'utf8')
  const outcomes = { read: 0, refused: 0 }
  for (const text of mutations(valid, 10_000)) {
    const expected = judge(text)
    if (expected === null) {
      expect(() => readAll(text), text).toThrow(TailboardError)
      outcomes.refused++
    } else {
      expect(readAll(text), text).toEqual(expected)
      outcomes.read++
    }
  }
  expect(Math.min(outcomes.read, outcomes.refused)).toBeGreaterThan(1_000)
})

test('a value that nobody asks for costs no memory of its own', () => {
  const text = Buffer.from(`{"a":1,"CapMap":{${'"k":[{"x":[]}],'.repeat(100_000)}"k":0},"b":2}`)
  const found = Array.from(members(text))
  expect(found.map(([key]) => key)).toEqual(['a', 'CapMap', 'b'])
  expect(found[1]?.[1].buffer).toBe(text.buffer)
})
