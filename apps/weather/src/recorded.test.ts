import { readFileSync } from 'node:fs'
import { parseOrThrow, TailboardError } from '@tailboard/contracts'
import { weather, weatherData } from '@tailboard/contracts/sources/weather'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { choosePlace, geocodeSchema } from './geocode.ts'
import { metNoSchema, parseMetNo } from './met-no-parse.ts'
import { failOnOpenMeteoError } from './open-meteo-error.ts'
import { openMeteoSchema, parseOpenMeteo } from './open-meteo-parse.ts'
import { failOnOpenWeatherMapError } from './openweathermap-error.ts'
import { currentSchema, forecastSchema, parseOpenWeatherMap } from './openweathermap-parse.ts'
import { inUnits } from './units.ts'
import { zoneOf } from './zone.ts'

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8'))
const settings = v.parse(v.object(weather.settings), {})

const openMeteo = (input: unknown) => parseOpenMeteo(parseOrThrow(openMeteoSchema, input, 'the answer'))

test('Open-Meteo, recorded in London: local times become UTC, the grid cell is not the place', () => {
  const forecast = openMeteo(read('open-meteo-london'))
  expect(forecast).toMatchObject({
    at: new Date('2026-07-02T09:30:00Z'),
    timeZone: 'Europe/London',
    utcOffsetS: 3600,
    grid: { latitude: 51.5, longitude: -0.25, elevationM: 23 },
    now: { temperature: 21.6, weatherCode: 2, condition: 'partly-cloudy', windSpeed: 16.6, feelsLike: null },
    hours: [],
  })
  expect(forecast.days).toHaveLength(7)
  expect(forecast.days[6]).toMatchObject({
    date: '2026-07-08',
    temperatureMax: 29,
    temperatureMin: 19.2,
    condition: 'clear',
  })
  expect(forecast.days[6]).toMatchObject({ sunrise: null, precipitation: null })
})

test('Open-Meteo with all that we ask for, nulls among it', () => {
  const forecast = openMeteo(read('open-meteo-full'))
  expect(forecast.at).toEqual(new Date('2026-10-03T10:30:00Z'))
  expect(forecast.now).toEqual({
    weatherCode: 2,
    condition: 'partly-cloudy',
    isDay: true,
    temperature: 17.7,
    feelsLike: 17.6,
    humidityPercent: 66,
    precipitation: 0,
    windSpeed: 3.6,
    windGust: 11.9,
    windDirectionDegrees: 259,
    cloudPercent: 73,
    pressureHpa: 1030.4,
  })
  expect(forecast.hours).toHaveLength(24)
  expect(forecast.hours[20]).toMatchObject({
    at: '2026-10-04T06:00:00.000Z',
    temperature: null,
    precipitationPercent: null,
    condition: 'rain',
  })
  expect(forecast.days[0]).toMatchObject({
    sunrise: '2026-10-03T05:37:00.000Z',
    sunset: '2026-10-03T17:05:00.000Z',
  })
  expect(forecast.days[6]).toMatchObject({
    date: '2026-10-09',
    condition: 'unknown',
    weatherCode: null,
    temperatureMax: null,
  })
})

test('what falls in a quarter of an hour is told for an hour', () => {
  const answer = read('open-meteo-full') as { current: Record<string, unknown> }
  answer.current.precipitation = 0.3
  expect(openMeteo(answer).now.precipitation).toBe(1.2)
})

test('lists of different lengths and other units are refused by name', () => {
  const short = read('open-meteo-full') as {
    hourly: { temperature_2m: unknown[] }
    current_units: Record<string, string>
  }
  short.hourly.temperature_2m.pop()
  expect(() => openMeteo(short)).toThrow('23 values of hourly.temperature_2m for 24 times')
  const other = read('open-meteo-full') as typeof short
  other.current_units.temperature_2m = '°F'
  expect(() => openMeteo(other)).toThrow('current_units.temperature_2m: must be °C')
})

const oslo = zoneOf('Europe/Oslo')
const metNo = (input: unknown, now: string) =>
  parseMetNo(parseOrThrow(metNoSchema, input, 'the answer'), oslo, new Date(now))

