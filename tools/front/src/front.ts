import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { composeName, type Decision, decide, frontRequest, pageFor } from './decide.ts'
import { forwardHeaders } from './forwarded.ts'
import { answerText, passRequest, passUpgrade, refuseUpgrade, type Upstream } from './pass.ts'
import type { Routing } from './routing.ts'
import { RoutingError } from './routing-error.ts'
import { type StaticFolder, serveStatic } from './static-files.ts'

export interface FrontOptions {
  routing: Routing
  /** Where each compose service answers: an address, or a folder of files in its place. */
  upstreams: Record<string, Upstream | StaticFolder>
  /** 0: one that is free. */
  port: number
  /** Which of Traefik's doors this front stands for. */
  entryPoint?: string
  /** `::` (and 0.0.0.0 where the kernel has no IPv6) when absent: every address of this machine. */
  listenAddress?: string
  /** The name in `url`; `localhost` when absent. */
  host?: string
}

export interface Front {
  port: number
  url: string
  /** Closes every connection, also upgraded ones. */
  stop(): Promise<void>
}

type Forward = Extract<Decision, { kind: 'forward' }>

/** As Traefik's readTimeout: a body that has not come by then is given up (ms). */
const requestTimeoutMs = 60_000

/** Serves a routing table on one plain HTTP port, as Traefik would serve one of its entry points. */
export async function startFront(options: FrontOptions): Promise<Front> {
  const front = new FrontServer(options)
  return { ...(await front.start()), stop: () => front.stop() }
}

class FrontServer {
  readonly #options: FrontOptions
  readonly #server: Server
  readonly #open = new Set<Duplex>()
  readonly #stopped = new AbortController()

  constructor(options: FrontOptions) {
    this.#options = options
    this.#server = createServer({
      requestTimeout: requestTimeoutMs,
      // Others (h2c) are served as what they are without it.
      shouldUpgradeCallback: (request) => /^websocket$/i.test(request.headers.upgrade ?? ''),
    })
  }

  async start(): Promise<{ port: number; url: string }> {
    if (!this.#options.routing.entryPoints.has(this.#entryPoint))
      throw new RoutingError(`there is no entry point "${this.#entryPoint}"`)
    this.#server.on('request', (request, response) => void this.#request(request, response))
    this.#server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head))
    this.#server.on('connection', (socket: Socket) => this.#track(socket))
    await this.#listen(this.#options.listenAddress ?? '::').catch((error: NodeJS.ErrnoException) => {
      const hasNoIpv6 = error.code === 'EAFNOSUPPORT' || error.code === 'EADDRNOTAVAIL'
      if (this.#options.listenAddress !== undefined || !hasNoIpv6) throw error
      return this.#listen('0.0.0.0')
    })
    const { port } = this.#server.address() as AddressInfo
    return { port, url: `http://${this.#options.host ?? 'localhost'}${port === 80 ? '' : `:${port}`}/` }
  }

  async stop(): Promise<void> {
    this.#stopped.abort()
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    for (const socket of this.#open) socket.destroy()
    await closed
  }

  get #entryPoint(): string {
    return this.#options.entryPoint ?? 'web'
  }

  #listen(host: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen({ port: this.#options.port, host }, () => {
        this.#server.off('error', reject)
        resolve()
      })
    })
  }

  #track(socket: Duplex): void {
    this.#open.add(socket)
    socket.once('close', () => this.#open.delete(socket))
  }

  #decide(request: IncomingMessage): Decision {
    return decide(this.#options.routing, frontRequest(request, this.#entryPoint))
  }

  async #request(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const decision = this.#decide(request)
    try {
      if (decision.kind === 'forward') await this.#forward(decision, request, response)
      else if (decision.page) await this.#page(decision.page, decision.status, request, response)
      else answerText(response, decision.status)
    } catch {
      // Traefik says no more than this either: who asks may not learn what stands behind.
      if (response.headersSent) response.destroy()
      else answerText(response, 502)
    }
  }

  async #forward(decision: Forward, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const upstream = this.#upstream(decision.service)
    if ('folder' in upstream) return serveStatic(upstream, decision.target, request, response)
    const status = await passRequest({
      upstream,
      method: request.method ?? 'GET',
      target: decision.target,
      headers: this.#headers(decision, request, false),
      body: request,
      response,
      isReplaced: (answered) => pageFor(answered, decision.errorPages) !== null,
      signal: this.#stopped.signal,
    })
    const page = status === null ? null : pageFor(status, decision.errorPages)
    if (page && status !== null) await this.#page(page, status, request, response)
  }

  async #page(
    page: { service: string; path: string },
    status: number,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const upstream = this.#upstream(composeName(page.service))
    if ('folder' in upstream) return serveStatic(upstream, page.path, request, response, status)
    const headers = new Map([['host', [request.headers.host ?? 'localhost']]])
    await passRequest({
      upstream,
      method: 'GET',
      target: page.path,
      headers,
      response,
      status,
      signal: this.#stopped.signal,
    })
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy())
    const decision = this.#decide(request)
    if (decision.kind !== 'forward') {
      refuseUpgrade(socket, decision.status)
      return
    }
    const upstream = this.#options.upstreams[decision.service]
    if (upstream === undefined || 'folder' in upstream) {
      refuseUpgrade(socket, upstream ? 400 : 502)
      return
    }
    passUpgrade({
      upstream,
      target: decision.target,
      headers: this.#headers(decision, request, true),
      socket,
      head,
      onOpen: (opened) => this.#track(opened),
    })
  }

  #headers(decision: Forward, request: IncomingMessage, isWebSocket: boolean): Map<string, string[]> {
    const entryPoint = this.#options.routing.entryPoints.get(this.#entryPoint)
    const { address, host } = frontRequest(request, this.#entryPoint)
    const trusted = entryPoint?.trusted ?? null
    return forwardHeaders(decision.headers, { address, host, isWebSocket, isTls: false, trusted })
  }

  #upstream(service: string): Upstream | StaticFolder {
    const found = this.#options.upstreams[service]
    if (found === undefined) throw new RoutingError(`no address is known for the service "${service}"`)
    return found
  }
}
