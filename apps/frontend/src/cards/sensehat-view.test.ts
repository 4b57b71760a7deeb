import { stampPlus } from '@tailboard/contracts/time'
import { describe, expect, test } from 'vitest'
import { start } from '../testing/samples.ts'
import { sensehatSample } from '../testing/source-samples.ts'
import { sensehatWords as text } from '../words/sensehat.ts'
import {
  horizon,
  humidity,
  joystickSentence,
  ledSentence,
  ledsOf,
  orientationSentence,
  pressure,
  temperature,
} from './sensehat-view.ts'

const plain = (said: string | undefined) => said?.replaceAll('\u00a0', ' ')
const hat = sensehatSample()
const dumb = sensehatSample({
  climate: { temperatureC: null, humidityPercent: null, pressureChipTemperatureC: null, pressureHpa: null },
  estimate: null,
})

test('the room is an estimate where there is a factor, with what was measured beside it', () => {
  expect(temperature(hat).figure).toEqual({ value: '23.4', unit: '°C' })
  expect(plain(temperature(hat).note)).toBe('an estimate of the room; measured 34.2 °C')
  expect(humidity(hat).figure).toEqual({ value: '59', unit: '%' })
})

test('without a factor it is as measured, and says why that is too warm', () => {
  const { figure, note } = temperature(sensehatSample({ estimate: null }))
  expect(figure).toEqual({ value: '34.2', unit: '°C' })
  expect(note).toBe(text.asMeasured)
})

test('an estimate without humidity leaves that as measured', () => {
  const half = sensehatSample({ estimate: { temperatureC: 23.4, humidityPercent: null, factor: 2 } })
  expect(humidity(half)).toEqual({ figure: { value: '32', unit: '%' }, note: text.asMeasured })
})

test.each([temperature, humidity, pressure])('a chip that does not answer has no figure: %o', (of) => {
  expect(of(dumb)).toEqual({ figure: null, note: undefined })
})

test.each([
  [{ changeHpa: -1.4, trend: 'falling' } as const, 'falling, −1.4 hPa in 3 h'],
  [{ changeHpa: 4, trend: 'rising-fast' } as const, 'rising fast, +4.0 hPa in 3 h'],
  [{ changeHpa: 0, trend: 'steady' } as const, 'steady, 0.0 hPa in 3 h'],
  [null, 'rising or falling: known 3 h after the start'],
])('the pressure’s tendency %j', (pressureTendency, note) => {
  expect(plain(pressure(sensehatSample({ pressureTendency })).note)).toBe(note)
})

describe('the LEDs', () => {
  test('row by row from the top left, dark ones without a colour', () => {
    const leds = ledsOf(hat.leds.pixels)
    expect(leds).toHaveLength(64)
    expect(leds[2]).toEqual({ x: 2, y: 0, colour: '#ff8800' })
    expect(leds[3]).toEqual({ x: 3, y: 0, colour: null })
    expect(leds[61]).toEqual({ x: 5, y: 7, colour: '#0088ff' })
    expect(ledsOf(null).every(({ colour }) => colour === null)).toBe(true)
  })

  const of = (change: Partial<typeof hat.leds>) => ledSentence({ ...hat.leds, ...change })
  test.each([
    [{}, 'They show “Dinner”.'],
    [
      { mode: 'gauge' as const, gauge: { of: 'system.cpu.temperatureC', value: 51.5 } },
      'A gauge of system.cpu.temperatureC: 51.50.',
    ],
    [
      { mode: 'gauge' as const, gauge: { of: 'aranet4.devices.0.co2Ppm', value: null } },
      'A gauge of aranet4.devices.0.co2Ppm, which has no current value.',
    ],
    [{ mode: 'night' as const }, 'Dark for the night.'],
    [{ mode: 'off' as const }, 'All dark.'],
    [{ isAvailable: false }, text.noLeds],
  ])('%j', (change, said) => expect(of(change)).toBe(said))
})

describe('the joystick', () => {
  const { joystick } = hat
  const now = stampPlus(start, 120_000)

  test('the last press with what it did', () => {
    const press = { key: 'middle', did: '192.168.1.20 is shown', stamp: start } as const
    expect(plain(joystickSentence(joystick, press, now))).toBe(
      'pressed down, 2 min ago: 192.168.1.20 is shown',
    )
    expect(joystickSentence(joystick, { ...press, did: null }, now)).toContain(text.nothingSet)
  })

  test('of one that nobody here saw, when it was', () => {
    expect(plain(joystickSentence(joystick, null, now))).toBe('up, 5 min ago')
    expect(joystickSentence({ ...joystick, lastPress: null }, null, now)).toBe(text.neverPressed)
    expect(joystickSentence({ isAvailable: false, lastPress: null }, null, now)).toBe(text.noJoystick)
  })
})

test('how it lies: in words, and as a horizon that stays within its circle', () => {
  const motion = { ...hat.motion, rollDegrees: -4, pitchDegrees: 80, headingDegrees: 350 }
  const whole = { accelerationG: { x: 0, y: 0, z: 1 }, compassUt: { x: 0, y: 0, z: 0 }, ...motion }
  expect(orientationSentence(whole)).toBe('roll −4°, pitch 80°, heading 350° north')
  expect(horizon(whole)).toEqual({ turn: 4, shift: 36 })
})
