import { afterAll, beforeAll, expect, test } from 'vitest'
import { WeatherDouble } from './double.ts'
import { doubleKey } from './openweathermap.ts'

let nowMs = Date.parse('2026-11-21T02:05:00Z')
const double = new WeatherDouble(() => nowMs)
beforeAll(() => double.start())
afterAll(() => double.stop())

const known = { 'user-agent': 'Tailboard/0.1 owner@example.org', 'accept-encoding': 'gzip' }
const get = (path: string, headers: Record<string, string> = {}) => fetch(`${double.url}${path}`, { headers })
const metNo = '/weatherapi/locationforecast/2.0/compact'

test.each([
  ['no User-Agent', '?lat=60.1&lon=9.58', { 'user-agent': '', 'accept-encoding': 'gzip' }],
  ['a generic one', '?lat=60.1&lon=9.58', { 'user-agent': 'node', 'accept-encoding': 'gzip' }],
  [
    'one without a contact',
    '?lat=60.1&lon=9.58',
    { 'user-agent': 'Tailboard/0.1', 'accept-encoding': 'gzip' },
  ],
  ['five decimals', '?lat=60.12345&lon=9.58', known],
  ['no coordinates', '', known],
  ['no gzip', '?lat=60.1&lon=9.58', { ...known, 'accept-encoding': 'identity' }],
])('MET Norway: 403 for %s', async (_name, query, headers) => {
  expect((await get(`${metNo}${query}`, headers)).status).toBe(403)
})

test('MET Norway: 429 before Expires, 304 when nothing changed', async () => {
  const first = await get(`${metNo}?lat=60.1&lon=9.58`, known)
  expect(first.status).toBe(200)
  expect((await get(`${metNo}?lat=60.1&lon=9.58`, known)).status).toBe(429)
  nowMs = Date.parse(first.headers.get('expires') ?? '') + 1000
  const since = { ...known, 'if-modified-since': first.headers.get('last-modified') ?? '' }
  expect((await get(`${metNo}?lat=60.1&lon=9.58`, since)).status).toBe(304)
})

test.each([
  ['latitude=300&longitude=0', 'Latitude must be in range of -90 to 90°. Given: 300'],
  ['latitude=1&longitude=0&current=temperature', 'invalid String value temperature'],
  ['latitude=1&longitude=0&daily=sunrise', 'Timezone is required'],
])('Open-Meteo: 400 for %s', async (query, reason) => {
  const answer = await get(`/v1/forecast?${query}`)
  expect(answer.status).toBe(400)
  expect(await answer.json()).toEqual({ error: true, reason: expect.stringContaining(reason) })
})

test('Open-Meteo: only what was asked for, of the grid cell, in local time; no hit has no results', async () => {
  const query = 'latitude=52.52&longitude=13.41&current=temperature_2m&timezone=auto'
  const answer = (await (await get(`/v1/forecast?${query}`)).json()) as Record<
    string,
    Record<string, unknown>
  >
  expect(Object.keys(answer.current ?? {})).toEqual(['time', 'interval', 'temperature_2m'])
  expect(answer).toMatchObject({ latitude: 52.5, utc_offset_seconds: 3600, timezone: 'Europe/Berlin' })
  expect(await (await get('/v1/search?name=Nowhere')).json()).toEqual({ generationtime_ms: 0.5 })
})

test('OpenWeatherMap: 401 for another key and for One Call, kelvin unless metric is asked for', async () => {
  const place = 'lat=44.34&lon=10.99'
  expect((await get(`/data/2.5/weather?${place}&appid=other`)).status).toBe(401)
  expect((await get(`/data/3.0/onecall?${place}&appid=${doubleKey}`)).status).toBe(401)
  const kelvin = await (await get(`/data/2.5/weather?${place}&appid=${doubleKey}`)).json()
  expect((kelvin as { main: { temp: number } }).main.temp).toBeGreaterThan(200)
  const cod = await (await get(`/data/2.5/forecast?${place}&units=metric&appid=${doubleKey}`)).json()
  expect(cod).toMatchObject({ cod: '200', cnt: 40 })
})
