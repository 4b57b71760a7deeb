import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Command,
  type Config,
  defaultConfig,
  keys,
  type SourceSettings,
  system,
  TailboardError,
} from '@tailboard/contracts'
import { Redis } from 'ioredis'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { systemTime } from './clock.ts'
import { createLogger } from './log.ts'
import type { Measurement } from './measurement.ts'
import { createRedis } from './redis.ts'
import { ServiceProcess } from './run-service-source.ts'
import { ServiceRunner, type ServiceSource } from './service-runner.ts'
import { Store } from './store.ts'
import { systemReading } from './testing/readings.ts'
import { TestRedis } from './testing/redis-server.ts'

let server: TestRedis
let redis: Redis
let store: Store
let lines: Record<string, unknown>[]
const log = createLogger({ service: 'test', level: 'info', write: (line) => lines.push(JSON.parse(line)) })
const started: { stop(): Promise<void> }[] = []

beforeEach(async () => {
  lines = []
  server = await new TestRedis().start()
  redis = new Redis(server.url)
  redis.on('error', () => {})
  store = new Store(redis, 'kitchen', systemTime)
})
afterEach(async () => {
  for (const each of started.splice(0)) await each.stop()
  redis.disconnect()
  await server[Symbol.asyncDispose]()
})

const withSettings = (own: Partial<SourceSettings>): Config => ({
  ...defaultConfig,
  sources: { ...defaultConfig.sources, system: { ...defaultConfig.sources.system, ...own } },
})

class Source implements ServiceSource {
  readonly contract = { ...system, life: 'always' as const }
  readonly calls: string[] = []
  measured = 0
  measure = async (): Promise<Measurement> => {
    this.measured += 1
    return { data: systemReading }
  }
  async configure({ settings }: { settings: SourceSettings }): Promise<void> {
    this.calls.push(settings.enabled ? `every ${settings.intervalSeconds}` : 'disabled')
  }
  async carryOut({ verb }: Command): Promise<string> {
    this.calls.push(verb)
    return 'As you say'
  }
  async stop(): Promise<void> {
    this.calls.push('stopped')
  }
}

async function start(source: ServiceSource, settings: Partial<SourceSettings> = { intervalSeconds: 0.05 }) {
  const blocking = createRedis(server.url, { name: 'inbox', log, blocking: true })
  const environment = { TAILBOARD_SIMULATED: false }
  const runner = new ServiceRunner(source, {
    store,
    blocking,
    config: withSettings(settings),
    environment,
    log,
  })
  started.push(runner)
  await runner.start()
  return runner
}

const events = async () =>
  (await redis.xrange(keys.events, '-', '+')).map(
    ([, fields]) => JSON.parse(fields[1] ?? '') as { type: string },
  )
const count = async (type: string) => (await events()).filter((event) => event.type === type).length

async function order(verb: string): Promise<Command> {
  const command: Command = {
    id: randomUUID(),
    node: 'kitchen',
    source: 'system',
    verb,
    args: {},
    by: '100.64.0.2',
    asked: store.now(),
    status: 'queued',
    outcome: null,
    finished: null,
  }
  await store.publishCommand(command)
  return command
}

const outcomes = async () =>
  (await redis.lrange(keys.commandLog('kitchen'), 0, -1))
    .map((json) => JSON.parse(json) as Command)
    .filter(({ status }) => status !== 'queued')
    .map(({ verb, status, outcome }) => [verb, status, outcome])

test('it measures at its interval; an unchanged measurement moves the last success alone', async () => {
  const source = new Source()
  await start(source)
  await vi.waitFor(() => expect(source.measured).toBeGreaterThan(3))
  await vi.waitFor(async () => expect(await count('success')).toBeGreaterThan(1))
  expect(await count('reading')).toBe(1)
  const { reading, success } = await store.readSource('system')
  expect(reading?.data).toEqual(systemReading)
  expect(success?.clock.ms).toBeGreaterThan(reading?.clock.ms ?? Number.POSITIVE_INFINITY)
})

test('a changed one is written', async () => {
  const source = new Source()
  source.measure = async () => {
    source.measured += 1
    return { data: { ...systemReading, host: { ...systemReading.host, uptimeS: source.measured } } }
  }
  await start(source)
  await vi.waitFor(async () => expect(await count('reading')).toBeGreaterThan(2))
})

test('a failure that lasts is published and logged once, and is over with the next success', async () => {
  const source = new Source()
  let isThere = false
  source.measure = async () => {
    source.measured += 1
    if (!isThere) throw new TailboardError('missing-hardware', 'Nothing there', { hint: 'Put it on' })
    return { data: systemReading }
  }
  await start(source)
  await vi.waitFor(() => expect(source.measured).toBeGreaterThan(4))
  expect(await count('failure')).toBe(1)
  expect(lines.filter(({ message }) => message === 'failed')).toHaveLength(1)
  expect(await store.readSource('system')).toMatchObject({
    outcome: 'failed',
    failure: { kind: 'missing-hardware', hint: 'Put it on' },
  })
  isThere = true
  await vi.waitFor(async () => expect((await store.readSource('system')).outcome).toBe('ok'))
})

