import { limits } from '@tailboard/contracts'
import { weatherData } from '@tailboard/contracts/sources/weather'
import * as v from 'valibot'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Bench } from '../testing/run.ts'

const bench = new Bench()
const { double, time } = bench
const berlin = { place: 'Berlin' }
const minute = 60_000

beforeAll(() => bench.start())
afterAll(() => bench.stop())
beforeEach(async () => {
  await bench.redis.flushall()
  double.fault = null
  double.asked.length = 0
  // Another hour for each test: the double remembers who asked before Expires.
  time.advance(3 * 3_600_000)
})

test.each(['open-meteo', 'met-no', 'openweathermap'])('%s: a reading in Redis, exit 0', async (provider) => {
  expect(await bench.run({ ...berlin, provider, temperatureUnit: 'fahrenheit', windUnit: 'mph' })).toBe(0)
  const { reading, outcome, problems } = await bench.read()
  expect(problems).toEqual([])
  expect(outcome).toBe('ok')
  const data = v.parse(weatherData, reading?.data)
  expect(data).toMatchObject({
    provider,
    place: {
      name: 'Berlin, State of Berlin, Germany',
      latitude: 52.5244,
      longitude: 13.4105,
      timeZone: 'Europe/Berlin',
    },
    units: { temperature: '°F', wind: 'mph', precipitation: 'mm' },
    attribution: { url: expect.stringMatching(/^https:/) },
  })
  expect(data.hours.length).toBe(24 / data.hoursPerStep)
  expect(data.days.length).toBeGreaterThanOrEqual(5)
  expect(data.now.condition).not.toBe('unknown')
  expect(Buffer.byteLength(JSON.stringify(reading))).toBeLessThan(limits.readingBytes / 2)
})

test('a place is looked up once, and again when it changes', async () => {
  const searches = () => double.asked.filter((path) => path.startsWith('/v1/search'))
  await bench.run(berlin)
  await bench.run(berlin)
  expect(searches()).toHaveLength(1)
  await bench.run({ place: 'Springfield, Illinois' })
  expect(searches()).toHaveLength(2)
  expect((await bench.read()).reading?.data).toMatchObject({
    place: { latitude: 39.8017, timeZone: 'America/Chicago' },
  })
})

test('no service ever sees more than four decimals', async () => {
  for (const provider of ['open-meteo', 'met-no', 'openweathermap']) {
    const place = { latitude: 52.123456789, longitude: 13.987654321, timeZone: 'Europe/Berlin' }
    expect(await bench.run({ ...place, provider })).toBe(0)
  }
  expect(double.asked.join()).not.toMatch(/\d\.\d{5}/)
})

test('an unchanged measurement moves the last success, not the reading', async () => {
  await bench.run(berlin)
  const first = await bench.read()
  expect(first.reading?.measuredAt).toMatch(/:(00|15|30|45):00\.000Z$/)
  time.advance(minute)
  await bench.run(berlin)
  const second = await bench.read()
  expect(second.reading).toEqual(first.reading)
  expect((second.success?.clock.ms ?? 0) - (first.success?.clock.ms ?? 0)).toBe(minute)
  time.advance(15 * minute)
  await bench.run(berlin)
  expect((await bench.read()).reading?.measuredAt).not.toBe(first.reading?.measuredAt)
})

test('MET Norway is not asked before Expires, and then only whether something changed', async () => {
  const settings = { ...berlin, provider: 'met-no' }
  const asks = () => double.asked.filter((path) => path.startsWith('/weatherapi')).length
  expect(await bench.run(settings)).toBe(0)
  const first = await bench.read()
  time.advance(15 * minute)
  expect(await bench.run(settings)).toBe(0)
  expect(asks()).toBe(1)
  expect((await bench.read()).success?.clock.ms).toBe(time.monotonicMs())
  time.advance(20 * minute)
  expect(await bench.run(settings)).toBe(0)
  expect(asks()).toBe(2)
  expect(double.headers.at(-1)?.['if-modified-since']).toMatch(/GMT$/)
  expect((await bench.read()).reading).toEqual(first.reading)
  time.advance(40 * minute)
  expect(await bench.run(settings)).toBe(0)
  const { reading } = await bench.read()
  expect(reading?.measuredAt).not.toBe(first.reading?.measuredAt)
})

test('other units, another place or a lost reading: what is held is not used', async () => {
  const settings = { ...berlin, provider: 'met-no' }
  await bench.run(settings)
  time.advance(32 * minute)
  await bench.run({ ...settings, windUnit: 'kn' })
  expect(double.headers.at(-1)?.['if-modified-since']).toBeUndefined()
  expect((await bench.read()).reading?.data).toMatchObject({ units: { wind: 'kn' } })
  time.advance(32 * minute)
  await bench.redis.hdel('tailboard:kitchen:source:weather', 'reading')
  expect(await bench.run({ ...settings, windUnit: 'kn' })).toBe(0)
  expect((await bench.read()).reading).not.toBeNull()
})

test.each([
  ['429, a minute', 1],
  ['429, an hour', 55],
  ['429, a day', 24 * 60],
  ['429, Retry-After', 2],
  ['429 of OpenWeatherMap', 10],
] as const)('%s: not asked again for that long', async (fault, atMostMinutes) => {
  const settings = {
    ...berlin,
    provider: fault === '429 of OpenWeatherMap' ? 'openweathermap' : 'open-meteo',
  }
  await bench.run(settings)
  double.fault = fault
  expect(await bench.run(settings)).toBe(1)
  const asked = double.asked.length
  double.fault = null
  const { failure } = await bench.read()
  expect(failure?.kind).toBe('rate-limited')
  expect(await bench.run(settings)).toBe(1)
  const paused = (await bench.read()).failure
  expect(paused).toMatchObject({ kind: 'rate-limited', message: failure?.message })
  const waitMinutes = Number(/another (\d+) min/.exec(paused?.hint ?? '')?.[1])
  expect(waitMinutes).toBeGreaterThan(0)
  expect(waitMinutes).toBeLessThanOrEqual(atMostMinutes)
  time.advance(waitMinutes * minute - 61_000)
  if (waitMinutes > 1) expect(await bench.run(settings)).toBe(1)
  expect(double.asked.length).toBe(asked)
  time.advance(62_000)
  expect(await bench.run(settings)).toBe(0)
  expect((await bench.read()).outcome).toBe('ok')
})

test('a limit of one service does not keep another one from being asked, nor does one from before a boot', async () => {
  double.fault = '429, a day'
  await bench.run(berlin)
  double.fault = null
  expect(await bench.run({ ...berlin, provider: 'openweathermap' })).toBe(0)
  expect(await bench.run(berlin)).toBe(1)
  time.reboot('boot-2')
  expect(await bench.run(berlin)).toBe(0)
})

test('what a run before kept is damaged: the run makes it anew', async () => {
  await bench.run(berlin)
  const memory = 'tailboard:kitchen:memory:weather'
  await bench.redis.hset(memory, { place: '{', held: '[]', pause: '{"provider":7}' })
  expect(await bench.run(berlin)).toBe(0)
})

test('an answer without hours and days is part of a reading, and says so', async () => {
  double.fault = 'only now'
  time.advance(15 * minute)
  expect(await bench.run(berlin)).toBe(0)
  const { outcome, failure } = await bench.read()
  expect(outcome).toBe('partial')
  expect(failure?.message).toBe('Open-Meteo left out what lies ahead')
})

test('a simulated reading says so', async () => {
  await bench.run(berlin, { TAILBOARD_SIMULATED: '1' })
  expect((await bench.read()).reading?.simulated).toBe(true)
})
