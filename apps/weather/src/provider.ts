import type { WeatherData, WeatherProvider } from '@tailboard/contracts/sources/weather'

/** Where the weather is wanted. Coordinates have at most four decimals: eleven metres, and MET Norway refuses more. */
export interface Place {
  name: string | null
  latitude: number
  longitude: number
  /** Null: nobody has said it. */
  timeZone: string | null
}

export interface Question {
  place: Place
  signal: AbortSignal
  /** Our own clock (ms since 1970), for a service that does not tell its own. */
  nowMs: number
  /** The `validator` of the answer that we still have; null when there is none. */
  since: string | null
}

/** What a service said, in °C, km/h and mm. */
export type Forecast = Pick<WeatherData, 'grid' | 'now' | 'hours' | 'hoursPerStep' | 'days'> & {
  /** When the world was as `now` says. */
  at: Date
  timeZone: string
  utcOffsetS: number
}

export interface Answer {
  /** Null: nothing has changed since. */
  forecast: Forecast | null
  /** What the service wants to hear at the next question, if anything. */
  validator: string | null
  /** For how long it wants not to be asked again (ms). */
  freshForMs: number
}

/** A weather service. It knows its own protocol; it knows no settings, no memory and no other service. */
export interface Provider {
  id: WeatherProvider
  title: string
  /** What its licence wants beside the values. */
  attribution: WeatherData['attribution']
  /** @throws TailboardError of any kind that `httpRequest` has, and `refused`, `rate-limited`. */
  ask(question: Question): Promise<Answer>
}
