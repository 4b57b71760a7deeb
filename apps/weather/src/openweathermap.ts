import { TailboardError } from '@tailboard/contracts'
import { type HttpAnswer, httpRequest, parseJsonAnswer } from '@tailboard/service/http'
import { failOnOpenWeatherMapError } from './openweathermap-error.ts'
import { currentSchema, forecastSchema, parseOpenWeatherMap } from './openweathermap-parse.ts'
import type { Answer, Provider, Question } from './provider.ts'
import { userAgent } from './user-agent.ts'

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
    failOnOpenWeatherMapError(answer)
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
