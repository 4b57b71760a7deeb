import type { WeatherData } from '@tailboard/contracts/sources/weather'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { weatherSample } from '../testing/source-samples.ts'
import { words } from '../words/first-load.ts'
import { stripOf } from './weather-strip.ts'
import { daysAhead, degrees, told, umbrella, upcoming, webAddress, windFrom } from './weather-view.ts'

beforeAll(() => {
  vi.stubGlobal('navigator', { languages: ['en-GB'] })
})
afterAll(() => {
  vi.unstubAllGlobals()
})

const plain = (text: string) => text.replaceAll('\u00a0', ' ')
const at = '2031-03-04T05:06:07.000Z'
const nowMs = Date.parse(at)
const sentence = (weather: WeatherData, ms = nowMs) => plain(umbrella(weather, ms).text)
const sample = weatherSample(at)
const withHours = (change: (index: number) => Partial<WeatherData['hours'][number]>): WeatherData => ({
  ...sample,
  hours: sample.hours.map((hour, index) => ({ ...hour, ...change(index) })),
})
const dry = { precipitation: 0, precipitationPercent: 10 }

test('rain that comes is told with its local time, its amount and its chance', () => {
  expect(sentence(sample)).toBe('Take an umbrella: rain from about 12:00, 3.9 mm in all, chance 80 %.')
})

test('a dry half day needs no umbrella, whatever comes after it', () => {
  expect(sentence(withHours((index) => (index < 13 ? dry : { precipitation: 9 })))).toBe(
    'No umbrella needed: no rain in the next 12 h, chance 10 % at most.',
  )
  expect(sentence(withHours(() => ({ precipitation: 0, precipitationPercent: null })))).toBe(
    'No umbrella needed: no rain in the next 12 h.',
  )
})

test('rain now says when it should stop; rain that goes on says no time', () => {
  const now = { ...sample.now, precipitation: 0.4, condition: 'rain' as const }
  const until = withHours((index) => (index < 3 ? { precipitation: 1, precipitationPercent: 90 } : dry))
  expect(sentence({ ...until, now })).toBe('There is rain now. Take an umbrella, it should stop about 09:00.')
  const on = withHours(() => ({ precipitation: 1, precipitationPercent: 90 }))
  expect(sentence({ ...on, now })).toBe('There is rain now. Take an umbrella.')
})

test('against snow no umbrella is named', () => {
  const snow = withHours((index) =>
    index === 2 ? { precipitation: 1, precipitationPercent: null, condition: 'snow' } : dry,
  )
  expect(sentence(snow)).toBe('Snow from about 08:00, 1.0 mm in all.')
})

test('a few drops, and an amount that is unlikely, are no rain', () => {
  expect(
    umbrella(
      withHours(() => ({ precipitation: 0.05, precipitationPercent: 90 })),
      nowMs,
    ).isWet,
  ).toBe(false)
  expect(
    umbrella(
      withHours(() => ({ precipitation: 0.5, precipitationPercent: 20 })),
      nowMs,
    ).isWet,
  ).toBe(false)
  expect(
    umbrella(
      withHours(() => ({ precipitation: null, precipitationPercent: 60 })),
      nowMs,
    ).isWet,
  ).toBe(true)
})

test('what is not told is said', () => {
  const silent = withHours(() => ({ precipitation: null, precipitationPercent: null }))
  expect(sentence(silent)).toBe(words.weather.rainUnknown)
  expect(sentence({ ...sample, hours: [] })).toBe(words.weather.rainUnknown)
  expect(told(null, 'mm')).toBe(words.weather.notTold)
  expect(degrees(null)).toBe(words.dash)
  expect(windFrom(null)).toBeNull()
})

test('a forecast that is old loses the hours and days that are over', () => {
  expect(upcoming(sample, nowMs)).toHaveLength(24)
  expect(upcoming(sample, nowMs + 5 * 3_600_000)).toHaveLength(19)
  expect(upcoming(sample, nowMs + 48 * 3_600_000)).toEqual([])
  expect(daysAhead(sample, nowMs)[0]?.name).toBe('Today')
  expect(daysAhead(sample, nowMs + 86_400_000).map(({ name }) => name)).toEqual([
    'Today',
    'Thursday',
    'Friday',
    'Saturday',
    'Sunday',
    'Monday',
  ])
})

test('today is that of the place, not of this browser', () => {
  const auckland = { ...sample.place, timeZone: 'Pacific/Auckland', utcOffsetS: 46_800 }
  const days = daysAhead({ ...sample, place: auckland }, Date.parse('2031-03-04T12:00:00Z'))
  expect(days[0]?.date).toBe('2031-03-05')
})

test('three-hour steps: the strip, its marks and the reach of the sentence', () => {
  const hours = sample.hours.filter((_, index) => index % 3 === 0)
  const weather = { ...sample, hours, hoursPerStep: 3 }
  const strip = stripOf(upcoming(weather, nowMs), weather)
  expect(strip?.marks).toHaveLength(8)
  expect(strip?.width).toBe(80)
})

test('the strip is told in words, draws a gap where nothing is told, and is not there without hours', () => {
  const strip = stripOf(sample.hours, sample)
  expect(plain(strip?.label ?? '')).toBe('The next 24 hours: from 1° to 11°, 3.9 mm of rain or snow')
  expect(strip?.marks.map(({ time }) => time)).toEqual(['06:00', '10:00', '14:00', '18:00', '22:00', '02:00'])
  expect(strip?.bars).toHaveLength(3)
  const gap = withHours((index) => (index === 5 ? { temperature: null } : {}))
  expect(stripOf(gap.hours, gap)?.line.match(/M/g)).toHaveLength(2)
  expect(stripOf([], sample)).toBeNull()
})

test('inches keep the digit that matters, and minus zero is zero', () => {
  expect(plain(told(0.04, 'in'))).toBe('0.04 in')
  expect(plain(told(0.3, 'in'))).toBe('0.3 in')
  expect(degrees(-0.3)).toBe('0°')
})

test('only a web address becomes a link', () => {
  expect(webAddress('https://open-meteo.com/')).toBe('https://open-meteo.com/')
  for (const url of ['javascript:alert(1)', 'data:text/html,x', 'nothing', ''])
    expect(webAddress(url)).toBeNull()
})

test('the wind is named by where it comes from, all the way round', () => {
  expect([0, 44, 46, 230, 350, 360].map(windFrom)).toEqual([
    'from the north',
    'from the north-east',
    'from the north-east',
    'from the south-west',
    'from the north',
    'from the north',
  ])
})
