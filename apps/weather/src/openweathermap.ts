import { parseJson, TailboardError } from '@tailboard/contracts'
import { failOnStatus, type HttpAnswer, httpRequest, parseJsonAnswer } from '@tailboard/service/http'
import * as v from 'valibot'
import { currentSchema, forecastSchema, parseOpenWeatherMap } from './openweathermap-parse.ts'
import type { Answer, Provider, Question } from './provider.ts'
import { userAgent } from './user-agent.ts'

/** `cod` is a number in some errors and text in others. */
const errorSchema = v.object({
  cod: v.pipe(v.union([v.number(), v.string()]), v.transform(Number)),
  message: v.string(),
})

/**
 * OpenWeatherMap 2.5, current weather and five days in steps of three hours: what a free key may ask for (One Call 3.0
 * wants a credit card). https://openweathermap.org/current, https://openweathermap.org/forecast5
 */
export function openWeatherMap(baseUrl: string, key: string): Provider {
  const get = async (path: string, { place, signal }: Question): Promise<HttpAnswer> => {
    const url = new URL(`${baseUrl}/data/2.5/${path}`)
    const { latitude, longitude } = place
    url.search = new URLSearchParams({
      lat: String(latitude),
      lon: String(longitude),
      // Without it temperatures are in kelvin.
      units: 'metric',
      appid: key,
    }).toString()
    const headers = { 'user-agent': userAgent() }
    const answer = await httpRequest({ url, who: 'OpenWeatherMap', signal, headers })
    failOnError(answer)
    return answer
  }
  const ask = async (question: Question): Promise<Answer> => {
    if (key === '') {
      throw new TailboardError('misconfigured', 'OpenWeatherMap needs a key', {
        hint: 'Write OPENWEATHERMAP_KEY= and your key into .env (a free one is enough), then run: docker compose up -d',
      })
    }
    const current = parseJsonAnswer(await get('weather', question), currentSchema)
    const forecast = parseJsonAnswer(await get('forecast', question), forecastSchema)
    const parsed = parseOpenWeatherMap(current, forecast, question.place.timeZone)
    return { forecast: parsed, validator: null, freshForMs: 0 }
  }
  return {
    id: 'openweathermap',
    title: 'OpenWeatherMap',
    attribution: { text: 'Weather data by OpenWeather', url: 'https://openweathermap.org/' },
    ask,
  }
}

/** Fails when it says no in its own words, whatever the status, and on any status that is no success. */
function failOnError(answer: HttpAnswer): void {
  const { status, who } = answer
  const error = status === 200 && !answer.body.includes('"message"') ? null : readError(answer)
  const code = error === null || error.cod === 0 ? status : error.cod
  if (status === 200 && code === 200) return
  const said = error === null ? '' : `: ${error.message}`
  if (code === 401) {
    throw new TailboardError('refused', `${who} does not accept the key${said}`, {
      hint: 'A new key takes up to two hours to work. Else mend OPENWEATHERMAP_KEY in .env, then run: docker compose up -d',
    })
  }
  if (code === 429) {
    throw new TailboardError('rate-limited', `${who} asks us to come back later${said}`, {
      hint: 'The key’s calls are used up: other programs may use the same key. Raise intervalSeconds of this source.',
    })
  }
  failOnStatus({ ...answer, status: code })
}

function readError(answer: HttpAnswer): v.InferOutput<typeof errorSchema> | null {
  try {
    return parseJson(errorSchema, answer.body.toString('utf8'), 'an error')
  } catch {
    // Not its way to say no: HTML of a proxy, or the forecast, whose `message` is a number.
    return null
  }
}
