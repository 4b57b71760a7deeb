import { cities, offsetAt, weatherAt, zoneAt } from './model.ts'
import type { Reply, Request } from './reply.ts'

/** What may be asked for, as the documentation lists it. Each: how it is had from the weather of a moment. */
type Values = ReturnType<typeof weatherAt>
const momentary: Record<string, [unit: string, of: (values: Values) => unknown]> = {
  temperature_2m: ['°C', (w) => w.temperatureC],
  apparent_temperature: ['°C', (w) => w.temperatureC - 1],
  relative_humidity_2m: ['%', (w) => w.humidityPercent],
  is_day: ['', (w) => (w.isDay ? 1 : 0)],
  precipitation: ['mm', (w) => w.rainMm],
  precipitation_probability: ['%', (w) => w.rainPercent],
  weather_code: ['wmo code', (w) => w.wmo],
  cloud_cover: ['%', (w) => w.cloudPercent],
  pressure_msl: ['hPa', (w) => w.pressureHpa],
  wind_speed_10m: ['km/h', (w) => Math.round(w.windMs * 36) / 10],
  wind_direction_10m: ['°', (w) => w.windDegrees],
  wind_gusts_10m: ['km/h', (w) => Math.round(w.windMs * 54) / 10],
}
const list = (day: Values[], key: 'temperatureC' | 'windMs' | 'rainPercent') => day.map((w) => w[key])
const ofADay: Record<string, [unit: string, of: (day: Values[], date: string) => unknown]> = {
  weather_code: ['wmo code', (day) => Math.max(...day.map((w) => w.wmo))],
  temperature_2m_max: ['°C', (day) => Math.max(...list(day, 'temperatureC'))],
  temperature_2m_min: ['°C', (day) => Math.min(...list(day, 'temperatureC'))],
  sunrise: ['iso8601', (_, date) => `${date}T06:41`],
  sunset: ['iso8601', (_, date) => `${date}T18:12`],
  uv_index_max: ['', () => 3.05],
  precipitation_sum: ['mm', (day) => Math.round(10 * day.reduce((sum, w) => sum + w.rainMm, 0)) / 10],
  precipitation_probability_max: ['%', (day) => Math.max(...list(day, 'rainPercent'))],
  wind_speed_10m_max: ['km/h', (day) => Math.round(36 * Math.max(...list(day, 'windMs'))) / 10],
}

const no = (reason: string): Reply => ({ status: 400, json: { error: true, reason } })

/** GET /v1/forecast, refusals first. */
export function forecast({ query, now }: Request): Reply {
  const latitude = Number(query.get('latitude') ?? Number.NaN)
  const longitude = Number(query.get('longitude') ?? Number.NaN)
  if (!(Math.abs(latitude) <= 90))
    return no(`Latitude must be in range of -90 to 90°. Given: ${query.get('latitude')}`)
  if (!(Math.abs(longitude) <= 180))
    return no(`Longitude must be in range of -180 to 180°. Given: ${query.get('longitude')}`)
  const asked = (name: string) => (query.get(name) ?? '').split(',').filter((variable) => variable !== '')
  for (const [name, known] of [
    ['current', momentary],
    ['hourly', momentary],
    ['daily', ofADay],
  ] as const) {
    const stranger = asked(name).find((variable) => !Object.hasOwn(known, variable))
    if (stranger !== undefined)
      return no(
        `Data corrupted at path ''. Cannot initialize SurfacePressureAndHeightVariable from invalid String value ${stranger}.`,
      )
  }
  const zone = query.get('timezone') ?? 'GMT'
  if (asked('daily').length > 0 && zone === 'GMT') return no('Timezone is required')
  for (const unit of ['temperature_unit', 'wind_speed_unit', 'precipitation_unit', 'timeformat']) {
    if (query.has(unit)) return no(`The double speaks the default units only. Given: ${unit}`)
  }
  const timezone = zone === 'auto' ? zoneAt(latitude, longitude) : zone
  // The offset of this moment for all of the answer, as the service does it.
  const offsetS = offsetAt(now, timezone)
  const local = (at: Date) => new Date(at.getTime() + offsetS * 1000).toISOString().slice(0, 16)
  const quarter = new Date(Math.floor(now.getTime() / 900_000) * 900_000)
  const firstHour = Math.floor(now.getTime() / 3_600_000) * 3_600_000
  const hours = Array.from(
    { length: Number(query.get('forecast_hours') ?? 168) },
    (_, n) => new Date(firstHour + n * 3_600_000),
  )
  const midnight = Date.parse(`${local(now).slice(0, 10)}T00:00Z`) - offsetS * 1000
  const days = Array.from(
    { length: Number(query.get('forecast_days') ?? 7) },
    (_, n) => midnight + n * 86_400_000,
  )
  const units = (names: string[], of: Record<string, [string, ...unknown[]]>) =>
    Object.fromEntries([['time', 'iso8601'], ...names.map((name) => [name, of[name]?.[0]])])
  return {
    status: 200,
    json: {
      // The middle of a grid cell, not what was asked for.
      latitude: Math.round(latitude * 4) / 4,
      longitude: Math.round(longitude * 4) / 4 + 0.009998,
      generationtime_ms: 0.4119873046875,
      utc_offset_seconds: offsetS,
      timezone,
      timezone_abbreviation: `GMT+${offsetS / 3600}`,
      elevation: 38,
      current_units: { ...units(asked('current'), momentary), interval: 'seconds' },
      current: {
        time: local(quarter),
        interval: 900,
        ...Object.fromEntries(
          asked('current').map((name) => [name, momentary[name]?.[1](weatherAt(quarter))]),
        ),
      },
      hourly_units: units(asked('hourly'), momentary),
      hourly: {
        time: hours.map(local),
        ...Object.fromEntries(
          asked('hourly').map((name) => [name, hours.map((at) => momentary[name]?.[1](weatherAt(at)))]),
        ),
      },
      daily_units: units(asked('daily'), ofADay),
      daily: {
        time: days.map((start) => local(new Date(start)).slice(0, 10)),
        ...Object.fromEntries(
          asked('daily').map((name) => [
            name,
            days.map((start) => {
              const day = Array.from({ length: 24 }, (_, hour) =>
                weatherAt(new Date(start + hour * 3_600_000)),
              )
              return ofADay[name]?.[1](day, local(new Date(start)).slice(0, 10))
            }),
          ]),
        ),
      },
    },
  }
}

/** GET /v1/search. No hit is an answer without `results`. */
export function search({ query }: Request): Reply {
  const name = query.get('name') ?? ''
  if (name === '') return no("Parameter 'name' is required")
  const hits = cities.filter((city) => city.name.toLowerCase() === name.toLowerCase())
  const results = hits
    .slice(0, Number(query.get('count') ?? 10))
    .map((city, id) => ({ id, elevation: 74, ...city }))
  return { status: 200, json: { ...(results.length > 0 ? { results } : {}), generationtime_ms: 0.5 } }
}
