import { existsSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { extname, join } from 'node:path'
import type { StatusAnswer } from '@tailboard/contracts/api'
import { compareCursors } from '@tailboard/contracts/cursor'
import type { Event } from '@tailboard/contracts/event'
import type { HistoryAnswer } from '@tailboard/contracts/history'
import { applyEvent, type LiveModel } from '@tailboard/contracts/live'
import type { Problem } from '@tailboard/contracts/problem'
import type { Stamp } from '@tailboard/contracts/time'
import type { ServerMessage } from '@tailboard/contracts/websocket'
import { type WebSocket, WebSocketServer } from 'ws'
import { FakeConfig } from './fake-config.ts'

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
}

/** As strict as the real one: what the page needs beyond it would fail here. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; media-src 'self' blob:; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** Makes an answer of one that holds nothing, or a problem. */
export type FakeHistory = (nothing: HistoryAnswer) => HistoryAnswer | Problem

/** Page, API and WebSocket on one port, from a model and a clock that the test moves. */
export class FakeGateway {
  /** The folder of the built page that is served. */
  page: string
  model: LiveModel
  now: Stamp
  status: StatusAnswer
  /** What POST .../run answers. */
  runAnswer = { status: 202, type: 'application/json', body: '{}' }
  /** What GET /api/history/:source answers, by source; nothing kept yet, where absent. */
  history: Record<string, FakeHistory> = {}
  /** The queries of GET /api/history/:source, in order. */
  readonly historyAsked: { source: string; query: URLSearchParams }[] = []
  /** `since` of each connection that was opened, in order. */
  readonly asked: (string | null)[] = []
  readonly runs: string[] = []
  /** The bodies of POST .../commands, in order. */
  readonly commands: unknown[] = []
  readonly #events: { cursor: string; event: Event }[] = []
  #server: Server | null = null
  readonly #sockets = new WebSocketServer({ noServer: true })
  #isCut = false
  #port = 0
  #config: FakeConfig | null = null

  constructor(page: string, model: LiveModel, now: Stamp, status: StatusAnswer) {
    this.page = page
    this.model = model
    this.now = now
    this.status = status
  }

  get url(): string {
    return `http://localhost:${this.#port}/`
  }

  get cursor(): string {
    return this.#events.at(-1)?.cursor ?? '1000-0'
  }

  /** The configuration of the model, its versions, and what is written to it. */
  get config(): FakeConfig {
    const { config, node } = this.model
    if (config === null) throw new Error('the model has no configuration')
    this.#config ??= new FakeConfig(
      config,
      () => this.now,
      (current) => this.publish({ type: 'config', node, stamp: this.now, ...current }),
    )
    return this.#config
  }

  /** How many pages are connected right now. */
  get connected(): number {
    return this.#sockets.clients.size
  }

  async start(): Promise<void> {
    const server = createServer((request, response) => this.#answer(request, response))
    server.on('upgrade', (request, socket, head) => {
      if (this.#isCut) {
        socket.destroy()
        return
      }
      this.#sockets.handleUpgrade(request, socket, head, (client) => this.#welcome(client, request))
    })
    await new Promise<void>((resolve) => server.listen(this.#port, resolve))
    this.#server = server
    const address = server.address()
    this.#port = typeof address === 'object' && address !== null ? address.port : 0
  }

  async stop(): Promise<void> {
    this.cut()
    this.#server?.closeAllConnections()
    await new Promise((resolve) => this.#server?.close(resolve))
  }

  /** Cuts every connection and takes no new one. */
  cut(): void {
    this.#isCut = true
    for (const client of this.#sockets.clients) client.terminate()
  }

  mend(): void {
    this.#isCut = false
  }

  publish(event: Event): void {
    this.model = applyEvent(this.model, event)
    const entry = { cursor: `${1001 + this.#events.length}-0`, event }
    this.#events.push(entry)
    this.send({ type: 'event', now: this.now, ...entry })
  }

  /** Anything, to every page that is connected. */
  send(message: ServerMessage | string): void {
    const frame = typeof message === 'string' ? message : JSON.stringify(message)
    for (const client of this.#sockets.clients) client.send(frame)
  }

  #welcome(client: WebSocket, request: IncomingMessage): void {
    const since = new URL(request.url ?? '/', this.url).searchParams.get('since')
    this.asked.push(since)
    const say = (message: ServerMessage) => client.send(JSON.stringify(message))
    if (since === null) {
      say({ type: 'snapshot', now: this.now, cursor: this.cursor, model: this.model })
      return
    }
    say({ type: 'resumed', now: this.now, cursor: since })
    // The one before is sent again: a page must know what it has.
    const first = this.#events.findIndex(({ cursor }) => compareCursors(cursor, since) >= 0)
    for (const entry of this.#events.slice(first < 0 ? this.#events.length : first)) {
      say({ type: 'event', now: this.now, ...entry })
    }
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(request.url ?? '/', this.url)
    if (pathname.startsWith('/api/config')) {
      read(request, (body) => this.#answerConfig(request, response, pathname, body))
      return
    }
    if (request.method === 'POST') {
      this.runs.push(pathname)
      read(request, (body) => {
        if (pathname.endsWith('/commands')) this.commands.push(JSON.parse(body))
        response
          .writeHead(this.runAnswer.status, { 'content-type': this.runAnswer.type })
          .end(this.runAnswer.body)
      })
      return
    }
    if (pathname.startsWith('/api/history/')) {
      this.#answerHistory(new URL(request.url ?? '/', this.url), response)
      return
    }
    if (pathname === '/api/status') {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(this.status))
      return
    }
    const file = join(this.page, pathname === '/' ? 'index.html' : pathname)
    if (!existsSync(file)) {
      response.writeHead(404).end()
      return
    }
    const type = types[extname(file)] ?? 'application/octet-stream'
    response
      .writeHead(200, { 'content-type': type, 'content-security-policy': policy })
      .end(readFileSync(file))
  }

  #answerHistory({ pathname, searchParams }: URL, response: ServerResponse): void {
    const source = pathname.slice('/api/history/'.length)
    this.historyAsked.push({ source, query: searchParams })
    const to = this.now.at
    const from = searchParams.get('from') ?? to
    const nothing: HistoryAnswer = {
      ...{ node: this.model.node, source, from, to },
      ...{ intervalSeconds: 60, simulated: false, at: [], series: [] },
    }
    const made = this.history[source]?.(nothing) ?? nothing
    const isProblem = 'status' in made
    response
      .writeHead(isProblem ? made.status : 200, {
        'content-type': isProblem ? 'application/problem+json' : 'application/json',
      })
      .end(JSON.stringify(made))
  }

  #answerConfig(request: IncomingMessage, response: ServerResponse, path: string, body: string): void {
    const { method = 'GET', headers } = request
    const answer = this.config.answer({
      method,
      path,
      type: headers['content-type'],
      ifMatch: headers['if-match'],
      body,
    })
    const etag = answer.etag === undefined ? {} : { etag: answer.etag }
    response.writeHead(answer.status, { 'content-type': answer.type, ...etag }).end(answer.body)
  }
}

function read(request: IncomingMessage, onBody: (body: string) => void): void {
  let body = ''
  request.setEncoding('utf8')
  request.on('data', (part: string) => {
    body += part
  })
  request.on('end', () => onBody(body))
}
