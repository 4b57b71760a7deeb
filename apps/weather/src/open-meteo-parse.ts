import { TailboardError } from '@tailboard/contracts'
import { isTimeZone } from '@tailboard/contracts/sources/weather'
import * as v from 'valibot'
import { skyOfWmo } from './conditions.ts'
import type { Forecast } from './provider.ts'
import * as value from './values.ts'
import { offsetName } from './zone.ts'

/** Local time with no offset, as in `2026-07-02T10:30`. */
const localTime = v.pipe(
  v.string(),
  v.regex(/^20\d\d-\d\d-\d\dT\d\d:\d\d$/, 'must be a local time like 2026-07-02T10:30'),
  v.check((text) => !Number.isNaN(Date.parse(`${text}Z`)), 'must be a time that exists'),
)
const localDate = v.pipe(v.string(), v.regex(/^20\d\d-\d\d-\d\d$/, 'must be a date like 2026-07-02'))
const code = v.nullish(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(999)), null)
const isDay = v.nullish(
  v.pipe(
    v.picklist([0, 1]),
    v.transform((flag) => flag === 1),
  ),
  null,
)

const currentValues = {
  temperature_2m: value.celsius,
  apparent_temperature: value.celsius,
  relative_humidity_2m: value.percentage,
  is_day: isDay,
  precipitation: value.millimetres,
  weather_code: code,
  cloud_cover: value.percentage,
  pressure_msl: value.hectopascals,
  wind_speed_10m: value.kmPerHour,
  wind_direction_10m: value.compassDegrees,
  wind_gusts_10m: value.kmPerHour,
}
const hourlyValues = {
  temperature_2m: v.optional(v.array(value.celsius)),
  precipitation: v.optional(v.array(value.millimetres)),
  precipitation_probability: v.optional(v.array(value.percentage)),
  weather_code: v.optional(v.array(code)),
  wind_speed_10m: v.optional(v.array(value.kmPerHour)),
  is_day: v.optional(v.array(isDay)),
}
const dailyValues = {
  weather_code: v.optional(v.array(code)),
  temperature_2m_max: v.optional(v.array(value.celsius)),
  temperature_2m_min: v.optional(v.array(value.celsius)),
  sunrise: v.optional(v.array(v.nullable(localTime))),
  sunset: v.optional(v.array(v.nullable(localTime))),
  uv_index_max: v.optional(v.array(value.uvIndex)),
  precipitation_sum: v.optional(v.array(value.millimetres)),
  precipitation_probability_max: v.optional(v.array(value.percentage)),
  wind_speed_10m_max: v.optional(v.array(value.kmPerHour)),
}

/** The names of what we ask for are the names of what we read. */
export const current = Object.keys(currentValues)
export const hourly = Object.keys(hourlyValues)
export const daily = Object.keys(dailyValues)

const unit = <const U extends string>(symbol: U) => v.optional(v.literal(symbol, `must be ${symbol}`))
const units = v.optional(
  v.object({
    temperature_2m: unit('°C'),
    wind_speed_10m: unit('km/h'),
    precipitation: unit('mm'),
    precipitation_sum: unit('mm'),
    temperature_2m_max: unit('°C'),
  }),
)

export const openMeteoSchema = v.object({
  latitude: value.latitude,
  longitude: value.longitude,
  elevation: value.metres,
  utc_offset_seconds: value.offsetSeconds,
  timezone: v.pipe(v.string(), v.maxLength(64)),
  current_units: units,
  hourly_units: units,
  daily_units: units,
  current: v.object({
    time: localTime,
    interval: v.optional(v.pipe(v.number(), v.minValue(1)), 900),
    ...currentValues,
  }),
  hourly: v.optional(v.object({ time: v.array(localTime), ...hourlyValues }), { time: [] }),
  daily: v.optional(v.object({ time: v.array(localDate), ...dailyValues }), { time: [] }),
})
export type OpenMeteoAnswer = v.InferOutput<typeof openMeteoSchema>

/** @throws TailboardError `malformed` when a list is not as long as its times. */
export function parseOpenMeteo(answer: OpenMeteoAnswer): Forecast {
  const { current: now, utc_offset_seconds: offsetS } = answer
  // One offset holds for the whole answer, also beyond a change of the clocks: it leads back to UTC, and no further.
  const utc = (local: string) => new Date(Date.parse(`${local}Z`) - offsetS * 1000)
  const isoOrNull = (local: string | null | undefined) => (local == null ? null : utc(local).toISOString())
  const timeZone = isTimeZone(answer.timezone) ? answer.timezone : offsetName(offsetS)
  const at = utc(now.time)
  checkLengths('hourly', answer.hourly)
  checkLengths('daily', answer.daily)
  const { hourly: byHour, daily: byDay } = answer
  return {
    at,
    timeZone,
    utcOffsetS: offsetS,
    grid: { latitude: answer.latitude, longitude: answer.longitude, elevationM: answer.elevation },
    now: {
      ...skyOfWmo(now.weather_code),
      isDay: now.is_day,
      temperature: now.temperature_2m,
      feelsLike: now.apparent_temperature,
      humidityPercent: now.relative_humidity_2m,
      precipitation: value.scaled(now.precipitation, 3600 / now.interval, 2),
      windSpeed: now.wind_speed_10m,
      windGust: now.wind_gusts_10m,
      windDirectionDegrees: now.wind_direction_10m,
      cloudPercent: now.cloud_cover,
      pressureHpa: now.pressure_msl,
    },
    hoursPerStep: 1,
    hours: byHour.time.slice(0, 24).map((time, index) => ({
      at: utc(time).toISOString(),
      ...skyOfWmo(byHour.weather_code?.[index] ?? null),
      isDay: byHour.is_day?.[index] ?? null,
      temperature: byHour.temperature_2m?.[index] ?? null,
      precipitation: byHour.precipitation?.[index] ?? null,
      precipitationPercent: byHour.precipitation_probability?.[index] ?? null,
      windSpeed: byHour.wind_speed_10m?.[index] ?? null,
    })),
    days: byDay.time.slice(0, 7).map((date, index) => ({
      date,
      ...skyOfWmo(byDay.weather_code?.[index] ?? null),
      temperatureMax: byDay.temperature_2m_max?.[index] ?? null,
      temperatureMin: byDay.temperature_2m_min?.[index] ?? null,
      precipitation: byDay.precipitation_sum?.[index] ?? null,
      precipitationPercent: byDay.precipitation_probability_max?.[index] ?? null,
      windSpeedMax: byDay.wind_speed_10m_max?.[index] ?? null,
      uvIndexMax: byDay.uv_index_max?.[index] ?? null,
      sunrise: isoOrNull(byDay.sunrise?.[index]),
      sunset: isoOrNull(byDay.sunset?.[index]),
    })),
  }
}

/** The lists belong together by their index: one of another length would shift every value after the gap. */
function checkLengths(what: string, lists: { time: unknown[] } & Record<string, unknown>): void {
  for (const [name, list] of Object.entries(lists)) {
    if (!Array.isArray(list) || list.length === lists.time.length) continue
    throw new TailboardError(
      'malformed',
      `The answer of Open-Meteo has ${list.length} values of ${what}.${name} for ${lists.time.length} times`,
    )
  }
}
