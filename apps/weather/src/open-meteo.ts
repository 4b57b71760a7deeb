import { httpRequest, parseJsonAnswer } from '@tailboard/service/http'
import { failOnOpenMeteoError } from './open-meteo-error.ts'
import { current, daily, hourly, openMeteoSchema, parseOpenMeteo } from './open-meteo-parse.ts'
import type { Answer, Place, Provider, Question } from './provider.ts'
import { userAgent } from './user-agent.ts'

/** Open-Meteo: no key, for private use. https://open-meteo.com/en/docs */
export function openMeteo(baseUrl: string): Provider {
  const ask = async ({ place, signal, nowMs }: Question): Promise<Answer> => {
    const answer = await httpRequest({
      url: forecastUrl(baseUrl, place),
      who: 'Open-Meteo',
      signal,
      headers: { 'user-agent': userAgent() },
    })
    failOnOpenMeteoError(answer, nowMs)
    const forecast = parseOpenMeteo(parseJsonAnswer(answer, openMeteoSchema))
    return { forecast, validator: null, freshForMs: 0 }
  }
  return {
    id: 'open-meteo',
    title: 'Open-Meteo',
    attribution: { text: 'Weather data by Open-Meteo.com', url: 'https://open-meteo.com/' },
    ask,
  }
}

function forecastUrl(baseUrl: string, { latitude, longitude }: Place): URL {
  const url = new URL(`${baseUrl}/v1/forecast`)
  url.search = new URLSearchParams({
    latitude: String(latitude),
    longitude: String(longitude),
    current: current.join(),
    hourly: hourly.join(),
    daily: daily.join(),
    // Days are the place's own only with a time zone.
    timezone: 'auto',
    forecast_hours: '24',
    forecast_days: '7',
  }).toString()
  return url
}
