import { readFileSync } from 'node:fs'
import { parseJson, TailboardError } from '@tailboard/contracts'
import { weather, weatherData } from '@tailboard/contracts/sources/weather'
import { parseJsonAnswer } from '@tailboard/service/http'
import { mutations } from '@tailboard/service/testing/mutate'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { choosePlace, geocodeSchema } from './geocode.ts'
import { metNoSchema, parseMetNo } from './met-no-parse.ts'
import { failOnOpenMeteoError } from './open-meteo-error.ts'
import { openMeteoSchema, parseOpenMeteo } from './open-meteo-parse.ts'
import { currentSchema, forecastSchema, parseOpenWeatherMap } from './openweathermap-parse.ts'
import type { Forecast } from './provider.ts'
import { inUnits } from './units.ts'
import { zoneOf } from './zone.ts'

const count = process.env.SOAK === '1' ? 100_000 : 10_000
const read = (name: string) => readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8')
const limit =
  '{"error":true,"reason":"Hourly API request limit exceeded. Please try again in the next hour."}'
const settings = v.parse(v.object(weather.settings), {
  temperatureUnit: 'fahrenheit',
  windUnit: 'kn',
  precipitationUnit: 'inch',
})
const oslo = zoneOf('Europe/Oslo')
const answer = (text: string, status = 200) => ({
  who: 'The service',
  status,
  headers: {},
  body: Buffer.from(text),
})
const owmCurrent = parseJson(currentSchema, read('openweathermap-current'), 'now')
const owmForecast = parseJson(forecastSchema, read('openweathermap-forecast'), 'the forecast')

/** What reaches the page must be as the contract says: a reading that it refuses is a failure nobody foresaw. */
function check({ at, timeZone, utcOffsetS, grid, hoursPerStep, ...rest }: Forecast): void {
  expect(at.toISOString()).toMatch(/^20/)
  v.parse(weatherData, {
    place: { name: null, latitude: 0, longitude: 0, timeZone, utcOffsetS },
    grid,
    provider: 'open-meteo',
    attribution: { text: '', url: '' },
    hoursPerStep,
    ...inUnits({ at, timeZone, utcOffsetS, grid, hoursPerStep, ...rest }, settings),
  })
}

const parsers: [name: string, valid: string, parse: (text: string) => void][] = [
  [
    'Open-Meteo',
    read('open-meteo-full'),
    (text) => check(parseOpenMeteo(parseJsonAnswer(answer(text), openMeteoSchema))),
  ],
  [
    'Open-Meteo’s errors',
    limit,
    (text) => failOnOpenMeteoError(answer(text, text.length % 2 === 0 ? 429 : 200), 0),
  ],
  [
    'the search for places',
    read('geocoding-springfield'),
    (text) => {
      choosePlace('Springfield', ['Illinois'], parseJsonAnswer(answer(text), geocodeSchema).results)
    },
  ],
  [
    'MET Norway',
    read('met-no-compact'),
    (text) => check(parseMetNo(parseJsonAnswer(answer(text), metNoSchema), oslo, new Date())),
  ],
  [
    'OpenWeatherMap, now',
    read('openweathermap-current'),
    (text) => {
      check(parseOpenWeatherMap(parseJsonAnswer(answer(text), currentSchema), owmForecast, null))
    },
  ],
  [
    'OpenWeatherMap, the forecast',
    read('openweathermap-forecast'),
    (text) => {
      check(parseOpenWeatherMap(owmCurrent, parseJsonAnswer(answer(text), forecastSchema), 'Europe/Rome'))
    },
  ],
]

test.each(parsers)(
  `${count} damaged answers: %s returns or fails, and throws nothing else`,
  (name, valid, parse) => {
    const outcomes = { read: 0, refused: 0 }
    for (const text of mutations(valid, count)) {
      try {
        parse(text)
        outcomes.read++
      } catch (error) {
        if (!(error instanceof TailboardError))
          throw new Error(`${name}: ${text.slice(0, 300)}`, { cause: error })
        outcomes.refused++
      }
    }
    console.log(`${name}: ${outcomes.read} read, ${outcomes.refused} refused`)
    expect(outcomes.refused).toBeGreaterThan(count / 20)
  },
)
