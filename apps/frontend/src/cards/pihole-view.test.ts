import { expect, test } from 'vitest'
import { piholeSample } from '../testing/source-samples.ts'
import { words } from '../words/first-load.ts'
import { countdown, counted, historyLabel, standing, updatesOf } from './pihole-view.ts'

const plain = (text: string) => text.replaceAll('\u00a0', ' ')

test.each([
  [300, '5:00'],
  [244.2, '4:05'],
  [0.1, '0:01'],
  [0, '0:00'],
  [-9, '0:00'],
  [3_845, '1:04:05'],
])('%d s are %s', (seconds, expected) => {
  expect(countdown(seconds)).toBe(expected)
})

test('a pause runs down by the age of the reading, and ends without a message', () => {
  const off = { state: 'disabled', remainingS: 300 } as const
  expect(standing(off, 0).text).toBe('Off, for 5:00 more')
  expect(standing(off, 55_000).text).toBe('Off, for 4:05 more')
  expect(standing(off, 301_000)).toMatchObject({ tone: 'quiet', note: words.pihole.timeUp })
  expect(standing({ state: 'disabled', remainingS: null }, 1e9).note).toBe(words.pihole.offUntil)
  expect(standing({ state: 'enabled', remainingS: 60 }, 30_000).text).toBe('Blocking is on, for 0:30 more')
  expect(standing({ state: 'enabled', remainingS: 60 }, 90_000).note).toBe(words.pihole.timeUpOff)
})

test('DNS that is down is an alarm, and what is not known is never called on', () => {
  expect(standing({ state: 'failed', remainingS: null }, 0)).toMatchObject({ tone: 'bad' })
  expect(standing({ state: 'unknown', remainingS: null }, 0).text).toBe(words.pihole.unknown)
})

test('the drawing in words; nulls are said', () => {
  const { history, software } = piholeSample()
  if (history === null) throw new Error('the sample has a history')
  expect(plain(historyLabel(history))).toMatch(
    /^Questions in the last 24 hours: \d+ at most in 10 min, stopped \d+ at most$/,
  )
  expect(historyLabel({ ...history, total: [null], blocked: [] })).toBe(words.pihole.noHistory)
  expect(counted(null)).toBe(words.pihole.notTold)
  expect(counted(0)).toBe('0')
  expect(updatesOf(software)).toBe('Core v6.1.2 → v6.1.4')
  expect(updatesOf({ ...software, updates: [] })).toBe(words.pihole.noUpdates)
  expect(updatesOf({ ...software, updates: null })).toBe(words.pihole.notTold)
})
