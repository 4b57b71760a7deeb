import { expect, it } from 'vitest'
import { bytesOf, nanosecondsOf, wordsOf } from './values.ts'

it.each([
  ['48m', 50_331_648],
  ['1.5gb', 1_610_612_736],
  ['10KiB', 10_240],
  [7, 7],
  ['-1', -1],
  ['many', undefined],
])('bytesOf %s', (text, bytes) => expect(bytesOf(text)).toBe(bytes))

it.each([
  ['1m30s', 90e9],
  ['500ms', 5e8],
  ['1.5s', 15e8],
  ['90', undefined],
  ['soon', undefined],
])('nanosecondsOf %s', (text, nanoseconds) => expect(nanosecondsOf(text)).toBe(nanoseconds))

it.each([
  [`sh -c "echo 'a b'" ''`, ['sh', '-c', "echo 'a b'", '']],
  ['a\\ b  "c\\"d"', ['a b', 'c"d']],
  ['open "quote', undefined],
])('wordsOf %s', (line, words) => expect(wordsOf(line)).toEqual(words))
