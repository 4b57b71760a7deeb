import { expect, test } from 'vitest'
import { WeatherDouble } from '../testing/double.ts'
import { metNo } from './met-no.ts'
import { openMeteo } from './open-meteo.ts'
import { openWeatherMap } from './openweathermap.ts'
import type { Forecast, Place, Provider } from './provider.ts'
import { daysOf, type Step } from './steps.ts'
import { offsetName, zoneOf } from './zone.ts'

// As in the container, wherever the tests run.
process.env.TZ = 'UTC'

const berlin: Place = { name: 'Berlin', latitude: 52.5244, longitude: 13.4105, timeZone: 'Europe/Berlin' }
const show = (iso: string, timeZone: string) =>
  new Date(iso).toLocaleTimeString('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' })

async function askAt(now: string, make: (double: WeatherDouble) => Provider): Promise<Forecast> {
  const double = await new WeatherDouble(() => Date.parse(now)).start()
  try {
    const question = { place: berlin, signal: new AbortController().signal, nowMs: 0, since: null }
    const { forecast } = await make(double).ask(question)
    if (forecast === null) throw new Error('no forecast')
    return forecast
  } finally {
    await double.stop()
  }
}

const providers: [string, (double: WeatherDouble) => Provider, stepHours: number][] = [
  ['Open-Meteo', (double) => openMeteo(double.url), 1],
  ['MET Norway', (double) => metNo(double.url, 'owner@example.org'), 1],
  ['OpenWeatherMap', (double) => openWeatherMap(double.url, double.environment.OPENWEATHERMAP_KEY ?? ''), 3],
]

test.each(providers)(
  '%s on the night when the clocks go back: no hour is lost, none is shown wrong',
  async (_name, make, step) => {
    const forecast = await askAt('2026-10-24T21:10:00Z', make)
    expect(forecast.timeZone).toBe('Europe/Berlin')
    expect(forecast.utcOffsetS).toBe(7200)
    const times = forecast.hours.map(({ at }) => Date.parse(at))
    expect(times.length).toBe(24 / step)
    times.slice(1).forEach((time, index) => {
      expect(time - (times[index] ?? 0)).toBe(step * 3_600_000)
    })
    if (step === 1) {
      expect(forecast.hours.slice(0, 6).map(({ at }) => show(at, forecast.timeZone))).toEqual([
        '23:00',
        '00:00',
        '01:00',
        '02:00',
        '02:00',
        '03:00',
      ])
    }
    const dates = forecast.days.map(({ date }) => date)
    // Its next step of three hours begins after midnight.
    const first = step === 1 ? ['2026-10-24'] : []
    expect(dates.slice(0, first.length + 2)).toEqual([...first, '2026-10-25', '2026-10-26'])
  },
)

test.each(providers)('%s on the night when they go forward', async (_name, make, step) => {
  const forecast = await askAt('2027-03-27T22:10:00Z', make)
  expect(forecast.utcOffsetS).toBe(3600)
  const shown = forecast.hours.map(({ at }) => show(at, forecast.timeZone))
  if (step === 1) expect(shown.slice(0, 5)).toEqual(['23:00', '00:00', '01:00', '03:00', '04:00'])
  expect(forecast.days[step === 1 ? 1 : 0]?.date).toBe('2027-03-28')
})

test('the day of 25 hours has 25 steps, the one of 23 has 23', () => {
  const zone = zoneOf('Europe/Berlin')
  const steps = (from: string, count: number): Step[] =>
    Array.from({ length: count }, (_, hour) => ({
      at: new Date(Date.parse(from) + hour * 3_600_000),
      hours: 1,
      weatherCode: 0,
      condition: 'clear',
      isDay: null,
      temperature: 10,
      precipitation: 1,
      precipitationPercent: null,
      windSpeed: null,
    }))
  expect(daysOf(steps('2026-10-24T22:00:00Z', 49), zone).map((day) => [day.date, day.precipitation])).toEqual(
    [
      ['2026-10-25', 25],
      ['2026-10-26', 24],
    ],
  )
  expect(daysOf(steps('2027-03-27T23:00:00Z', 47), zone).map((day) => [day.date, day.precipitation])).toEqual(
    [
      ['2027-03-28', 23],
      ['2027-03-29', 24],
    ],
  )
})

test('offsets of every kind', () => {
  const at = new Date('2026-07-01T00:00:00Z')
  expect(zoneOf('Asia/Kathmandu').offsetS(at)).toBe(20_700)
  expect(zoneOf('America/St_Johns').offsetS(at)).toBe(-9000)
  expect(zoneOf('UTC').offsetS(at)).toBe(0)
  for (const offset of [0, 7200, -12_600, 20_700, 50_400, -39_600]) {
    expect(zoneOf(offsetName(offset)).offsetS(at)).toBe(offset)
  }
  expect(zoneOf('+05:45').date(new Date('2026-07-01T18:20:00Z'))).toBe('2026-07-02')
})