test('MET Norway: metres a second become km/h, days are the place’s own, the last step tells no weather', () => {
  const forecast = metNo(read('met-no-compact'), '2020-06-10T13:20:00Z')
  expect(forecast).toMatchObject({
    at: new Date('2020-06-10T13:00:00Z'),
    utcOffsetS: 7200,
    grid: { latitude: 60.1, longitude: 9.58, elevationM: 70 },
    now: {
      temperature: 20.7,
      windSpeed: 9,
      humidityPercent: 48.6,
      condition: 'partly-cloudy',
      isDay: true,
      pressureHpa: 1020.5,
    },
  })
  // 22:00 UTC is midnight in Oslo: the night's rain belongs to the 11th.
  expect(forecast.days.map(({ date, precipitation, condition }) => [date, precipitation, condition])).toEqual(
    [
      ['2020-06-10', 0, 'partly-cloudy'],
      ['2020-06-13', 3.6, 'sleet'],
    ],
  )
  expect(forecast.hours.map(({ at }) => at.slice(8, 13))).toEqual([
    '10T13',
    '10T14',
    '10T22',
    '10T23',
    '11T00',
  ])
  expect(forecast.hours[4]).toMatchObject({ condition: 'thunderstorm', weatherCode: 95, isDay: false })
})

test('MET Norway: an hour later the next step is the present one', () => {
  expect(metNo(read('met-no-compact'), '2020-06-10T14:59:00Z').now.temperature).toBe(21.2)
  // A clock that is years behind must not find nothing.
  expect(metNo(read('met-no-compact'), '1970-01-01T00:00:00Z').now.temperature).toBe(20.7)
})

const owm = (current: unknown, forecast: unknown, zone: string | null = null) =>
  parseOpenWeatherMap(
    parseOrThrow(currentSchema, current, 'now'),
    parseOrThrow(forecastSchema, forecast, 'the forecast'),
    zone,
  )

test('OpenWeatherMap: its own ids, unix times, steps of three hours', () => {
  const forecast = owm(read('openweathermap-current'), read('openweathermap-forecast'))
  expect(forecast).toMatchObject({
    at: new Date('2022-08-30T14:43:12Z'),
    timeZone: '+02:00',
    utcOffsetS: 7200,
    hoursPerStep: 3,
    now: { weatherCode: 63, condition: 'rain', precipitation: 3.16, windSpeed: 2.2, isDay: true },
  })
  expect(forecast.hours).toHaveLength(8)
  expect(forecast.hours[0]).toMatchObject({
    at: '2022-08-30T15:00:00.000Z',
    precipitation: 0.26,
    precipitationPercent: 32,
  })
  expect(forecast.days).toHaveLength(6)
  expect(forecast.days[0]).toMatchObject({ date: '2022-08-30', sunrise: '2022-08-30T04:36:27.000Z' })
  expect(forecast.days[1]?.sunrise).toBeNull()
})

test('OpenWeatherMap in kelvin is refused, not shown', () => {
  const kelvin = read('openweathermap-current') as { main: { temp: number } }
  kelvin.main.temp = 298.48
  expect(() => owm(kelvin, read('openweathermap-forecast'))).toThrow('main.temp: is above 70')
})

test('a place is found by its name and its state; none is the owner’s to mend', () => {
  const { results } = parseOrThrow(geocodeSchema, read('geocoding-springfield'), 'the places')
  expect(choosePlace('Springfield', [], results).name).toBe('Springfield, Missouri, United States')
  expect(choosePlace('Springfield, illinois, US', ['illinois', 'US'], results)).toEqual({
    name: 'Springfield, Illinois, United States',
    latitude: 39.8017,
    longitude: -89.6437,
    timeZone: 'America/Chicago',
  })
  expect(() => choosePlace('Springfield, Texas', ['Texas'], results)).toThrow(TailboardError)
  const none = parseOrThrow(geocodeSchema, read('geocoding-none'), 'the places')
  expect(() => choosePlace('Nowhere', [], none.results)).toThrow('No place is known as “Nowhere”')
})

