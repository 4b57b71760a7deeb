import * as v from 'valibot'
import { expect, test } from 'vitest'
import { cleanText, text } from './text.ts'

const esc = String.fromCharCode(0x1b)

test('terminal escapes lose what makes them escapes', () => {
  const cleaned = cleanText(
    `${esc}[31mred${esc}]0;title${String.fromCharCode(7)} ${String.fromCharCode(0x9b)}2J`,
    100,
  )
  expect(cleaned).toBe('[31mred]0;title 2J')
})

test.each([
  ['override', 0x202e],
  ['isolate', 0x2066],
  ['mark', 0x200f],
  ['Arabic letter mark', 0x061c],
  ['zero-width space', 0x200b],
  ['byte order mark', 0xfeff],
  ['line separator', 0x2028],
  ['tag', 0xe0041],
  ['delete', 0x7f],
  ['next line (C1)', 0x85],
])('an invisible character is taken out: %s', (_name, code) => {
  expect(cleanText(`a${String.fromCodePoint(code)}b`, 10)).toBe('ab')
})

test('line breaks and tabs become one space', () => {
  expect(cleanText('one\r\n\ttwo\n', 20)).toBe('one two')
})

test('lone surrogates go, pairs stay', () => {
  expect(cleanText('a\ud83cb\udf31c', 10)).toBe('abc')
  expect(cleanText('🌱 Küche 温室', 20)).toBe('🌱 Küche 温室')
})

test('what is too long ends in an ellipsis and never in half an emoji', () => {
  expect(cleanText('abcdef', 4)).toBe('abc…')
  expect(cleanText('ab🌱cd', 4)).toBe('ab…')
  expect(cleanText('x'.repeat(10_000), 64)).toHaveLength(64)
  expect(cleanText('🌱'.repeat(10_000), 64).length).toBeLessThanOrEqual(64)
})

test('a name that is mostly harmful characters is short, and no part of one', () => {
  const cleaned = cleanText(`${'\u202e'.repeat(10_000)}name`, 64)
  expect(cleaned).not.toContain('\u202e')
  expect(cleaned.length).toBeLessThanOrEqual(64)
})

test('HTML stays what it is: text', () => {
  expect(cleanText('<img src=x onerror=alert(1)>', 64)).toBe('<img src=x onerror=alert(1)>')
})

test('cleaning what is clean changes nothing', () => {
  for (const raw of [`${esc}[0m ok `, 'a'.repeat(200), '🌱'.repeat(40), 'x\u200b '])
    expect(cleanText(cleanText(raw, 64), 64)).toBe(cleanText(raw, 64))
})

test('the schema takes strings alone', () => {
  expect(v.parse(text(8), ' a\u0000b ')).toBe('ab')
  expect(v.safeParse(text(8), 5).success).toBe(false)
})
