import type { WeatherCondition } from '@tailboard/contracts/sources/weather'

export interface Sky {
  weatherCode: number | null
  condition: WeatherCondition
}

/** Every WMO code that Open-Meteo documents. */
const wmo: Record<number, WeatherCondition> = {
  0: 'clear',
  1: 'mainly-clear',
  2: 'partly-cloudy',
  3: 'overcast',
  45: 'fog',
  48: 'rime-fog',
  51: 'drizzle',
  53: 'drizzle',
  55: 'drizzle',
  56: 'freezing-drizzle',
  57: 'freezing-drizzle',
  61: 'rain',
  63: 'rain',
  65: 'rain',
  66: 'freezing-rain',
  67: 'freezing-rain',
  71: 'snow',
  73: 'snow',
  75: 'snow',
  77: 'snow-grains',
  80: 'rain-showers',
  81: 'rain-showers',
  82: 'rain-showers',
  85: 'snow-showers',
  86: 'snow-showers',
  95: 'thunderstorm',
  96: 'thunderstorm-hail',
  99: 'thunderstorm-hail',
}

export const noSky: Sky = { weatherCode: null, condition: 'unknown' }

/** A code that is not in the table keeps its number and is `unknown`. */
export function skyOfWmo(code: number | null): Sky {
  return code === null ? noSky : { weatherCode: code, condition: wmo[code] ?? 'unknown' }
}

/** What has a word of ours but no WMO code in the table. */
export function skyWithoutCode(condition: WeatherCondition): Sky {
  return { weatherCode: null, condition }
}
