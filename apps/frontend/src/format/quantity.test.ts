import { expect, test } from 'vitest'
import { bytes, duration, joined, mebibytes, said, short } from './quantity.ts'

const plain = (text: string) => text.replaceAll('\u00a0', ' ')

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1.0 kB'],
  [9_949, '9.9 kB'],
  [9_960, '10 kB'],
  [999_600, '1.0 MB'],
  [31_100_000_000, '31 GB'],
])('%d bytes are %s', (amount, expected) => {
  expect(plain(joined(bytes(amount)))).toBe(expected)
})

test.each([
  [-5, '0 ms'],
  [180, '180 ms'],
  [4_260, '4.2 s'],
  [59_999, '59 s'],
  [200_000, '3 min 20 s'],
  [3_600_000, '1 h'],
  [1_052_340_000, '12 d 4 h'],
])('%d ms last %s', (ms, expected) => {
  expect(plain(duration(ms))).toBe(expected)
})

test('each unit of the contract has its form', () => {
  expect(plain(said(51.52, '°C'))).toBe('51.5 °C')
  expect(plain(said(12_400, 'B/s'))).toBe('12 kB/s')
  expect(plain(said(99.96, '%'))).toBe('100 %')
  expect(plain(said(90, 's'))).toBe('1 min 30 s')
  expect(said(0.4234)).toBe('0.42')
  expect(said(3)).toBe('3')
})

test('small numbers keep a digit, a zero does not', () => {
  expect([0, 0.04, 9.94, 9.95, 140].map(short)).toEqual(['0', '0.0', '9.9', '10', '140'])
})

test('memory stands in the units of its limit', () => {
  expect(plain(mebibytes(64 * 1_048_576))).toBe('64 MiB')
})