test('every unit that the owner may choose', () => {
  const forecast = openMeteo(read('open-meteo-full'))
  forecast.now.precipitation = 2.54
  const imperial = inUnits(forecast, {
    ...settings,
    temperatureUnit: 'fahrenheit',
    windUnit: 'mph',
    precipitationUnit: 'inch',
  })
  expect(imperial.units).toEqual({ temperature: '°F', wind: 'mph', precipitation: 'in' })
  expect(imperial.now).toMatchObject({ temperature: 63.9, windSpeed: 2.2, precipitation: 0.1 })
  expect(imperial.days[0]).toMatchObject({ temperatureMax: 64.6, windSpeedMax: 8.9 })
  expect(inUnits(forecast, { ...settings, windUnit: 'ms' }).now.windSpeed).toBe(1)
  expect(inUnits(forecast, { ...settings, windUnit: 'kn' }).now.windSpeed).toBe(1.9)
  expect(inUnits(forecast, settings).now.temperature).toBe(17.7)
})

test('the largest reading there can be fits', () => {
  const widest = (schema: string) => (schema === 'time' ? '2026-10-03T12:30:00.000Z' : -99.9999999)
  const forecast = openMeteo(read('open-meteo-full'))
  const hour = {
    ...forecast.hours[20],
    temperature: widest(''),
    precipitation: 1234.5678,
    precipitationPercent: 99.99,
    windSpeed: 599.9999,
  }
  const data = {
    place: {
      name: 'x'.repeat(120),
      latitude: -89.9999,
      longitude: -179.9999,
      timeZone: 'America/Argentina/ComodRivadavia',
      utcOffsetS: -50_400,
    },
    ...inUnits(forecast, settings),
    grid: forecast.grid,
    provider: 'openweathermap',
    attribution: { text: 'x'.repeat(80), url: 'x'.repeat(200) },
    hoursPerStep: 1,
    hours: Array.from({ length: 25 }, () => hour),
    days: Array.from({ length: 8 }, () => forecast.days[0]),
  }
  expect(v.is(weatherData, data)).toBe(true)
  expect(Buffer.byteLength(JSON.stringify(data))).toBeLessThan(12 * 1024)
})

const answered = (status: number, body: unknown) => ({
  who: 'The service',
  status,
  headers: { date: 'Sat, 21 Nov 2026 02:20:00 GMT' },
  body: Buffer.from(JSON.stringify(body)),
})
const thrown = (work: () => void) => {
  try {
    work()
  } catch (error) {
    return error
  }
}
type Refusal = { status: number; body: unknown }

test('Open-Meteo’s refusals, with the window that each names', () => {
  const kinds = (read('open-meteo-errors') as Refusal[]).map(({ status, body }) => {
    const error = thrown(() => failOnOpenMeteoError(answered(status, body), 0)) as TailboardError
    return [error.kind, error.retryAfterMs === null ? null : error.retryAfterMs / 60_000]
  })
  expect(kinds).toEqual([
    ['refused', null],
    ['rate-limited', 1],
    ['rate-limited', 40],
    ['rate-limited', 21 * 60 + 40],
    ['rate-limited', 1],
    ['refused', null],
    ['refused', null],
  ])
})

test('OpenWeatherMap’s refusals: `cod` is a number or text', () => {
  const kinds = (read('openweathermap-errors') as Refusal[]).map(({ status, body }) => {
    // As an error, and as one that came with 200.
    const [error, hidden] = [status, 200].map((code) =>
      thrown(() => failOnOpenWeatherMapError(answered(code, body))),
    )
    expect((hidden as TailboardError).message).toBe((error as TailboardError).message)
    return (error as TailboardError).kind
  })
  expect(kinds).toEqual(['refused', 'malformed', 'rate-limited'])
  expect(
    thrown(() => failOnOpenWeatherMapError(answered(200, read('openweathermap-forecast')))),
  ).toBeUndefined()
})

test('the sample in the README is a reading', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const sample: unknown = JSON.parse(/```json\n([\s\S]*?)```/.exec(readme)?.[1] ?? '')
  expect(v.parse(weatherData, sample)).toEqual(sample)
})
