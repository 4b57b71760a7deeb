import { type WeatherData, weatherConditions } from '@tailboard/contracts/sources/weather'
import type { Sky } from './conditions.ts'
import type { Zone } from './zone.ts'

type Hour = WeatherData['hours'][number]
type Day = WeatherData['days'][number]

/** One step of a forecast that knows no days, in °C, km/h and mm. */
export interface Step extends Sky {
  at: Date
  /** How long it is (h); its precipitation is of all of it. */
  hours: number
  isDay: boolean | null
  temperature: number | null
  precipitation: number | null
  precipitationPercent: number | null
  windSpeed: number | null
}

/** A day of which less than this is told (h) says too little: its highest temperature may be the night's. */
const leastHoursOfADay = 12

/** The steps of the next 24 hours, that of `from` among them. */
export function hoursOf(steps: Step[], from: Date): Hour[] {
  const startMs = from.getTime()
  return steps
    .filter((step) => step.at.getTime() + step.hours * 3_600_000 > startMs)
    .filter((step) => step.at.getTime() < startMs + 24 * 3_600_000)
    .slice(0, 24)
    .map(({ hours: _, at, ...rest }) => ({ at: at.toISOString(), ...rest }))
}

/** The days of the place's own calendar, today first, seven at most. */
export function daysOf(steps: Step[], zone: Zone): Day[] {
  const byDate = Map.groupBy(steps, (step) => zone.date(step.at))
  return [...byDate]
    .filter(([, own], index) => index === 0 || sum(own.map((step) => step.hours)) >= leastHoursOfADay)
    .slice(0, 7)
    .map(([date, own]) => ({
      date,
      ...worst(own),
      temperatureMax: extreme(own, 'temperature', Math.max),
      temperatureMin: extreme(own, 'temperature', Math.min),
      precipitation: total(own),
      precipitationPercent: extreme(own, 'precipitationPercent', Math.max),
      windSpeedMax: extreme(own, 'windSpeed', Math.max),
      uvIndexMax: null,
      sunrise: null,
      sunset: null,
    }))
}

/** As Open-Meteo does it: a day is called by the worst of its weather. */
function worst(steps: Step[]): Sky {
  const rank = ({ condition }: Sky) => weatherConditions.indexOf(condition)
  const { weatherCode, condition } = steps.reduce((a, b) => (rank(b) > rank(a) ? b : a))
  return { weatherCode, condition }
}

function extreme(
  steps: Step[],
  key: 'temperature' | 'precipitationPercent' | 'windSpeed',
  pick: (...values: number[]) => number,
): number | null {
  const known = steps.map((step) => step[key]).filter((value) => value !== null)
  return known.length === 0 ? null : pick(...known)
}

function total(steps: Step[]): number | null {
  const known = steps.map((step) => step.precipitation).filter((value) => value !== null)
  return known.length === 0 ? null : Number(sum(known).toFixed(2))
}

function sum(values: number[]): number {
  return values.reduce((a, b) => a + b, 0)
}
