#!/usr/bin/env node
// The three weather services on one local port, with their refusals. Alone: node apps/weather/testing/double.ts [PORT] [ADDRESS]
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { standAlone } from '@tailboard/service/testing/stand-alone'
import { type FaultName, faults } from './faults.ts'
import { MetNo } from './met-no.ts'
import { forecast, search } from './open-meteo.ts'
import { doubleKey, openWeatherMap } from './openweathermap.ts'
import type { Reply, Request } from './reply.ts'

/** Stands in for Open-Meteo (forecast and geocoding), MET Norway and OpenWeatherMap. */
export class WeatherDouble {
  /** Paths with their queries, in the order in which they were asked for. */
  readonly asked: string[] = []
  readonly headers: IncomingMessage['headers'][] = []
  /** What comes in place of each answer; null: the answer. Never for the search of places. */
  fault: FaultName | null = null
  readonly #now: () => number
  readonly #metNo = new MetNo()
  readonly #server = createServer((request, response) => this.#answer(request, response))

  constructor(now: () => number = Date.now) {
    this.#now = now
  }

  /** On loopback; one that containers reach listens on 0.0.0.0. */
  async start(port = 0, address = '127.0.0.1'): Promise<this> {
    this.#server.listen(port, address)
    await once(this.#server, 'listening')
    return this
  }

  async stop(): Promise<void> {
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** The variables that make a source ask here. */
  get environment(): Record<string, string> {
    return {
      WEATHER_OPEN_METEO_URL: this.url,
      WEATHER_GEOCODING_URL: this.url,
      WEATHER_MET_NO_URL: this.url,
      WEATHER_OPENWEATHERMAP_URL: this.url,
      OPENWEATHERMAP_KEY: doubleKey,
      WEATHER_CONTACT: 'owner@example.org',
    }
  }

  #answer(incoming: IncomingMessage, response: ServerResponse): void {
    const { pathname: path, searchParams: query } = new URL(incoming.url ?? '/', 'http://double')
    this.asked.push(incoming.url ?? '')
    this.headers.push(incoming.headers)
    const now = new Date(this.#now())
    response.setHeader('date', now.toUTCString())
    const reply = this.#route({ path, query, headers: incoming.headers, now })
    if (this.fault !== null && path !== '/v1/search') {
      this.#metNo.forget()
      faults[this.fault](response, JSON.stringify(reply.json ?? null))
      return
    }
    const body = reply.html ?? (reply.json === undefined ? '' : JSON.stringify(reply.json ?? null))
    const isPacked = body !== '' && /\bgzip\b/.test(incoming.headers['accept-encoding'] ?? '')
    response.writeHead(reply.status, {
      'content-type': reply.html === undefined ? 'application/json' : 'text/html',
      ...(isPacked ? { 'content-encoding': 'gzip' } : {}),
      ...reply.headers,
    })
    response.end(isPacked ? gzipSync(body) : body)
  }

  #route(request: Request): Reply {
    switch (request.path) {
      case '/v1/forecast':
        return forecast(request)
      case '/v1/search':
        return search(request)
      case '/weatherapi/locationforecast/2.0/compact':
        return this.#metNo.compact(request)
      case '/data/2.5/weather':
      case '/data/2.5/forecast':
      case '/data/3.0/onecall':
        return openWeatherMap(request)
      default:
        return { status: 404, html: '<html><title>404 Not Found</title></html>' }
    }
  }
}

if (import.meta.main) {
  const double = await new WeatherDouble().start(Number(process.argv[2] ?? 0), process.argv[3])
  standAlone(double, faults)
}
