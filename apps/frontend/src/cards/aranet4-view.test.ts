import type { Reading } from '@tailboard/contracts/reading'
import { stampPlus } from '@tailboard/contracts/time'
import { expect, test } from 'vitest'
import { start } from '../testing/samples.ts'
import { aranet4Device, aranet4Sample } from '../testing/source-samples.ts'
import { words } from '../words/first-load.ts'
import { deviceAgeMs, factsOf, isOld, linesToAdopt, mainFigure, notesOf, standing } from './aranet4-view.ts'

const plain = (text: string) => text.replaceAll('\u00a0', ' ')
const reading: Reading = {
  node: 'pi',
  source: 'aranet4',
  schema: 1,
  measuredAt: start.at,
  writtenAt: start.at,
  clock: start.clock,
  simulated: false,
  data: {},
}

test('a device’s age is its own, on the clock that does not jump', () => {
  const device = aranet4Device()
  expect(deviceAgeMs(device, reading, start)).toBe(60_000)
  const later = { ...stampPlus(start, 120_000), at: '2031-03-04T23:00:00.000Z' }
  expect(deviceAgeMs(device, reading, later)).toBe(180_000)
  expect(deviceAgeMs({ ...device, measuredAt: null }, reading, start)).toBeNull()
})

test.each([
  ['green', 'ok', 'The air is good'],
  ['yellow', 'warn', 'Let air in soon'],
  ['red', 'bad', 'Let air in now'],
  ['error', 'bad', 'The sensor has an error'],
] as const)('the device’s own %s is said in words', (colour, tone, text) => {
  expect(standing(aranet4Device({ colour }), 0)).toMatchObject({ tone, text })
})

test('yesterday’s air is old, never good', () => {
  const device = aranet4Device({ colour: 'green' })
  expect(isOld(device, 901_000)).toBe(true)
  expect(plain(standing(device, 86_400_000)?.text ?? '')).toBe('Old: measured 24 h ago')
  expect(standing({ ...device, measuredAt: null }, null)).toMatchObject({ tone: 'quiet' })
})

test('radon and radiation are no air to let in', () => {
  const none = { co2Ppm: null, pressureHpa: null }
  const radon = aranet4Device({ ...none, model: 'radon', radonBqM3: 120, colour: 'yellow' })
  expect(standing(radon, 0)?.text).toBe('Raised')
  expect(mainFigure(radon)).toEqual({ label: 'Radon', value: 120, unit: 'Bq/m³' })
  const radiation = aranet4Device({
    ...none,
    model: 'radiation',
    radiationNsvH: 0,
    radiationTotalNsv: 4_200,
    radiationDurationS: 7_200,
    colour: null,
  })
  expect(mainFigure(radiation)).toMatchObject({ label: 'Radiation', value: 0 })
  expect(standing(radiation, 0)).toBeNull()
  expect(factsOf(radiation)).toContainEqual({ label: 'Dose', value: '4200\u00a0nSv in 2\u00a0h' })
})

test('an Aranet2 has its limits in words and no large number', () => {
  const aranet2 = aranet4Device({
    model: 'aranet2',
    co2Ppm: null,
    pressureHpa: null,
    colour: null,
    humidityRange: 'under',
    temperatureRange: 'dash',
  })
  expect(mainFigure(aranet2)).toBeNull()
  expect(factsOf(aranet2).map(({ value }) => plain(value))).toEqual([
    '21.4 °C',
    '41 %, below your limit',
    '87 %',
  ])
})

test('CO2 that is missing while it calibrates is said, and a real zero is a zero', () => {
  const device = aranet4Device({ co2Ppm: null, calibration: 'in-progress' })
  expect(mainFigure(device)).toMatchObject({ label: 'CO2', value: null })
  expect(notesOf(device).map(({ message }) => message)).toEqual([words.aranet4.calibration['in-progress']])
  expect(factsOf(aranet4Device({ temperatureC: 0 }))[0]?.value).toBe('0.0\u00a0°C')
})

test('why a device is silent, and what to do', () => {
  const off = aranet4Device({ state: 'integrations-off', measuredAt: null, isBatteryLow: true })
  expect(notesOf(off)).toHaveLength(2)
  expect(notesOf(off)[0]?.hint).toContain('Smart Home integrations')
  expect(standing(off, null)).toBeNull()
})

test('the lines that take a device up keep those that are there, and a hostile name in quotes', () => {
  const { nearby } = aranet4Sample()
  const first = nearby[0]
  if (first === undefined) throw new Error('the sample has a device')
  const lines = linesToAdopt([{ ...first, name: 'a", b: {' }], [aranet4Device()])
  expect(lines).toEqual([
    'sources:',
    '  aranet4:',
    '    devices:',
    '      - address: "c7:18:1e:21:f4:87"',
    '        name: "Living room"',
    '      - address: "d1:02:03:04:05:06"',
    '        name: "a\\", b: {"',
  ])
})
