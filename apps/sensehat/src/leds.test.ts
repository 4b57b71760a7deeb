import { type SensehatSettings, sensehat } from '@tailboard/contracts/sources/sensehat'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { toColumns } from './font.ts'
import { type LedWish, pictureAt, planLeds, toLedData } from './leds.ts'
import { isNight } from './night.ts'
import { dark, dim, gaugePicture, messagePictures } from './pictures.ts'

const settingsOf = (own: Partial<SensehatSettings>): SensehatSettings =>
  v.parse(v.object(sensehat.settings), own)
const plan = (own: Partial<SensehatSettings>, wish: Partial<LedWish> = {}) =>
  planLeds({
    settings: settingsOf(own),
    isNight: false,
    gaugeValue: null,
    message: null,
    isCleared: false,
    ...wish,
  })
const lit = (picture: string) => (picture.match(/.{6}/g) ?? []).filter((colour) => colour !== '000000')
/** A picture as eight lines of dots. */
const draw = (picture: string) =>
  (picture.match(/.{48}/g) ?? []).map((row) =>
    (row.match(/.{6}/g) ?? []).map((colour) => (colour === '000000' ? '.' : '#')).join(''),
  )

test('letters are drawn as they are', () => {
  const [, picture = ''] = [0, messagePictures('H', 'ffffff')[7]]
  expect(draw(picture)).toEqual([
    '.#...#..',
    '.#...#..',
    '.#...#..',
    '.#####..',
    '.#...#..',
    '.#...#..',
    '.#...#..',
    '........',
  ])
  expect(toColumns('é')).toEqual(toColumns('e'))
  expect(toColumns('日')).toEqual(toColumns('?'))
  expect(toColumns('ß')).toEqual(toColumns('ss'))
})

test('a message begins and ends in the dark', () => {
  const frames = messagePictures('Hi 21°', 'ffffff')
  expect(frames[0]).toBe(dark)
  expect(frames.at(-1)).toBe(dark)
  expect(frames.every((frame) => /^[0-9a-f]{384}$/.test(frame))).toBe(true)
})

describe('the gauge', () => {
  const look = { from: 0, to: 100, yellowFrom: 50, redFrom: 80 }
  test.each([
    [-10, 0, null],
    [0, 0, null],
    [0.1, 1, '00c040'],
    [49, 31, '00c040'],
    [50, 32, 'ffb000'],
    [80, 51, 'ff2000'],
    [250, 64, 'ff2000'],
  ])('%f: %i lit, %s', (value, count, colour) => {
    const colours = lit(gaugePicture(value, look, 100))
    expect(colours).toHaveLength(count)
    if (colour !== null) expect(new Set(colours)).toEqual(new Set([colour]))
  })
  test('it fills from the lowest row up', () => {
    expect(draw(gaugePicture(12.5, look, 100))).toEqual([...Array(7).fill('........'), '########'])
  })
  test('without a value it is told from one that is empty', () => {
    expect(lit(gaugePicture(null, look, 100))).toEqual(['2040ff'])
  })
  test('limits that are the wrong way round or equal break nothing', () => {
    expect(lit(gaugePicture(25, { ...look, from: 100, to: 0 }, 100))).toHaveLength(48)
    expect(lit(gaugePicture(25, { ...look, from: 5, to: 5 }, 100))).toHaveLength(0)
  })
})

describe('what is shown', () => {
  test('nothing by default', () => {
    expect(plan({})).toMatchObject({ mode: 'off', animation: { frames: [dark] } })
  })
  test('the brightness is in the colours', () => {
    expect(dim('#ff8800', 50)).toBe('804400')
    const { animation } = plan({
      ledShow: 'message',
      ledMessage: 'x',
      ledColour: '#ff0000',
      ledBrightness: 10,
    })
    expect(new Set(lit(animation.frames.join('')))).toEqual(new Set(['1a0000']))
  })
  test('somebody’s message goes before the settings, runs its times and ends', () => {
    const message = { text: 'Tea', colour: '#ffffff', times: 2 }
    const shown = plan({ ledShow: 'gauge' }, { message, gaugeValue: 20, isCleared: true })
    expect(shown).toMatchObject({ mode: 'message', message: 'Tea', animation: { times: 2 } })
    const { frames, frameMs } = shown.animation
    const once = frames.length * frameMs
    expect(pictureAt(shown.animation, once + 900)).toBe(pictureAt(shown.animation, 900))
    expect(pictureAt(shown.animation, 900)).not.toBe(dark)
    expect(pictureAt(shown.animation, 2 * once + 900)).toBe(dark)
  })
  test('the owner’s message loops', () => {
    const { animation } = plan({ ledShow: 'message', ledMessage: 'Hi' })
    expect(animation.times).toBeNull()
    const length = animation.frames.length * animation.frameMs
    expect(pictureAt(animation, length + 900)).toBe(pictureAt(animation, 900))
  })
  test('the night is dark, or as dim as the owner wishes', () => {
    expect(plan({ ledShow: 'gauge' }, { isNight: true, gaugeValue: 20 })).toMatchObject({
      mode: 'night',
      animation: { frames: [dark] },
    })
    const dimmed = plan({ ledShow: 'gauge', nightBrightness: 5 }, { isNight: true, gaugeValue: 20 })
    expect(dimmed).toMatchObject({ mode: 'gauge' })
    expect(lit(dimmed.animation.frames[0] ?? '')[0]).toBe('000a03')
  })
  test('switched off by hand', () => {
    expect(plan({ ledShow: 'gauge' }, { gaugeValue: 20, isCleared: true }).mode).toBe('off')
  })
  test('what is told is what is lit; nothing where there are no LEDs', () => {
    const shown = plan({ ledShow: 'gauge' }, { gaugeValue: 20 })
    const gauge = { of: 'sensehat.climate.temperatureC', value: 20 }
    expect(toLedData(shown, 0, true, gauge)).toMatchObject({
      mode: 'gauge',
      gauge,
      pixels: shown.animation.frames[0],
    })
    expect(toLedData(shown, 0, false, gauge).pixels).toBeNull()
  })
})

describe('the night', () => {
  const night = (time: string, from: string, to: string, zone = 'UTC') =>
    isNight(Date.parse(`2026-11-21T${time}:00Z`), zone, from, to)
  test.each([
    ['22:29', '22:30', '07:00', false],
    ['22:30', '22:30', '07:00', true],
    ['00:00', '22:30', '07:00', true],
    ['06:59', '22:30', '07:00', true],
    ['07:00', '22:30', '07:00', false],
    ['03:00', '01:00', '05:00', true],
    ['06:00', '01:00', '05:00', false],
    ['03:00', '', '05:00', false],
    ['03:00', '05:00', '05:00', false],
  ])('at %s, from %s to %s: %s', (time, from, to, expected) => {
    expect(night(time, from, to)).toBe(expected)
  })
  test('by the clock of the owner’s place', () => {
    expect(night('05:30', '22:30', '07:00', 'Asia/Tokyo')).toBe(false)
    expect(night('14:00', '22:30', '07:00', 'Asia/Tokyo')).toBe(true)
  })
})
