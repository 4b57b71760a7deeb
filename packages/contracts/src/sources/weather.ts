import * as v from 'valibot'
import { amount, field, number, percent } from '../field.ts'
import { defineSource } from '../source.ts'
import { text } from '../text.ts'
import { isoTime } from '../time.ts'

/** What the sky does, from the mildest to the worst. Finer steps (slight, heavy) are in the WMO code beside it. */
export const weatherConditions = [
  'unknown',
  'clear',
  'mainly-clear',
  'partly-cloudy',
  'overcast',
  'haze',
  'fog',
  'rime-fog',
  'drizzle',
  'rain-showers',
  'rain',
  'snow-grains',
  'snow-showers',
  'snow',
  'sleet',
  'freezing-drizzle',
  'freezing-rain',
  'storm',
  'thunderstorm',
  'thunderstorm-hail',
] as const
export type WeatherCondition = (typeof weatherConditions)[number]

/** Symbols of the units that the owner may choose, by the word in the settings. */
export const weatherUnits = {
  temperature: { celsius: '°C', fahrenheit: '°F' },
  wind: { kmh: 'km/h', ms: 'm/s', mph: 'mph', kn: 'kn' },
  precipitation: { mm: 'mm', inch: 'in' },
} as const

export const weatherProviders = ['open-meteo', 'met-no', 'openweathermap'] as const
export type WeatherProvider = (typeof weatherProviders)[number]

/** A name in the zone database, or a fixed offset: what Intl takes as `timeZone`. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

const temperature = v.nullable(number)
const inTemperature = (label: string) => ({ label, unitFrom: 'units.temperature' })
const inWind = (label: string) => ({ label, unitFrom: 'units.wind' })
const inPrecipitation = (label: string) => ({ label, unitFrom: 'units.precipitation' })

const sky = {
  /** WMO 4677 as Open-Meteo uses it. Null: the service has no such code. */
  weatherCode: v.nullable(v.pipe(number, v.integer(), v.minValue(0), v.maxValue(999))),
  condition: v.picklist(weatherConditions),
}

const now = v.object({
  ...sky,
  isDay: v.nullable(v.boolean()),
  temperature: field(temperature, { ...inTemperature('Temperature'), series: true }),
  feelsLike: field(temperature, inTemperature('Feels like')),
  humidityPercent: field(v.nullable(percent), { label: 'Humidity', unit: '%', series: true }),
  /** What falls now, as it would be in an hour. */
  precipitation: field(v.nullable(amount), { ...inPrecipitation('Rain or snow an hour'), series: true }),
  windSpeed: field(v.nullable(amount), { ...inWind('Wind'), series: true }),
  windGust: field(v.nullable(amount), inWind('Gusts')),
  /** Where it comes from, clockwise from north. */
  windDirectionDegrees: field(v.nullable(v.pipe(amount, v.maxValue(360))), { label: 'Wind from', unit: '°' }),
  cloudPercent: field(v.nullable(percent), { label: 'Clouds', unit: '%' }),
  /** At sea level. */
  pressureHpa: field(v.nullable(amount), { label: 'Pressure', unit: 'hPa', series: true }),
})

const hour = v.object({
  /** The start of the step. */
  at: isoTime,
  ...sky,
  isDay: v.nullable(v.boolean()),
  temperature: field(temperature, inTemperature('Temperature')),
  /** In the whole step. */
  precipitation: field(v.nullable(amount), inPrecipitation('Rain or snow')),
  precipitationPercent: field(v.nullable(percent), { label: 'Chance of rain', unit: '%' }),
  windSpeed: field(v.nullable(amount), inWind('Wind')),
})

const day = v.object({
  /** The day at the place. */
  date: v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\d$/)),
  ...sky,
  temperatureMax: field(temperature, inTemperature('Highest')),
  temperatureMin: field(temperature, inTemperature('Lowest')),
  precipitation: field(v.nullable(amount), inPrecipitation('Rain or snow')),
  precipitationPercent: field(v.nullable(percent), { label: 'Chance of rain', unit: '%' }),
  windSpeedMax: field(v.nullable(amount), inWind('Strongest wind')),
  uvIndexMax: field(v.nullable(amount), { label: 'UV index' }),
  sunrise: v.nullable(isoTime),
  sunset: v.nullable(isoTime),
})

