import { type Stamp, stampPlus } from '@tailboard/contracts/time'
import { expect, test } from 'vitest'
import { ago, inTime, stampAgo, untilMs } from './age.ts'

const plain = (text: string) => text.replaceAll('\u00a0', ' ')
const now: Stamp = { at: '2031-03-04T05:06:07.000Z', clock: { boot: 'a', ms: 5_000_000 } }

test.each([
  [0, 'just now'],
  [9_999, 'just now'],
  [25_000, '20 s ago'],
  [59_999, '50 s ago'],
  [125_000, '2 min ago'],
  [3_600_000, '1 h ago'],
  [47 * 3_600_000, '47 h ago'],
  [49 * 3_600_000, '2 days ago'],
])('%d ms are %s', (ms, expected) => {
  expect(plain(ago(ms))).toBe(expected)
})

test('a stamp from the future is just now, never negative', () => {
  expect(stampAgo(stampPlus(now, 90_000), now)).toBe('just now')
})

test('a wall clock nine hours wrong changes no age of this boot', () => {
  const since = { ...stampPlus(now, -120_000), at: '2031-03-04T14:06:07.000Z' }
  expect(plain(stampAgo(since, now))).toBe('2 min ago')
})

test('a stamp from before the boot says that more time may have passed', () => {
  const since = { at: '2031-03-04T04:06:07.000Z', clock: { boot: 'b', ms: 99_000_000 } }
  expect(plain(stampAgo(since, now))).toBe('before the last restart, at least 1 h ago')
})

test('what comes is told, and what is due is now', () => {
  expect(plain(inTime(untilMs(stampPlus(now, 39_500), now)))).toBe('in 40 s')
  expect(inTime(untilMs(stampPlus(now, -5_000), now))).toBe('now')
})
