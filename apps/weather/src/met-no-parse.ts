import * as v from 'valibot'
import { noSky, type Sky } from './conditions.ts'
import { skyOfSymbol } from './met-no-symbols.ts'
import type { Forecast } from './provider.ts'
import { daysOf, hoursOf, type Step } from './steps.ts'
import * as value from './values.ts'
import type { Zone } from './zone.ts'

const ahead = v.optional(
  v.object({
    summary: v.optional(v.object({ symbol_code: v.nullish(v.string(), null) })),
    details: v.optional(
      v.object({
        precipitation_amount: value.millimetres,
        probability_of_precipitation: value.percentage,
      }),
    ),
  }),
)

const stepSchema = v.object({
  time: v.pipe(v.string(), v.isoTimestamp(), v.regex(/^20/, 'must be a time of this century')),
  data: v.object({
    instant: v.object({
      details: v.object({
        air_pressure_at_sea_level: value.hectopascals,
        air_temperature: value.celsius,
        cloud_area_fraction: value.percentage,
        relative_humidity: value.percentage,
        wind_from_direction: value.compassDegrees,
        wind_speed: value.metresPerSecond,
        wind_speed_of_gust: value.metresPerSecond,
      }),
    }),
    /** Only for about the first 60 hours; the last step has neither. */
    next_1_hours: ahead,
    next_6_hours: ahead,
  }),
})
type MetNoStep = v.InferOutput<typeof stepSchema>

export const metNoSchema = v.object({
  geometry: v.object({
    /** GeoJSON: longitude first. */
    coordinates: v.tuple([value.longitude, value.latitude, v.optional(value.metres, 0)]),
  }),
  properties: v.object({
    timeseries: v.pipe(v.array(stepSchema), v.minLength(1, 'is empty'), v.maxLength(1000)),
  }),
})
export type MetNoAnswer = v.InferOutput<typeof metNoSchema>

/** @param now by which of the steps is chosen that is the present one */
export function parseMetNo({ geometry, properties }: MetNoAnswer, zone: Zone, now: Date): Forecast {
  const series = properties.timeseries
  const steps = series.map(toStep).filter((step) => step.hours > 0)
  const present = Math.max(
    0,
    series.findLastIndex(({ time }) => Date.parse(time) <= now.getTime()),
  )
  const step = series[present] as MetNoStep
  const { details } = step.data.instant
  const { next_1_hours: next } = step.data
  const at = new Date(step.time)
  const [longitude, latitude, elevationM] = geometry.coordinates
  const remaining = steps.filter((one) => one.at >= at)
  return {
    at,
    timeZone: zone.name,
    utcOffsetS: zone.offsetS(at),
    grid: { latitude, longitude, elevationM },
    now: {
      ...skyAhead(step).sky,
      isDay: skyAhead(step).isDay,
      temperature: details.air_temperature,
      feelsLike: null,
      humidityPercent: details.relative_humidity,
      precipitation: next?.details?.precipitation_amount ?? null,
      windSpeed: value.scaled(details.wind_speed, 3.6),
      windGust: value.scaled(details.wind_speed_of_gust, 3.6),
      windDirectionDegrees: details.wind_from_direction,
      cloudPercent: details.cloud_area_fraction,
      pressureHpa: details.air_pressure_at_sea_level,
    },
    hoursPerStep: remaining[0]?.hours ?? 1,
    hours: hoursOf(remaining, at),
    days: daysOf(remaining, zone),
  }
}

function toStep(step: MetNoStep): Step {
  const { next_1_hours: one, next_6_hours: six, instant } = step.data
  const next = one ?? six
  const { sky, isDay } = skyAhead(step)
  return {
    at: new Date(step.time),
    hours: one !== undefined ? 1 : six !== undefined ? 6 : 0,
    ...sky,
    isDay,
    temperature: instant.details.air_temperature,
    precipitation: next?.details?.precipitation_amount ?? null,
    precipitationPercent: next?.details?.probability_of_precipitation ?? null,
    windSpeed: value.scaled(instant.details.wind_speed, 3.6),
  }
}

function skyAhead({ data }: MetNoStep): { sky: Sky; isDay: boolean | null } {
  const symbol = (data.next_1_hours ?? data.next_6_hours)?.summary?.symbol_code ?? null
  return symbol === null ? { sky: noSky, isDay: null } : skyOfSymbol(symbol)
}
