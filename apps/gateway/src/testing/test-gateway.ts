import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Heartbeat,
  keys,
  type Reading,
  type ServerMessage,
  serviceVariables,
} from '@tailboard/contracts'
import { createLogger, readEnvironment, Store, systemTime, type TimeSource } from '@tailboard/service'
import { systemReading } from '@tailboard/service/testing/readings'
import { TestRedis } from '@tailboard/service/testing/redis-server'
import { Redis } from 'ioredis'
import { WebSocket } from 'ws'
import { type App, buildApp } from '../app.ts'
import { Gateway } from '../gateway.ts'

export const node = 'kitchen'

/** A gateway with a Redis, a folder and a port of its own. */
export class TestGateway {
  readonly server = new TestRedis()
  readonly log: string[] = []
  readonly time: TimeSource
  readonly procRoot: string | undefined
  folder = ''
  port = 0
  #variables: Record<string, string> = {}
  #parts: { app: App; gateway: Gateway; redis: Redis; store: Store } | undefined

  constructor({ time = systemTime, procRoot }: { time?: TimeSource; procRoot?: string } = {}) {
    this.time = time
    this.procRoot = procRoot
  }

  get #running() {
    if (this.#parts === undefined) throw new Error('the gateway of the test is not started')
    return this.#parts
  }
  get app() {
    return this.#running.app
  }
  get gateway() {
    return this.#running.gateway
  }
  /** The test's own connection. */
  get redis() {
    return this.#running.redis
  }
  /** Writes as the other services do. */
  get store() {
    return this.#running.store
  }
  get url() {
    return `http://127.0.0.1:${this.port}`
  }

  async start({
    variables = {},
    file,
    redisOptions,
    isRedisThere = true,
  }: {
    variables?: Record<string, string>
    file?: string
    redisOptions?: string[]
    isRedisThere?: boolean
  } = {}): Promise<this> {
    await this.server.start(redisOptions)
    this.folder = await mkdtemp(join(tmpdir(), 'tailboard-config-'))
    if (file !== undefined) await this.writeFile(file)
    this.#variables = variables
    if (!isRedisThere) await this.server.stop()
    await this.startGateway()
    if (isRedisThere) await until(() => this.gateway.missing().length === 0)
    return this
  }

  async startGateway(): Promise<void> {
    const environment = readEnvironment(serviceVariables.gateway, {
      REDIS_URL: this.server.url,
      CONFIG_DIR: this.folder,
      TAILBOARD_NODE: node,
      TRUSTED_PROXY: 'loopback',
      ...this.#variables,
    })
    const log = createLogger({ service: 'web-gateway', level: 'debug', write: (line) => this.log.push(line) })
    const gateway = new Gateway(environment, log, this.time)
    const app = await buildApp(gateway, this.procRoot)
    await gateway.start()
    await app.listen({ host: '127.0.0.1', port: this.port })
    this.port = (app.server.address() as { port: number }).port
    const redis = new Redis({ port: this.server.port, retryStrategy: () => 50 })
    redis.on('error', () => {})
    this.#parts = { app, gateway, redis, store: new Store(redis, node, this.time) }
  }

  async stopGateway(): Promise<void> {
    const { app, gateway, redis } = this.#running
    await app.close()
    await gateway.stop()
    redis.disconnect()
    this.#parts = undefined
  }

  async writeFile(text: string): Promise<void> {
    await writeFile(join(this.folder, 'tailboard.yaml'), text)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#parts !== undefined) await this.stopGateway()
    await this.server[Symbol.asyncDispose]()
    await rm(this.folder, { recursive: true, force: true })
  }

  async get(path: string, headers: Record<string, string> = {}) {
    return this.app.inject({ method: 'GET', url: path, headers: { host: 'localhost', ...headers } })
  }

  async post(path: string, body?: unknown, headers: Record<string, string> = {}) {
    return this.app.inject({
      method: 'POST',
      url: path,
      headers: { host: 'localhost', ...headers },
      ...(body === undefined ? {} : { payload: body as object }),
    })
  }

  async patch(path: string, body: unknown, headers: Record<string, string> = {}) {
    return this.app.inject({
      method: 'PATCH',
      url: path,
      headers: { host: 'localhost', ...headers },
      payload: body as object,
    })
  }

  /** A reading as the source would write it. */
  reading(change: (data: typeof systemReading) => void = () => {}): Reading {
    const stamp = this.store.now()
    const data = structuredClone(systemReading)
    change(data)
    return {
      node,
      source: 'system',
      schema: 1,
      measuredAt: stamp.at,
      writtenAt: stamp.at,
      clock: stamp.clock,
      simulated: false,
      data,
    }
  }

  /** The orchestrator says that it lives. */
  orchestratorLives(said = this.store.now()): Promise<void> {
    return this.serviceLives('orchestrator', said)
  }

  async serviceLives(service: string, said = this.store.now()): Promise<void> {
    const heartbeat: Heartbeat = {
      service,
      version: '1',
      started: said,
      said,
      memoryBytes: 1,
    }
    await this.redis.set(keys.service(node, service), JSON.stringify(heartbeat))
  }

  async page(query = '', headers: Record<string, string> = {}): Promise<TestPage> {
    return TestPage.open(`ws://127.0.0.1:${this.port}/ws/live${query}`, headers)
  }
}

/** A page that writes down what it is sent. */
export class TestPage {
  readonly messages: ServerMessage[] = []
  readonly socket: WebSocket
  closeCode: number | null = null

  private constructor(socket: WebSocket) {
    this.socket = socket
    socket.on('message', (data) => this.messages.push(JSON.parse(String(data)) as ServerMessage))
    socket.on('close', (code) => {
      this.closeCode = code
    })
    socket.on('error', () => {})
  }

  /** Rejects with the status when the upgrade is refused. */
  static async open(url: string, headers: Record<string, string>): Promise<TestPage> {
    const page = new TestPage(new WebSocket(url, { headers }))
    await new Promise<void>((resolve, reject) => {
      page.socket.once('open', resolve)
      page.socket.once('unexpected-response', (_request, response) => {
        page.socket.terminate()
        reject(new Error(String(response.statusCode)))
      })
    })
    return page
  }

  get cursors(): string[] {
    return this.messages.flatMap((message) => (message.type === 'event' ? [message.cursor] : []))
  }

  notices(id: string) {
    return this.messages.flatMap((message) =>
      message.type === 'event' && message.event.type === 'notice' && message.event.id === id
        ? [message.event]
        : [],
    )
  }

  close(): void {
    this.socket.terminate()
  }
}

/** Waits until a claim holds. The limit is for what hangs. */
export async function until(claim: () => boolean | Promise<boolean>, withinMs = 30_000): Promise<void> {
  const end = performance.now() + withinMs
  while (!(await claim())) {
    if (performance.now() > end) throw new Error(`never came true: ${claim.toString()}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** The system source in an answer of GET /api/sources, wherever it stands in the list. */
// biome-ignore lint/suspicious/noExplicitAny: an answer as a client gets it, held against its schema elsewhere.
export function systemOf(answer: { sources: any[] }): any {
  return answer.sources.find(({ id }) => id === 'system')
}
