import { weatherConditions } from '@tailboard/contracts/sources/weather'
import { expect, test } from 'vitest'
import { skyOfWmo } from './conditions.ts'
import { skyOfSymbol } from './met-no-symbols.ts'
import { skyOfOwm } from './openweathermap-conditions.ts'

const documented = [
  0, 1, 2, 3, 45, 48, 51, 53, 55, 56, 57, 61, 63, 65, 66, 67, 71, 73, 75, 77, 80, 81, 82, 85, 86, 95, 96, 99,
]

test('every documented WMO code has a word, every other one is unknown', () => {
  for (let code = 0; code < 1000; code++) {
    const { condition, weatherCode } = skyOfWmo(code)
    expect(weatherCode).toBe(code)
    expect(condition === 'unknown', String(code)).toBe(!documented.includes(code))
    expect(weatherConditions).toContain(condition)
  }
  expect(skyOfWmo(null)).toEqual({ weatherCode: null, condition: 'unknown' })
})

const symbols: [symbol: string, code: number | null, condition: string, isDay: boolean | null][] = [
  ['clearsky_day', 0, 'clear', true],
  ['fair_night', 1, 'mainly-clear', false],
  ['partlycloudy_polartwilight', 2, 'partly-cloudy', null],
  ['cloudy', 3, 'overcast', null],
  ['fog', 45, 'fog', null],
  ['lightrain', 61, 'rain', null],
  ['rain', 63, 'rain', null],
  ['heavyrain', 65, 'rain', null],
  ['lightrainshowers_day', 80, 'rain-showers', true],
  ['rainshowers_night', 81, 'rain-showers', false],
  ['heavyrainshowers_day', 82, 'rain-showers', true],
  ['lightsnow', 71, 'snow', null],
  ['snow', 73, 'snow', null],
  ['heavysnow', 75, 'snow', null],
  ['lightsnowshowers_day', 85, 'snow-showers', true],
  ['heavysnowshowers_day', 86, 'snow-showers', true],
  ['lightsleet', null, 'sleet', null],
  ['sleetshowers_day', null, 'sleet', true],
  ['heavysleet', null, 'sleet', null],
  ['rainandthunder', 95, 'thunderstorm', null],
  ['heavyrainshowersandthunder_day', 95, 'thunderstorm', true],
  ['lightssleetshowersandthunder_day', 95, 'thunderstorm', true],
  ['lightssnowshowersandthunder_night', 95, 'thunderstorm', false],
  ['sleetandthunder', 95, 'thunderstorm', null],
  ['lightcloudy', null, 'unknown', null],
  ['constructor', null, 'unknown', null],
  ['', null, 'unknown', null],
  ['frogs_day', null, 'unknown', true],
]

test.each(symbols)('MET Norway’s %s', (symbol, weatherCode, condition, isDay) => {
  expect(skyOfSymbol(symbol)).toEqual({ sky: { weatherCode, condition }, isDay })
})

test.each([
  [200, 95, 'thunderstorm'],
  [232, 95, 'thunderstorm'],
  [300, 51, 'drizzle'],
  [501, 63, 'rain'],
  [511, 66, 'freezing-rain'],
  [522, 82, 'rain-showers'],
  [602, 75, 'snow'],
  [613, null, 'sleet'],
  [622, 86, 'snow-showers'],
  [711, null, 'haze'],
  [741, 45, 'fog'],
  [781, null, 'storm'],
  [800, 0, 'clear'],
  [804, 3, 'overcast'],
  [999, null, 'unknown'],
  [-1, null, 'unknown'],
])('OpenWeatherMap’s %i', (id, weatherCode, condition) => {
  expect(skyOfOwm(id)).toEqual({ weatherCode, condition })
})
