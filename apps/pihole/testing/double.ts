#!/usr/bin/env node
// A Pi-hole on a local port, with its refusals. Alone: node apps/pihole/testing/double.ts [PORT] [v6|v5] [ADDRESS]
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { standAlone } from '@tailboard/service/testing/stand-alone'
import { BlockingState } from './blocking.ts'
import { type FaultName, faults } from './faults.ts'
import type { Reply, Request } from './reply.ts'
import { type SessionOptions, Sessions } from './sessions.ts'
import { v5 } from './v5.ts'
import { v6 } from './v6.ts'

export interface DoubleOptions extends Partial<SessionOptions> {
  api?: 'v6' | 'v5'
  tls?: { key: string; cert: string }
  now?: () => number
}

/** Stands in for a Pi-hole. A test sets its fields as somebody would turn the real one's knobs. */
export class PiholeDouble {
  api: 'v6' | 'v5'
  password: string | null
  privacyLevel = 0
  hasNoGravity = false
  isDnsDown = false
  /** What comes in place of each answer; null: the answer. */
  fault: FaultName | null = null
  /** The fault is of the paths that match. */
  faultAt = /./
  /** It is no Pi-hole at all: a page of somebody else, with 403. */
  pageForAll: string | null = null
  /** What stands in place of a part of an answer, by the last word of its path. */
  instead: Record<string, object> = {}
  insteadStatus = 200
  readonly sessions: Sessions
  readonly blocking = new BlockingState()
  /** Method and path with query, in the order in which they came. */
  readonly asked: string[] = []
  readonly headers: IncomingMessage['headers'][] = []
  readonly #now: () => number
  readonly #isTls: boolean
  readonly #server

  constructor({
    api = 'v6',
    password = 'double-password',
    tls,
    now = Date.now,
    ...rest
  }: DoubleOptions = {}) {
    this.api = api
    this.password = password
    this.sessions = new Sessions({ password, ...rest })
    this.#now = now
    this.#isTls = tls !== undefined
    const listener = (request: IncomingMessage, response: ServerResponse) => {
      this.#answer(request, response).catch(() => response.destroy())
    }
    this.#server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener)
  }

  /** On loopback; a container that others reach listens on 0.0.0.0. */
  async start(port = 0, address = '127.0.0.1'): Promise<this> {
    this.#server.listen(port, address)
    await once(this.#server, 'listening')
    return this
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return
    this.#server.close()
    this.#server.closeAllConnections()
    await once(this.#server, 'close')
  }

  get url(): string {
    const { port } = this.#server.address() as AddressInfo
    return `http${this.#isTls ? 's' : ''}://127.0.0.1:${port}`
  }

  /** The variables that make a source ask here. */
  get environment(): Record<string, string> {
    return { PIHOLE_URL: this.url, PIHOLE_PASSWORD: this.password ?? '' }
  }

  /** Seats that are taken now. */
  get seats(): number {
    return this.sessions.taken(this.#now() / 1000)
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname: path, searchParams: query } = new URL(incoming.url ?? '/', 'http://double')
    const method = incoming.method ?? 'GET'
    this.asked.push(`${method} ${incoming.url}`)
    this.headers.push(incoming.headers)
    let body = ''
    for await (const chunk of incoming) {
      body += String(chunk)
      if (body.length > 65_536) return void response.writeHead(413).end()
    }
    const nowS = this.#now() / 1000
    const reply = this.#route({ method, path, query, headers: incoming.headers, body, nowS })
    const instead = this.instead[path.split('/').at(-1) ?? '']
    if (reply.status === 200 && instead !== undefined) {
      Object.assign(reply.json ?? {}, instead)
      reply.status = this.insteadStatus
    }
    const json = reply.json === undefined ? '' : JSON.stringify(this.#timed(reply.json))
    if (this.fault !== null && this.faultAt.test(incoming.url ?? '')) {
      faults[this.fault](response, json)
      return
    }
    response.writeHead(reply.status, {
      'content-type': reply.html === undefined ? 'application/json; charset=utf-8' : 'text/html',
      ...reply.headers,
    })
    response.end(reply.html ?? json)
  }

  #route(request: Request): Reply {
    if (this.pageForAll !== null) return { status: 403, html: this.pageForAll }
    return this.api === 'v6' ? v6(request, this) : v5(request, this)
  }

  /** Every object of a v6 says how long it took. */
  #timed(json: unknown): unknown {
    return this.api === 'v5' || Array.isArray(json) ? json : { ...(json as object), took: 0.003 }
  }
}

if (import.meta.main) {
  const api = process.argv[3] === 'v5' ? 'v5' : 'v6'
  const double = await new PiholeDouble({ api }).start(Number(process.argv[2] ?? 0), process.argv[4])
  standAlone(double, faults, {
    seats: () => double.seats,
    logins: () => double.sessions.logins,
    blocking: () => double.blocking.at(Date.now() / 1000),
  })
}
