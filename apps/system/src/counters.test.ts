import { expect, test } from 'vitest'
import { type Counters, ratesBetween } from './counters.ts'

const mostMs = 900_000
const ticks = (busy: number, idle: number) => [busy, 0, 0, idle, 0, 0, 0, 0]
const counters = (ms: number, bytes: number, extra: Partial<Counters> = {}): Counters => ({
  boot: 'a',
  ms,
  cpu: { all: ticks(bytes, bytes), cores: [ticks(bytes, bytes), null] },
  network: { wlan0: [bytes, 2 * bytes] },
  disk: { disk: 'mmcblk0', readBytes: bytes, writtenBytes: 2 * bytes },
  ...extra,
})
const nothing = {
  cpuPercent: null,
  perCorePercent: [null, null],
  disk: { readBytesPerS: null, writtenBytesPerS: null },
}
const noRate = { receivedBytesPerS: null, sentBytesPerS: null }

test('rates are differences by the monotonic clock', () => {
  const rates = ratesBetween(counters(1_000, 100), counters(61_000, 6_100), mostMs)
  expect(rates.cpuPercent).toBe(50)
  expect(rates.perCorePercent).toEqual([50, null])
  expect(rates.network('wlan0')).toEqual({ receivedBytesPerS: 100, sentBytesPerS: 200 })
  expect(rates.disk).toEqual({ readBytesPerS: 100, writtenBytesPerS: 200 })
})

test.each([
  ['the first run', null, counters(61_000, 6_100)],
  ['another boot', counters(1_000, 100, { boot: 'b' }), counters(61_000, 6_100)],
  ['no time passed', counters(61_000, 100), counters(61_000, 6_100)],
  ['the clock went back', counters(70_000, 100), counters(61_000, 6_100)],
  ['too long ago', counters(0, 100), counters(mostMs + 1, 6_100)],
])('%s gives no rate', (_name, before, now) => {
  const rates = ratesBetween(before, now, mostMs)
  expect(rates).toMatchObject(nothing)
  expect(rates.network('wlan0')).toEqual(noRate)
})

test('a counter that went backwards takes its own rates with it and no others', () => {
  const rates = ratesBetween(
    counters(1_000, 100),
    counters(61_000, 6_100, { network: { wlan0: [6_100, 10], wwan0: [5, 5] } }),
    mostMs,
  )
  expect(rates.network('wlan0')).toEqual(noRate)
  expect(rates.network('wwan0')).toEqual(noRate)
  expect(rates.network('gone0')).toEqual(noRate)
  expect(rates.disk.readBytesPerS).toBe(100)
  expect(rates.cpuPercent).toBe(50)
})

test('another disk is not the same one, reset', () => {
  const sda = { disk: { disk: 'sda', readBytes: 9_000, writtenBytes: 90_000 } }
  expect(ratesBetween(counters(1_000, 100), counters(61_000, 6_100, sda), mostMs).disk).toEqual(nothing.disk)
  const none = { disk: null }
  expect(ratesBetween(counters(1_000, 100, none), counters(61_000, 6_100, none), mostMs).disk).toEqual(
    nothing.disk,
  )
})
