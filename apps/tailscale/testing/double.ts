#!/usr/bin/env node
// A tailscaled's LocalAPI on a Unix socket, with its refusals. Alone: node apps/tailscale/testing/double.ts [SOCKET]
import { once } from 'node:events'
import { chmod, link, mkdir, rename, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { standAlone } from '@tailboard/service/testing/stand-alone'
import { type FaultName, faults } from './faults.ts'
import { type StatusOptions, statusText } from './model.ts'

const statusPath = '/localapi/v0/status'
/** Paths that it knows and that only root may use: this peer is never root. */
const mutating = new Set(
  ['start', 'logout', 'login-interactive', 'shutdown'].map((name) => `/localapi/v0/${name}`),
)

/** Stands in for tailscaled. A test sets its fields as somebody would turn the real one's knobs. */
export class TailscaledDouble {
  readonly socketPath: string
  options: StatusOptions = {}
  /** What comes in place of the whole status; null: the status. */
  instead: string | null = null
  /** What comes in place of each answer; null: the answer. */
  fault: FaultName | null = null
  /** Method and path, in the order in which they came. */
  readonly asked: string[] = []
  readonly headers: IncomingMessage['headers'][] = []
  readonly #now: () => number
  #startedMs = 0
  #server: Server | null = null

  constructor(socketPath: string, now: () => number = Date.now) {
    this.socketPath = socketPath
    this.#now = now
  }

  /** Deletes the socket and makes it anew, as tailscaled does at each start, and the folder where it is not there. */
  async start({ startedMs = this.#now() } = {}): Promise<this> {
    this.#startedMs = startedMs
    await mkdir(dirname(this.socketPath), { recursive: true, mode: 0o755 })
    await rm(this.socketPath, { force: true })
    const server = createServer((request, response) => this.#answer(request, response))
    server.listen(this.socketPath)
    await once(server, 'listening')
    await chmod(this.socketPath, 0o666)
    this.#server = server
    return this
  }

  /** Stops; the socket is gone. */
  async stop(): Promise<void> {
    const server = this.#server
    this.#server = null
    if (server === null) return
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  }

  /** Killed: the socket lies there, and nobody listens. */
  async crash(): Promise<void> {
    const kept = `${this.socketPath}.kept`
    await link(this.socketPath, kept)
    await this.stop()
    await rename(kept, this.socketPath)
  }

  async restart(): Promise<void> {
    await this.stop()
    await this.start()
  }

  /** The variables that make a source ask here. */
  get environment(): Record<string, string> {
    return { TAILSCALE_SOCKET: this.socketPath }
  }

  /** What it would answer now. */
  statusText(): string {
    return this.instead ?? statusText(this.#now(), { startedMs: this.#startedMs, ...this.options })
  }

  #answer(incoming: IncomingMessage, response: ServerResponse): void {
    this.asked.push(`${incoming.method} ${incoming.url}`)
    this.headers.push(incoming.headers)
    const refusal = refusalOf(incoming)
    if (refusal !== null) {
      const [status, text] = refusal
      response.writeHead(status, {
        'content-type': 'text/plain; charset=utf-8',
        'x-content-type-options': 'nosniff',
      })
      response.end(`${text}\n`)
    } else if (this.fault !== null) {
      faults[this.fault](response, this.statusText())
    } else {
      response.writeHead(200, {
        'content-type': 'application/json',
        'tailscale-version': '1.96.4-t1241b225b-g0520dfda5',
        'tailscale-cap': '131',
      })
      response.end(this.statusText())
    }
  }
}

/** In the order in which tailscaled looks; null: the status is asked for as it should be. */
function refusalOf({ method, url, headers }: IncomingMessage): [status: number, text: string] | null {
  const { pathname } = new URL(url ?? '/', 'http://double')
  const isOurs = headers.host === '' || headers.host === 'local-tailscaled.sock'
  if (headers.origin !== undefined || headers.referer !== undefined || !isOurs) {
    return [403, 'invalid localapi request']
  }
  if (pathname === '/') return [200, 'tailscaled']
  if (mutating.has(pathname)) return [403, 'access denied']
  if (pathname !== statusPath) return [404, '404 page not found']
  // The real one does not look at it here. Whoever sends another one than GET has something else in mind.
  return method === 'GET' ? null : [405, 'method not allowed']
}

if (import.meta.main) {
  const double = new TailscaledDouble(
    process.argv[2] ?? join(tmpdir(), `tailscaled-double-${process.pid}`, 'tailscaled.sock'),
  )
  await double.start({ startedMs: Date.now() - 86_400_000 })
  standAlone(double, faults)
}
