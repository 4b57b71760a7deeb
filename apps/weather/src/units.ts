import { type WeatherData, type WeatherSettings, weatherUnits } from '@tailboard/contracts/sources/weather'
import type { Forecast } from './provider.ts'
import { scaled } from './values.ts'

type Units = Pick<WeatherSettings, 'temperatureUnit' | 'windUnit' | 'precipitationUnit'>
type Value = number | null

const perKmPerHour = { kmh: 1, ms: 1 / 3.6, mph: 1 / 1.609344, kn: 1 / 1.852 } as const

/** What of a forecast stands in units, from °C, km/h and mm to the owner's. */
export function inUnits(
  { now, hours, days }: Forecast,
  units: Units,
): Pick<WeatherData, 'units' | 'now' | 'hours' | 'days'> {
  const isFahrenheit = units.temperatureUnit === 'fahrenheit'
  const temperature = (value: Value) =>
    isFahrenheit && value !== null ? scaled(value * 1.8 + 32, 1) : scaled(value, 1)
  const wind = (value: Value) => scaled(value, perKmPerHour[units.windUnit])
  const isInch = units.precipitationUnit === 'inch'
  // A hundredth of an inch is a quarter of a millimetre: with fewer decimals drizzle would be nothing.
  const precipitation = (value: Value) => scaled(value, isInch ? 1 / 25.4 : 1, isInch ? 3 : 2)
  return {
    units: {
      temperature: weatherUnits.temperature[units.temperatureUnit],
      wind: weatherUnits.wind[units.windUnit],
      precipitation: weatherUnits.precipitation[units.precipitationUnit],
    },
    now: {
      ...now,
      temperature: temperature(now.temperature),
      feelsLike: temperature(now.feelsLike),
      precipitation: precipitation(now.precipitation),
      windSpeed: wind(now.windSpeed),
      windGust: wind(now.windGust),
    },
    hours: hours.map((hour) => ({
      ...hour,
      temperature: temperature(hour.temperature),
      precipitation: precipitation(hour.precipitation),
      windSpeed: wind(hour.windSpeed),
    })),
    days: days.map((day) => ({
      ...day,
      temperatureMax: temperature(day.temperatureMax),
      temperatureMin: temperature(day.temperatureMin),
      precipitation: precipitation(day.precipitation),
      windSpeedMax: wind(day.windSpeedMax),
    })),
  }
}