test('a part that is missing is said beside the reading', async () => {
  const source = new Source()
  source.measure = async () => ({
    data: systemReading,
    problem: new TailboardError('unreachable', 'Half of it'),
  })
  await start(source)
  await vi.waitFor(async () =>
    expect(await store.readSource('system')).toMatchObject({
      outcome: 'partial',
      failure: { message: 'Half of it' },
    }),
  )
})

test('a fault in the source is a failure, and it goes on', async () => {
  const source = new Source()
  source.measure = async () => {
    source.measured += 1
    if (source.measured === 1) throw new TypeError('undefined is not a function')
    return { data: systemReading }
  }
  await start(source)
  await vi.waitFor(async () => expect((await store.readSource('system')).outcome).toBe('ok'))
  expect(lines.some(({ message }) => message === 'a fault in the program')).toBe(true)
})

test('a measurement that hangs is given up at its time limit, and the next one begins', async () => {
  const source = new Source()
  source.measure = async () => {
    source.measured += 1
    return source.measured === 1 ? new Promise<never>(() => {}) : { data: systemReading }
  }
  await start(source, { intervalSeconds: 0.05, timeoutSeconds: 0.2 })
  await vi.waitFor(async () => expect((await store.readSource('system')).outcome).toBe('ok'))
  expect((await store.readSource('system')).failure?.kind).toBe('timeout')
})

test('a configuration that comes into force is taken up; switched off, nothing is measured', async () => {
  const source = new Source()
  await start(source, { intervalSeconds: 30 })
  const publish = (own: Partial<SourceSettings>) =>
    store.publishConfig({
      status: {
        version: 'v1',
        origin: 'file',
        problems: [],
        unknownKeys: [],
        notWritable: null,
        changed: store.now(),
      },
      config: withSettings(own),
    })
  await vi.waitFor(() => expect(source.measured).toBe(1))
  await publish({ intervalSeconds: 20 })
  await vi.waitFor(() => expect(source.calls).toEqual(['every 30', 'every 20']))
  await vi.waitFor(() => expect(source.measured).toBe(2))
  await publish({ intervalSeconds: 20, enabled: false })
  await vi.waitFor(() => expect(source.calls.at(-1)).toBe('disabled'))
  await sleep(100)
  expect(source.measured).toBe(2)
  await publish({ intervalSeconds: 20 })
  await vi.waitFor(() => expect(source.measured).toBe(3))
})

test('a command is carried out as it comes, and what it changed is measured at once', async () => {
  const source = new Source()
  await start(source, { intervalSeconds: 600 })
  await vi.waitFor(() => expect(source.measured).toBe(1))
  await order('message')
  await vi.waitFor(async () => expect(await outcomes()).toEqual([['message', 'done', 'As you say']]))
  await vi.waitFor(() => expect(source.measured).toBe(2))
  await order('run')
  await vi.waitFor(() => expect(source.measured).toBe(3))
  expect(source.calls).not.toContain('run')
})

test('commands that came while it was away are carried out at its start', async () => {
  await order('message')
  const source = new Source()
  await start(source, { intervalSeconds: 600 })
  await vi.waitFor(async () => expect(await outcomes()).toEqual([['message', 'done', 'As you say']]))
})

test('a Redis that comes back empty gets the reading again, changed or not', async () => {
  const source = new Source()
  await start(source)
  await vi.waitFor(async () => expect(await count('success')).toBeGreaterThan(0))
  await server.stop()
  await sleep(200)
  await server.start()
  await vi.waitFor(async () => expect((await store.readSource('system')).reading).not.toBeNull(), {
    timeout: 20_000,
  })
  const complaints = lines.filter(({ message }) => String(message).includes('could not be finished'))
  expect(complaints.length).toBeLessThan(4)
})

test('stopping ends what is under way, and lets go of the hardware', async () => {
  const source = new Source()
  source.measure = () => new Promise<never>(() => {})
  const runner = await start(source)
  await sleep(50)
  await runner.stop()
  expect(source.calls.at(-1)).toBe('stopped')
  expect(await count('failure')).toBe(0)
})

test('started before Redis and before its name is known, it waits; then it says that it lives', async () => {
  await server.stop()
  const source = new Source()
  const environment = {
    REDIS_URL: server.url,
    LOG_LEVEL: 'info' as const,
    TAILBOARD_NODE: '',
    TAILBOARD_SIMULATED: true,
  }
  const running = new ServiceProcess(source, { version: '1', log, environment })
  started.push(running)
  const start = running.start()
  await sleep(300)
  await server.start()
  await redis.set(keys.localNode, 'kitchen')
  await start
  await vi.waitFor(async () => expect((await store.readSource('system')).reading?.simulated).toBe(true))
  expect(await redis.get(keys.service('kitchen', 'source-system'))).not.toBeNull()
  await running.stop()
  expect(await redis.get(keys.service('kitchen', 'source-system'))).toBeNull()
})
