import * as v from 'valibot'
import { skyOfOwm } from './openweathermap-conditions.ts'
import type { Forecast } from './provider.ts'
import { daysOf, hoursOf, type Step } from './steps.ts'
import * as value from './values.ts'
import { offsetName, zoneOf } from './zone.ts'

const weather = v.pipe(v.array(v.object({ id: v.pipe(v.number(), v.integer()) })), v.maxLength(20))
const main = v.object({
  temp: value.celsius,
  feels_like: value.celsius,
  pressure: value.hectopascals,
  humidity: value.percentage,
})
const wind = v.optional(
  v.object({ speed: value.metresPerSecond, deg: value.compassDegrees, gust: value.metresPerSecond }),
  {},
)
const clouds = v.optional(v.object({ all: value.percentage }), {})
/** Absent where nothing falls. */
const fallen = v.optional(v.object({ '1h': value.millimetres, '3h': value.millimetres }), {})

export const currentSchema = v.object({
  coord: v.object({ lat: value.latitude, lon: value.longitude }),
  dt: value.unixTime,
  timezone: value.offsetSeconds,
  sys: v.object({ sunrise: v.nullish(value.unixTime, null), sunset: v.nullish(value.unixTime, null) }),
  weather,
  main,
  wind,
  clouds,
  rain: fallen,
  snow: fallen,
})
export type OwmCurrent = v.InferOutput<typeof currentSchema>

const stepSchema = v.object({
  dt: value.unixTime,
  main,
  weather,
  wind,
  rain: fallen,
  snow: fallen,
  /** A share, 0 to 1. */
  pop: v.nullish(v.pipe(v.number(), v.minValue(0), v.maxValue(1.1)), null),
  sys: v.optional(v.object({ pod: v.nullish(v.string(), null) }), {}),
})
export const forecastSchema = v.object({ list: v.pipe(v.array(stepSchema), v.maxLength(100)) })
export type OwmForecast = v.InferOutput<typeof forecastSchema>

/** @param timeZone of the place; null: the service's own shift from UTC, which knows no change of the clocks */
export function parseOpenWeatherMap(
  current: OwmCurrent,
  { list }: OwmForecast,
  timeZone: string | null,
): Forecast {
  const zone = zoneOf(timeZone ?? offsetName(current.timezone))
  const at = new Date(current.dt * 1000)
  const { sunrise, sunset } = current.sys
  const steps = list.map(toStep)
  const [today, ...later] = daysOf(steps, zone)
  const isToday = today?.date === zone.date(at)
  const sun = { sunrise: isoTime(sunrise), sunset: isoTime(sunset) }
  return {
    at,
    timeZone: zone.name,
    utcOffsetS: zone.offsetS(at),
    // Its coordinates are those that were asked for: it has no grid of its own.
    grid: null,
    now: {
      ...skyOfOwm(current.weather[0]?.id ?? null),
      isDay: sunrise === null || sunset === null ? null : current.dt >= sunrise && current.dt < sunset,
      temperature: current.main.temp,
      feelsLike: current.main.feels_like,
      humidityPercent: current.main.humidity,
      precipitation: (current.rain['1h'] ?? 0) + (current.snow['1h'] ?? 0),
      windSpeed: value.scaled(current.wind.speed ?? null, 3.6),
      windGust: value.scaled(current.wind.gust ?? null, 3.6),
      windDirectionDegrees: current.wind.deg ?? null,
      cloudPercent: current.clouds.all ?? null,
      pressureHpa: current.main.pressure,
    },
    hoursPerStep: 3,
    hours: hoursOf(steps, at),
    days: today === undefined ? [] : [isToday ? { ...today, ...sun } : today, ...later],
  }
}

function toStep(step: OwmForecast['list'][number]): Step {
  return {
    at: new Date(step.dt * 1000),
    hours: 3,
    ...skyOfOwm(step.weather[0]?.id ?? null),
    isDay: step.sys.pod === 'd' ? true : step.sys.pod === 'n' ? false : null,
    temperature: step.main.temp,
    precipitation: (step.rain['3h'] ?? 0) + (step.snow['3h'] ?? 0),
    precipitationPercent: step.pop === null ? null : Math.min(100, Math.round(step.pop * 100)),
    windSpeed: value.scaled(step.wind.speed ?? null, 3.6),
  }
}

function isoTime(unix: number | null): string | null {
  return unix === null ? null : new Date(unix * 1000).toISOString()
}