/** The weather at the owner's place, in the owner's units. Null: the service does not say. All times are UTC. */
export const weatherData = v.object({
  place: v.object({
    name: v.nullable(text(120)),
    latitude: number,
    longitude: number,
    /** For local times, as Intl takes it: Europe/Berlin, or +02:00 where only the offset is known. */
    timeZone: text(64),
    utcOffsetS: v.pipe(number, v.integer()),
  }),
  /** The point that the values are of: the middle of the service's grid cell, not the place itself. */
  grid: v.nullable(v.object({ latitude: number, longitude: number, elevationM: v.nullable(number) })),
  units: v.object({
    temperature: v.picklist(Object.values(weatherUnits.temperature)),
    wind: v.picklist(Object.values(weatherUnits.wind)),
    precipitation: v.picklist(Object.values(weatherUnits.precipitation)),
  }),
  provider: v.picklist(weatherProviders),
  /** Their licences ask for this text and link next to the values. */
  attribution: v.object({ text: text(80), url: text(200) }),
  now,
  /** The next 24 hours. */
  hours: v.pipe(v.array(hour), v.maxLength(25)),
  /** How long one entry of `hours` is (h). */
  hoursPerStep: v.pipe(number, v.minValue(1), v.maxValue(6)),
  /** Today and what follows: seven days, fewer where the service tells fewer. */
  days: v.pipe(v.array(day), v.maxLength(8)),
})
export type WeatherData = v.InferOutput<typeof weatherData>

const degrees = (most: number) => {
  const message = `must be a number of degrees from -${most} to ${most}, such as 52.52`
  return v.optional(
    v.nullable(v.pipe(v.number(message), v.minValue(-most, message), v.maxValue(most, message))),
    null,
  )
}

const choice = <const T extends readonly [string, ...string[]]>(options: T, fallback: T[number]) =>
  v.optional(v.picklist(options, `must be ${options.slice(0, -1).join(', ')} or ${options.at(-1)}`), fallback)

const settings = {
  place: field(
    v.optional(v.pipe(v.string('must be text'), v.maxLength(100, 'must be 100 letters or fewer')), ''),
    {
      label: 'Place',
      description:
        'A town, or a town and its state or country: Springfield, Illinois. With coordinates it is only the name shown.',
    },
  ),
  latitude: field(degrees(90), {
    label: 'Latitude',
    unit: '°',
    description: 'North of the equator; negative south of it.',
  }),
  longitude: field(degrees(180), {
    label: 'Longitude',
    unit: '°',
    description: 'East of Greenwich; negative west of it.',
  }),
  timeZone: field(
    v.optional(
      v.pipe(
        v.string('must be text'),
        v.check((name) => name === '' || isTimeZone(name), 'must be a time zone such as Europe/Berlin'),
      ),
      '',
    ),
    { label: 'Time zone', description: 'Only for MET Norway with coordinates: such as Europe/Berlin.' },
  ),
  provider: field(choice(weatherProviders, 'open-meteo'), {
    label: 'Weather service',
    description:
      'open-meteo (needs nothing), met-no (needs WEATHER_CONTACT in .env) or openweathermap (needs OPENWEATHERMAP_KEY).',
  }),
  temperatureUnit: field(choice(['celsius', 'fahrenheit'], 'celsius'), {
    label: 'Temperature in',
    description: 'celsius or fahrenheit.',
  }),
  windUnit: field(choice(['kmh', 'ms', 'mph', 'kn'], 'kmh'), {
    label: 'Wind in',
    description: 'kmh, ms, mph or kn (knots).',
  }),
  precipitationUnit: field(choice(['mm', 'inch'], 'mm'), { label: 'Rain in', description: 'mm or inch.' }),
}
export type WeatherSettings = v.InferOutput<v.ObjectSchema<typeof settings, undefined>>

const baseUrl = (url: string, name: string) => ({
  schema: v.pipe(
    v.string(),
    v.regex(/^https?:\/\/[^\s?#]+$/, 'must be an address such as https://example.net'),
    v.transform((given) => given.replace(/\/+$/, '')),
  ),
  default: url,
  description: `Where ${name} is asked. Another one only for tests and the demo.`,
})

export const weather = defineSource({
  id: 'weather',
  title: 'Weather',
  description: 'The weather at your place: now, the next 24 hours and the next 7 days.',
  life: 'poll',
  schema: 1,
  data: weatherData,
  defaults: { enabled: true, intervalSeconds: 900, timeoutSeconds: 30 },
  settings,
  commands: {},
  variables: {
    OPENWEATHERMAP_KEY: {
      schema: v.pipe(v.string(), v.regex(/^(\w{16,64})?$/, 'must be a key of letters and digits')),
      default: '',
      description:
        'The API key of OpenWeatherMap (free: Current weather and 5 day forecast), if that is the weather service.',
      group: 'Weather',
      secret: true,
    },
    WEATHER_CONTACT: {
      schema: v.pipe(v.string(), v.regex(/^[\x21-\x7e]{0,120}$/, 'must be an e-mail or web address')),
      default: '',
      description:
        'Your e-mail or web address, sent to MET Norway and nobody else: it answers only those whom it can reach.',
      group: 'Weather',
    },
    WEATHER_OPEN_METEO_URL: baseUrl('https://api.open-meteo.com', 'Open-Meteo'),
    WEATHER_GEOCODING_URL: baseUrl('https://geocoding-api.open-meteo.com', 'Open-Meteo’s search for places'),
    WEATHER_MET_NO_URL: baseUrl('https://api.met.no', 'MET Norway'),
    WEATHER_OPENWEATHERMAP_URL: baseUrl('https://api.openweathermap.org', 'OpenWeatherMap'),
  },
  givesBack: false,
})
