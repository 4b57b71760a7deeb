import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { clockTime, dateAt, dayAndTime, weekday } from './place-time.ts'

const berlin = { timeZone: 'Europe/Berlin', utcOffsetS: 3600 }

const reader = (language: string) => vi.stubGlobal('navigator', { languages: [language] })
beforeEach(() => reader('de-DE'))
afterEach(() => vi.unstubAllGlobals())

test.each([
  // Clocks go from 02:00 to 03:00 on 30 March 2031, and from 03:00 to 02:00 on 26 October.
  ['2031-03-30T00:59:00Z', '01:59'],
  ['2031-03-30T01:00:00Z', '03:00'],
  ['2031-10-26T00:30:00Z', '02:30'],
  ['2031-10-26T01:30:00Z', '02:30'],
])('%s is %s in Berlin, right across a change of the clocks', (iso, expected) => {
  expect(clockTime(iso, berlin)).toBe(expected)
})

test.each([
  ['+02:00', 7_200, '14:00'],
  ['-03:30', -12_600, '08:30'],
  ['+14:00', 50_400, '02:00'],
  ['Not/AZone', 19_800, '17:30'],
  ['', -3_600, '11:00'],
])('noon UTC at %j', (timeZone, utcOffsetS, expected) => {
  expect(clockTime('2031-07-01T12:00:00Z', { timeZone, utcOffsetS })).toBe(expected)
})

test('the day there is not the day here', () => {
  const auckland = { timeZone: 'Pacific/Auckland', utcOffsetS: 46_800 }
  expect(dateAt(Date.parse('2031-12-31T12:00:00Z'), auckland)).toBe('2032-01-01')
  expect(dayAndTime('2031-12-31T12:00:00Z', auckland)).toBe('Thu 01:00')
  expect(weekday('2032-01-01')).toBe('Thursday')
})

test('what is no time is nothing, and breaks nothing', () => {
  expect(clockTime('yesterday', berlin)).toBe('')
  expect(weekday('31-31')).toBe('')
})

test('who counts to twelve reads am and pm', () => {
  reader('en-US')
  expect(clockTime('2031-07-01T12:00:00Z', berlin)).toBe('2:00 pm')
})
