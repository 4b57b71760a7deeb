import { TailboardError } from '@tailboard/contracts'
import {
  failOnStatus,
  type HttpAnswer,
  httpRequest,
  parseJsonAnswer,
  serverTime,
} from '@tailboard/service/http'
import { metNoSchema, parseMetNo } from './met-no-parse.ts'
import type { Answer, Place, Provider, Question } from './provider.ts'
import { userAgent } from './user-agent.ts'
import { zoneOf } from './zone.ts'

/** Whatever Expires says: a typing mistake there must not freeze the forecast (ms). */
const freshForMostMs = 2 * 3_600_000

/** MET Norway's Locationforecast. https://api.met.no/doc/TermsOfService */
export function metNo(baseUrl: string, contact: string): Provider {
  const ask = async ({ place, signal, nowMs, since }: Question): Promise<Answer> => {
    if (contact === '') {
      throw new TailboardError('misconfigured', 'MET Norway answers only those whom it can reach', {
        hint: 'Write WEATHER_CONTACT= and your e-mail or web address into .env, then run: docker compose up -d',
      })
    }
    const zone = zoneOf(timeZoneOf(place))
    const answer = await httpRequest({
      url: new URL(
        `${baseUrl}/weatherapi/locationforecast/2.0/compact?lat=${place.latitude}&lon=${place.longitude}`,
      ),
      who: 'MET Norway',
      signal,
      headers: {
        'user-agent': userAgent(contact),
        ...(since === null ? {} : { 'if-modified-since': since }),
      },
    })
    const now = new Date(serverTime(answer) ?? nowMs)
    const validator = answer.headers['last-modified'] ?? since
    const freshForMs = freshFor(answer, now.getTime())
    if (answer.status === 304) return { forecast: null, validator, freshForMs }
    failOnRefusal(answer)
    failOnStatus(answer)
    const forecast = parseMetNo(parseJsonAnswer(answer, metNoSchema), zone, now)
    return { forecast, validator, freshForMs }
  }
  return {
    id: 'met-no',
    title: 'MET Norway',
    attribution: { text: 'Data from MET Norway', url: 'https://api.met.no/' },
    ask,
  }
}

function timeZoneOf({ timeZone }: Place): string {
  if (timeZone !== null) return timeZone
  throw new TailboardError('misconfigured', 'MET Norway does not tell the time zone of coordinates', {
    hint: 'Add a line such as timeZone: Europe/Oslo under sources, weather in config/tailboard.yaml, or give the place by its name alone.',
  })
}

function failOnRefusal({ status }: HttpAnswer): void {
  if (status !== 403) return
  throw new TailboardError('refused', 'MET Norway refused the request (HTTP 403)', {
    hint: 'Is WEATHER_CONTACT in .env an address that you can be reached at? It may also have blocked this address for asking too often.',
  })
}

function freshFor({ headers }: HttpAnswer, nowMs: number): number {
  const ms = Date.parse(headers.expires ?? '') - nowMs
  return Number.isNaN(ms) ? 0 : Math.min(freshForMostMs, Math.max(0, ms))
}
