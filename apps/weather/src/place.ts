import { TailboardError } from '@tailboard/contracts'
import type { WeatherSettings } from '@tailboard/contracts/sources/weather'
import type { RunContext } from '@tailboard/service/run-source'
import * as v from 'valibot'
import { fourDecimals, geocode } from './geocode.ts'
import type { Place } from './provider.ts'

const example = '“place: Berlin”, or the two lines “latitude: 52.52” and “longitude: 13.41”'

/** The place as the settings alone tell it: coordinates, or only a name, which has to be looked up. */
export function placeOf(settings: WeatherSettings): Place | { lookUp: string } {
  const { latitude, longitude } = settings
  const name = settings.place.trim()
  if (latitude !== null && longitude !== null) {
    return {
      name: name === '' ? null : name,
      latitude: fourDecimals(latitude),
      longitude: fourDecimals(longitude),
      timeZone: settings.timeZone === '' ? null : settings.timeZone,
    }
  }
  if (latitude !== null || longitude !== null) {
    const missing = latitude === null ? 'latitude' : 'longitude'
    throw new TailboardError('misconfigured', `The place of the weather has no ${missing}`, {
      hint: `Give both under sources, weather in config/tailboard.yaml, or a town: the line ${example}`,
    })
  }
  if (name !== '') return { lookUp: name }
  throw new TailboardError('misconfigured', 'No place is set for the weather', {
    hint: `Write under sources, weather in config/tailboard.yaml the line ${example}`,
  })
}

const foundSchema = v.object({
  lookedUp: v.string(),
  place: v.object({
    name: v.nullable(v.string()),
    latitude: v.number(),
    longitude: v.number(),
    timeZone: v.nullable(v.string()),
  }),
})

/** The owner's place. A name is looked up once and kept. */
export async function findPlace(context: RunContext, settings: WeatherSettings): Promise<Place> {
  const place = placeOf(settings)
  if (!('lookUp' in place)) return place
  const { lookUp } = place
  const found = await context.memory.recall('place', foundSchema)
  if (found?.lookedUp === lookUp) return found.place
  const url = String(context.environment.WEATHER_GEOCODING_URL)
  const looked = await geocode(url, lookUp, { signal: context.signal, nowMs: context.time.wallMs() })
  await context.memory.set('place', { lookedUp: lookUp, place: looked })
  return looked
}
