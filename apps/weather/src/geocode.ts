import { cleanText, TailboardError } from '@tailboard/contracts'
import { isTimeZone } from '@tailboard/contracts/sources/weather'
import { httpRequest, parseJsonAnswer } from '@tailboard/service/http'
import * as v from 'valibot'
import { failOnOpenMeteoError } from './open-meteo-error.ts'
import type { Place, Question } from './provider.ts'
import { userAgent } from './user-agent.ts'
import { latitude, longitude } from './values.ts'

const region = v.nullish(v.string(), null)
const hitSchema = v.object({
  name: v.string(),
  latitude,
  longitude,
  timezone: region,
  country_code: region,
  country: region,
  admin1: region,
  admin2: region,
  admin3: region,
  admin4: region,
})
type Hit = v.InferOutput<typeof hitSchema>

/** No hit is an answer without `results`. */
export const geocodeSchema = v.object({ results: v.optional(v.array(hitSchema), []) })

/**
 * A place by its name, optionally with its state or country: `Springfield, Illinois`.
 * @throws TailboardError `misconfigured` when there is none, and all that `httpRequest` throws.
 */
export async function geocode(
  baseUrl: string,
  place: string,
  { signal, nowMs }: Pick<Question, 'signal' | 'nowMs'>,
): Promise<Place> {
  const [name = '', ...regions] = place.split(',').map((part) => part.trim())
  const url = new URL(`${baseUrl}/v1/search`)
  const count = regions.length === 0 ? '1' : '20'
  url.search = new URLSearchParams({ name, count, language: 'en', format: 'json' }).toString()
  const answer = await httpRequest({
    url,
    who: 'Open-Meteo’s search for places',
    signal,
    headers: { 'user-agent': userAgent() },
  })
  failOnOpenMeteoError(answer, nowMs)
  return choosePlace(place, regions, parseJsonAnswer(answer, geocodeSchema).results)
}

/** The first hit that lies in every region named after the comma. */
export function choosePlace(place: string, regions: string[], hits: Hit[]): Place {
  const hit = hits.find((candidate) => regions.every((wanted) => isIn(candidate, wanted)))
  if (hit === undefined) {
    throw new TailboardError('misconfigured', `No place is known as “${cleanText(place, 100)}”`, {
      hint: 'Write the name of a town as on a map under sources, weather, place in config/tailboard.yaml, or give latitude and longitude in its place.',
    })
  }
  const { timezone } = hit
  return {
    name: [hit.name, hit.admin1, hit.country]
      .filter((part, index, parts) => part !== null && part !== '' && part !== parts[index - 1])
      .join(', '),
    latitude: fourDecimals(hit.latitude),
    longitude: fourDecimals(hit.longitude),
    timeZone: timezone !== null && isTimeZone(timezone) ? timezone : null,
  }
}

function isIn(hit: Hit, wanted: string): boolean {
  const { country_code, country, admin1, admin2, admin3, admin4 } = hit
  const regions = [country_code, country, admin1, admin2, admin3, admin4]
  return regions.some((own) => own?.toLowerCase() === wanted.toLowerCase())
}

/** Eleven metres, and all that MET Norway accepts. */
export function fourDecimals(degrees: number): number {
  return Number(degrees.toFixed(4))
}
