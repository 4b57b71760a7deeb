import { weatherAt } from './model.ts'
import type { Reply, Request } from './reply.ts'

const generic = /^$|^(node|undici|okhttp|curl|python|axios|got)\b/i
const forbidden: Reply = { status: 403, html: '<html><title>403 Forbidden</title></html>' }

/** MET Norway, refusals first. It remembers who asked before Expires. */
export class MetNo {
  readonly #freshUntil = new Map<string, number>()

  /** As if nobody had asked: what came was no answer. */
  forget(): void {
    this.#freshUntil.clear()
  }

  compact({ query, headers, now }: Request): Reply {
    const agent = headers['user-agent'] ?? ''
    // An application and a way to reach somebody.
    if (generic.test(agent) || !/[@.]/.test(agent.split(' ').slice(1).join(' '))) return forbidden
    const latitude = query.get('lat') ?? ''
    const longitude = query.get('lon') ?? ''
    if (!/^-?\d+(\.\d{1,4})?$/.test(latitude) || !/^-?\d+(\.\d{1,4})?$/.test(longitude)) return forbidden
    if (!/\bgzip\b/.test(headers['accept-encoding'] ?? '')) return forbidden
    const place = `${latitude},${longitude}`
    const updated = Math.floor(now.getTime() / 3_600_000) * 3_600_000
    const lastModified = new Date(updated).toUTCString()
    const isEarly = now.getTime() < (this.#freshUntil.get(place) ?? 0)
    if (isEarly) return { status: 429, html: '<html><title>429 Too Many Requests</title></html>' }
    const expires = now.getTime() + 31 * 60_000
    this.#freshUntil.set(place, expires)
    const dated = { expires: new Date(expires).toUTCString(), 'last-modified': lastModified }
    if (headers['if-modified-since'] === lastModified) return { status: 304, headers: dated }
    return { status: 200, headers: dated, json: answer(Number(latitude), Number(longitude), updated) }
  }
}

function answer(latitude: number, longitude: number, updated: number) {
  const steps = Array.from({ length: 60 }, (_, hour) => step(updated + hour * 3_600_000, 1))
  const later = Array.from({ length: 28 }, (_, n) => step(updated + (60 + n * 6) * 3_600_000, 6))
  const last = step(updated + (60 + 28 * 6) * 3_600_000, 0)
  return {
    type: 'Feature',
    geometry: { type: 'Point', coordinates: [longitude, latitude, 70] },
    properties: {
      meta: {
        updated_at: new Date(updated).toISOString().replace('.000', ''),
        units: { air_temperature: 'celsius', wind_speed: 'm/s', precipitation_amount: 'mm' },
      },
      timeseries: [...steps, ...later, last],
    },
  }
}

function step(ms: number, hours: number) {
  const at = new Date(ms)
  const weather = weatherAt(at)
  const ahead = {
    summary: { symbol_code: weather.symbol },
    details: { precipitation_amount: Math.round(weather.rainMm * 10 * Math.max(1, hours)) / 10 },
  }
  return {
    time: at.toISOString().replace('.000', ''),
    data: {
      instant: {
        details: {
          air_pressure_at_sea_level: weather.pressureHpa,
          air_temperature: weather.temperatureC,
          cloud_area_fraction: weather.cloudPercent,
          relative_humidity: weather.humidityPercent,
          wind_from_direction: weather.windDegrees,
          wind_speed: weather.windMs,
        },
      },
      ...(hours === 0
        ? {}
        : { next_12_hours: { summary: { symbol_code: weather.symbol } }, next_6_hours: ahead }),
      ...(hours === 1 ? { next_1_hours: ahead } : {}),
    },
  }
}
