import { expect, test } from 'vitest'
import { systemSample } from '../testing/samples.ts'
import { words } from '../words/first-load.ts'
import { busiest, powerWord, rate, room, warningsOf } from './system-view.ts'

const { disk, power } = systemSample
const unknown = { isUnderVoltage: null, isCapped: null, isThrottled: null, isSoftLimited: null }

test('a healthy machine has nothing to warn of, and neither has one that tells nothing', () => {
  expect(warningsOf(systemSample)).toEqual([])
  const mute = { ...disk, usedPercent: null, isReadOnly: null, errorCount: null }
  expect(warningsOf({ ...systemSample, disk: mute, power: { now: unknown, sinceBoot: unknown } })).toEqual([])
})

test('what is wrong now comes before what was', () => {
  const warnings = warningsOf({
    ...systemSample,
    disk: { ...disk, isReadOnly: true, usedPercent: 95, errorCount: 2 },
    power: {
      now: { ...power.now, isThrottled: true },
      sinceBoot: { ...power.sinceBoot, isUnderVoltage: true, isThrottled: true },
    },
  })
  expect(warnings.map(({ isNow, message }) => [isNow, message])).toEqual([
    [true, words.system.readOnly],
    [true, words.system.cardErrors(2)],
    [true, words.system.nearlyFull],
    [true, words.system.warnings.isThrottled.now],
    [false, words.system.warnings.isUnderVoltage.sinceBoot],
  ])
})

test('power is steady, was weak, is weak, or is not told', () => {
  const { now } = power
  const weak = { ...now, isUnderVoltage: true }
  expect(powerWord(power)).toBe(words.system.powerGood)
  expect(powerWord({ now, sinceBoot: weak })).toBe(words.system.powerSince)
  expect(powerWord({ now: weak, sinceBoot: weak })).toBe(words.system.powerNow)
  expect(powerWord({ now: unknown, sinceBoot: unknown })).toBe(words.notAvailable)
})

test('the busiest interface that is up comes first', () => {
  expect(busiest(systemSample.network.toReversed(), 2).map(({ name }) => name)).toEqual([
    'eth0',
    'tailscale0',
  ])
})

test('what is not known is not made up', () => {
  expect(rate(null)).toBe(words.dash)
  expect(room(null, 5)).toBeUndefined()
})
