import { expect, test } from 'vitest'
import { aranet4Payload } from '../testing/devices.ts'
import { noValues, vectors } from '../testing/vectors.ts'
import { decode } from './decode.ts'

const bytes = (hex: string) => Buffer.from(hex, 'hex')
const whole = '210503010005000143049f018b27350c023c00100055'

/** The first vector with `count` bytes at `offset` replaced. */
function changed(offset: number, hex: string): ReturnType<typeof decode> {
  const payload = bytes(whole)
  bytes(hex).copy(payload, offset)
  return decode(payload, 'Aranet4 12345')
}

test.each(vectors)('$name', ({ name: _, localName, hex, values, ...header }) => {
  const decoded = decode(bytes(hex), localName)
  if (header.model === null) expect(decoded).toBeNull()
  else {
    const all = values === null ? null : { ...noValues, ...values }
    expect(decoded).toEqual({ ...header, isUpdating: false, values: all })
  }
})

test('there is a vector of each model', () => {
  expect(new Set(vectors.map(({ model }) => model))).toEqual(
    new Set(['aranet4', 'aranet2', 'radiation', 'radon', null]),
  )
})

test.each([
  ['co2Ppm', 8, '0080'],
  ['temperatureC', 10, '0040'],
  ['temperatureC', 10, 'f0ff'],
  ['pressureHpa', 12, '0080'],
  ['humidityPercent', 14, 'ff'],
  ['batteryPercent', 15, 'ff'],
  ['colour', 16, '04'],
  ['intervalS', 17, '0000'],
] as const)('%s that is no good is null, and nothing else is', (field, offset, hex) => {
  const { values } = changed(offset, hex) ?? {}
  const { values: good } = decode(bytes(whole), null) ?? {}
  expect(values).toEqual({ ...good, [field]: null })
})

test('a real zero stays zero', () => {
  expect(changed(8, '000000000000000000')?.values).toMatchObject({
    co2Ppm: 0,
    temperatureC: 0,
    pressureHpa: 0,
    humidityPercent: 0,
    batteryPercent: 0,
    colour: 'error',
  })
  expect(changed(19, '000000')?.values).toMatchObject({ ageS: 0, counter: 0 })
})

test('every step of 0.05 °C is exact', () => {
  for (let raw = 0; raw <= 1000; raw++) {
    const payload = aranet4Payload({ ...values, temperatureC: raw / 20 })
    const { temperatureC } = decode(payload, null)?.values ?? {}
    expect(String(temperatureC)).toMatch(/^\d+(\.\d{1,2})?$/)
    expect(Math.round((temperatureC ?? -1) * 20)).toBe(raw)
  }
})

test.each([
  [0, 'none', 1091],
  [1, 'ending', 1091],
  [2, 'in-progress', null],
  [3, 'error', 1091],
])('calibration state %i is %s', (state, calibration, co2Ppm) => {
  const decoded = changed(0, (0x20 | (state << 2)).toString(16))
  expect(decoded?.calibration).toBe(calibration)
  expect(decoded?.values?.co2Ppm).toBe(co2Ppm)
})

test('an update of the firmware is seen', () => {
  expect(changed(0, '30')?.isUpdating).toBe(true)
})

test('with integrations off the values are nobody’s, even when they are sent', () => {
  expect(changed(0, '01')).toMatchObject({ content: 'withheld', values: null })
})

test.each([
  ['1f00', null],
  ['1f01', null],
  ['1f02', null],
  ['1eff', 0x1eff],
  ['0000', 0],
])('radon %s', (raw, radonBqM3) => {
  const payload = bytes('03210406010000000700fe01c927ce010064015802f60108')
  payload.writeUInt16LE(Number.parseInt(raw, 16), 8)
  expect(decode(payload, null)?.values?.radonBqM3).toBe(radonBqM3)
})

test('an Aranet4 is known by its name whatever its length, and without one by its length alone', () => {
  expect(decode(bytes(`${whole}00`), 'Aranet4 12345')?.model).toBe('aranet4')
  expect(decode(bytes(`${whole}00`), null)).toBeNull()
  expect(decode(bytes(whole.slice(0, 42)), 'Aranet4 12345')?.values?.counter).toBeNull()
  // A name that another program gave it says nothing.
  expect(decode(bytes(whole), 'Bedroom')?.model).toBe('aranet4')
})

const values = {
  co2Ppm: 600,
  temperatureC: 20,
  pressureHpa: 1000,
  humidityPercent: 40,
  batteryPercent: 90,
  colour: 1,
  intervalS: 300,
  ageS: 10,
  counter: 3,
}
