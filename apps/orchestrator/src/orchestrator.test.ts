import {
  type Config,
  configSchema,
  defaultConfig,
  type Event,
  keys,
  type Order,
  type RunRecord,
  type SourceSettings,
  sourceIds,
  sources,
  stampPlus,
  TailboardError,
} from '@tailboard/contracts'
import { createLogger, createRedis, RunLock, Store } from '@tailboard/service'
import { FakeTime } from '@tailboard/service/testing/fake-time'
import { systemReading } from '@tailboard/service/testing/readings'
import { TestRedis } from '@tailboard/service/testing/redis-server'
import { Redis } from 'ioredis'
import * as v from 'valibot'
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest'
import { Orchestrator } from './orchestrator.ts'
import { cleanEnd, FakeLauncher, hang } from './testing/fake-launcher.ts'

const server = new TestRedis()
const log = createLogger({ service: 'test', level: 'error', write: () => {} })
let redis: Redis
let store: Store
let time: FakeTime
let launcher: FakeLauncher
let alive: { orchestrator: Orchestrator; main: Redis }[] = []

beforeAll(() => server.start())
beforeEach(async () => {
  redis = new Redis(server.url, { retryStrategy: () => 50 })
  redis.on('error', () => {})
  await redis.flushall()
  time = new FakeTime()
  store = new Store(redis, 'kitchen', time)
  launcher = new FakeLauncher()
})
afterEach(async () => {
  for (const { orchestrator, main } of alive) {
    await orchestrator.stop()
    main.disconnect()
  }
  alive = []
  redis.disconnect()
})
afterAll(() => server[Symbol.asyncDispose]())

async function publishConfig(system: Partial<SourceSettings>, rest: Partial<Config> = {}): Promise<void> {
  // What one source does is told by one source: the others are off.
  const off = sourceIds.filter((id) => id !== 'system').map((id) => [id, { enabled: false }])
  const config = v.parse(configSchema, {
    ...defaultConfig,
    ...rest,
    sources: { ...Object.fromEntries(off), system },
  })
  const status = {
    version: String(Math.random()),
    origin: 'file',
    problems: [],
    unknownKeys: [],
    notWritable: null,
    changed: store.now(),
  } as const
  await store.publishConfig({ status: { ...status, problems: [], unknownKeys: [] }, config })
}

async function start(): Promise<Orchestrator> {
  const main = createRedis(server.url, { name: 'test', log })
  await main.connect()
  const connect = (name: string) => createRedis(server.url, { name, log, blocking: true })
  const own = new Store(main, 'kitchen', time)
  const orchestrator = new Orchestrator({ store: own, connect, launcher, log, random: () => 0 })
  alive.push({ orchestrator, main })
  await orchestrator.start()
  return orchestrator
}

const until = (claim: () => unknown) => vi.waitFor(claim, { timeout: 20_000, interval: 20 })
const state = async () => (await store.readSource('system')).run
const records = async () =>
  (await redis.lrange(keys.runs('kitchen'), 0, -1)).map(
    (json) => JSON.parse(json) as RunRecord & { source: string },
  )
const events = async () =>
  (await redis.xrange(keys.events, '-', '+')).map(([, fields]) => JSON.parse(fields[1] ?? '') as Event)
const order = (change: Partial<Order> = {}) =>
  redis.lpush(
    keys.orders('kitchen'),
    JSON.stringify({ type: 'run', source: 'system', by: '100.64.0.7', asked: store.now(), ...change }),
  )
const ended = (count: number) => until(async () => expect(await records()).toHaveLength(count))

/** A run that writes a reading, as a real one does. */
async function measure(nextInS?: number): Promise<typeof cleanEnd> {
  const stamp = store.now()
  const reading = {
    node: 'kitchen',
    source: 'system',
    schema: 1,
    measuredAt: stamp.at,
    writtenAt: stamp.at,
    clock: stamp.clock,
    simulated: false,
  }
  await store.publishReading({ ...reading, data: systemReading }, null)
  await store.writeCost('system', { peakMemoryBytes: 30_000_000, cpuMs: 120 }, nextInS)
  return cleanEnd
}

test('runs at start, records what it cost, and runs again at the interval', async () => {
  await publishConfig({ intervalSeconds: 60 })
  launcher.work = () => measure()
  const orchestrator = await start()
  await ended(1)
  const [first] = await records()
  expect(first).toMatchObject({ source: 'system', result: 'ok', exitCode: 0, cause: 'schedule' })
  expect(first?.cost).toEqual({ peakMemoryBytes: 30_000_000, cpuMs: 120 })
  const { next, running } = await state()
  expect(running).toBeNull()
  expect(next?.clock.ms).toBe(time.monotonicMs() + 60_000)
  time.advance(59_000)
  orchestrator.wake()
  expect(launcher.begun).toHaveLength(1)
  time.advance(1_000)
  orchestrator.wake()
  await ended(2)
})

test('a run that knows when its device measures next is followed then', async () => {
  await publishConfig({ intervalSeconds: 60 })
  launcher.work = () => measure(95)
  const orchestrator = await start()
  await ended(1)
  expect((await state()).next?.clock.ms).toBe(time.monotonicMs() + 95_000)
  time.advance(94_000)
  orchestrator.wake()
  expect(launcher.begun).toHaveLength(1)
  time.advance(1_000)
  orchestrator.wake()
  await ended(2)
})

test('a run that hangs is killed five seconds after its limit, recorded, and its lock is freed', async () => {
  await publishConfig({ timeoutSeconds: 20 })
  launcher.work = async (source, signal) => {
    await new RunLock(redis, 'kitchen', source, time).take(40_000)
    return hang(source, signal)
  }
  const orchestrator = await start()
  await until(async () => expect((await state()).running).not.toBeNull())
  time.advance(24_999)
  orchestrator.wake()
  expect((await state()).running).not.toBeNull()
  time.advance(1)
  orchestrator.wake()
  await ended(1)
  expect((await records())[0]).toMatchObject({ result: 'timeout', exitCode: 137, cost: null })
  expect((await store.readSource('system')).failure).toMatchObject({
    kind: 'timeout',
    message: 'The run did not end within 20 s and was stopped',
  })
  expect(await redis.exists(keys.lock('kitchen', 'system'))).toBe(0)
})

test('the lock of a run by hand that began before stays', async () => {
  await publishConfig({})
  await new RunLock(redis, 'kitchen', 'system', time).take(60_000)
  time.advance(1)
  launcher.work = async () => ({ ...cleanEnd, exitCode: 1 })
  await start()
  await ended(1)
  expect(await redis.exists(keys.lock('kitchen', 'system'))).toBe(1)
})

test('a run that finds another one under way is no run and no failure', async () => {
  await publishConfig({})
  launcher.work = async () => ({ ...cleanEnd, exitCode: 75 })
  await start()
  await until(async () => expect((await state()).next).not.toBeNull())
  expect(await records()).toEqual([])
  expect((await store.readSource('system')).failure).toBeNull()
})

test.each([
  [{ exitCode: 137, oomKilled: true }, 'crashed', 'It needed more memory than it may have, and was ended'],
  [
    { exitCode: 3, logTail: ['TypeError: boom', '\u001b[31mred'] },
    'crashed',
    'The run ended without a word (exit code 3)',
  ],
  [{ exitCode: 69 }, 'unreachable', 'The run could not reach Redis'],
  [
    {
      exitCode: 78,
      logTail: [
        '{"level":"error","error":{"kind":"misconfigured","message":"HOST_PROC is missing","hint":"Mend .env"}}',
      ],
    },
    'misconfigured',
    'HOST_PROC is missing',
  ],
])('a run that could not say why it failed is spoken for: %o', async (end, kind, message) => {
  await publishConfig({})
  launcher.work = async () => ({ ...cleanEnd, ...end })
  await start()
  await ended(1)
  const { failure, outcome } = await store.readSource('system')
  expect(outcome).toBe('failed')
  expect(failure).toMatchObject({ kind, message })
  expect(failure?.log?.join('') ?? '').not.toContain('\u001b')
  expect((await state()).failuresInARow).toBe(1)
})

test('what a failed run said itself stands, with the end of its log', async () => {
  await publishConfig({})
  launcher.work = async () => {
    await store.publishFailure('system', {
      kind: 'missing-hardware',
      message: 'No sensor',
      hint: 'Plug it in',
      ...store.now(),
    })
    return { ...cleanEnd, exitCode: 1, logTail: ['first', 'last'] }
  }
  await start()
  await ended(1)
  expect((await records())[0]?.result).toBe('failed')
  expect((await store.readSource('system')).failure).toMatchObject({
    kind: 'missing-hardware',
    message: 'No sensor',
    hint: 'Plug it in',
    log: ['first', 'last'],
  })
})

test('a missing image is a failure with its hint, and backs off', async () => {
  await publishConfig({ intervalSeconds: 60 })
  launcher.whenPreparing = () =>
    Promise.reject(
      new TailboardError('missing-image', 'The image is missing', { hint: 'docker compose build' }),
    )
  const orchestrator = await start()
  await ended(1)
  time.advance(60_000)
  orchestrator.wake()
  await ended(2)
  expect((await records())[0]).toMatchObject({ result: 'not-started', exitCode: null })
  expect((await store.readSource('system')).failure).toMatchObject({
    kind: 'missing-image',
    hint: 'docker compose build',
  })
  const { next, failuresInARow } = await state()
  expect(failuresInARow).toBe(2)
  expect(next?.clock.ms).toBe(time.monotonicMs() + 120_000)
  expect(launcher.begun).toEqual([])
})

test('an engine that is away is said, and the source runs when it is back', async () => {
  await publishConfig({})
  const away = new TailboardError('unreachable', 'Docker does not answer', {
    hint: 'systemctl status docker',
  })
  let isAway = true
  launcher.whenReady = launcher.whenPreparing = () => (isAway ? Promise.reject(away) : Promise.resolve())
  const isStarted = start()
  await until(async () =>
    expect(await redis.hget(keys.notices('kitchen'), 'engine')).toContain('Docker does not answer'),
  )
  expect(launcher.begun).toEqual([])
  isAway = false
  await isStarted
  await ended(1)
  expect(await redis.hget(keys.notices('kitchen'), 'engine')).toBeNull()
})

test('an engine that goes away under a start is no failure in a row, and runs nothing twice', async () => {
  await publishConfig({})
  let failures = 0
  launcher.work = async () => {
    failures += 1
    if (failures === 1) throw new TailboardError('unreachable', 'Docker does not answer')
    return cleanEnd
  }
  await start()
  await ended(1)
  expect((await records())[0]?.result).toBe('ok')
  expect((await state()).failuresInARow).toBe(0)
  expect(launcher.begun).toHaveLength(2)
})

test('an option that can’t be carried out is an error by name at start, and ends when it is mended', async () => {
  await publishConfig({})
  launcher.problems = [
    new TailboardError('misconfigured', 'source-system: blkio_config can’t be carried over'),
  ]
  await start()
  await until(async () =>
    expect(await redis.hget(keys.notices('kitchen'), 'compose')).toContain('blkio_config'),
  )
  launcher.problems = []
  await order()
  await until(async () => expect(await redis.hget(keys.notices('kitchen'), 'compose')).toBeNull())
})

test('a killed orchestrator: the next one takes up the run, and runs nothing twice', async () => {
  await publishConfig({})
  let finish = (_end: typeof cleanEnd) => {}
  launcher.work = () => new Promise((resolve) => (finish = resolve))
  await start()
  await until(async () => expect((await state()).running).not.toBeNull())
  const startedMs = time.monotonicMs()
  // SIGKILL: its connections drop, and it never says another word.
  for (const { main } of alive) main.disconnect()
  const [dead] = alive.splice(0)
  time.advance(3_000)
  await start()
  time.advance(2_000)
  expect((await state()).running?.clock.ms).toBe(startedMs)
  finish(cleanEnd)
  await ended(1)
  expect((await records())[0]).toMatchObject({ result: 'ok', durationMs: 5_000 })
  expect(launcher.begun).toHaveLength(1)
  expect(launcher.overlapped).toBe(false)
  await dead?.orchestrator.stop()
})

test('a run that ended while the orchestrator was dead is recorded, and waits for its turn', async () => {
  await publishConfig({ intervalSeconds: 60 })
  await store.publishRun('system', { running: store.now(), next: null, failuresInARow: 0, last: null })
  time.advance(10_000)
  launcher.takeUp = async () => ({ ...cleanEnd, durationMs: 800 })
  await start()
  await ended(1)
  expect((await records())[0]).toMatchObject({ result: 'ok', durationMs: 800 })
  expect(launcher.begun).toEqual([])
  expect((await state()).next?.clock.ms).toBe(time.monotonicMs() + 50_000)
})

test('a run that nobody knows the end of is said to be lost', async () => {
  await publishConfig({})
  await store.publishRun('system', { running: store.now(), next: null, failuresInARow: 0, last: null })
  await start()
  await ended(1)
  expect((await records())[0]).toMatchObject({ result: 'crashed', exitCode: null })
})

test('after a restart a source waits for its turn; after a boot it runs at once', async () => {
  await publishConfig({ intervalSeconds: 60 })
  const first = await start()
  await ended(1)
  await first.stop()
  time.advance(10_000)
  await (await start()).stop()
  expect(launcher.begun).toHaveLength(1)
  time.reboot('boot-2')
  await start()
  await ended(2)
})

test('an interval that changes moves the next run within two seconds; nothing is restarted', async () => {
  await publishConfig({ intervalSeconds: 600 })
  await start()
  await ended(1)
  await publishConfig({ intervalSeconds: 30 })
  await until(async () => expect((await state()).next?.clock.ms).toBe(time.monotonicMs() + 30_000))
  time.advance(30_000)
  await publishConfig({ intervalSeconds: 30, timeoutSeconds: 9 })
  await ended(2)
})

test('a source that is switched off does not run by schedule or by hand, and runs when it is on again', async () => {
  await publishConfig({ enabled: false })
  await start()
  await order()
  await until(async () => expect(await redis.llen(keys.orders('kitchen'))).toBe(0))
  expect(launcher.begun).toEqual([])
  await publishConfig({ enabled: true })
  await ended(1)
})

test('a source that gives back runs exactly once more when it is switched off, also when we were away then', async () => {
  const contract = sources.system as { givesBack: boolean }
  contract.givesBack = true
  onTestFinished(() => {
    contract.givesBack = false
  })
  await publishConfig({})
  const first = await start()
  await ended(1)
  await publishConfig({ enabled: false })
  await ended(2)
  await publishConfig({ enabled: true })
  await ended(3)
  await first.stop()
  await publishConfig({ enabled: false })
  const second = await start()
  await ended(4)
  await second.stop()
  time.advance(3_600_000)
  await start()
  await order({ type: 'status' })
  await until(async () => expect(await redis.exists(keys.status('kitchen'))).toBe(1))
  expect(launcher.begun).toHaveLength(4)
  expect(await state()).toMatchObject({ running: null, next: null })
})

test('an order runs it at once and is recorded with who asked; one under a running run does not run twice', async () => {
  await publishConfig({})
  await start()
  await ended(1)
  let finish = () => {}
  launcher.work = () => new Promise((resolve) => (finish = () => resolve(cleanEnd)))
  await order()
  await until(async () => expect((await state()).running).not.toBeNull())
  await order()
  await until(async () => expect(await redis.llen(keys.orders('kitchen'))).toBe(0))
  finish()
  await ended(2)
  expect((await records())[0]?.cause).toBe('100.64.0.7')
  expect(launcher.begun).toHaveLength(2)
})

test('an order that is too old, of another boot, of an unknown source or no order at all changes nothing', async () => {
  await publishConfig({})
  await start()
  await ended(1)
  await order({ asked: stampPlus(store.now(), -61_000) })
  await order({ asked: { ...store.now(), clock: { boot: 'before', ms: 1 } } })
  await order({ source: 'nobody' } as never)
  await order({ source: '../../etc' } as never)
  await redis.lpush(keys.orders('kitchen'), '{"type":"exec","cmd":"rm"}', 'no JSON')
  await until(async () => expect(await redis.llen(keys.orders('kitchen'))).toBe(0))
  await order()
  await ended(2)
  expect(launcher.begun).toHaveLength(2)
})

test('a command that came under a running run is carried out by one more run', async () => {
  await publishConfig({})
  launcher.work = async () => {
    // The first run took its commands at its start; this one came later.
    if (launcher.begun.length === 1) await redis.lpush(keys.queuedCommands('kitchen', 'system'), '{}')
    else await redis.del(keys.queuedCommands('kitchen', 'system'))
    return cleanEnd
  }
  await start()
  await ended(2)
  expect((await records())[0]?.cause).toBe('command')
})

test('the status is told when it is asked for, and only then', async () => {
  await publishConfig({})
  await start()
  await ended(1)
  expect(await redis.exists(keys.status('kitchen'))).toBe(0)
  await order({ type: 'status' })
  await until(async () => {
    const status = JSON.parse((await redis.get(keys.status('kitchen'))) ?? '{}')
    expect(status.changedVariables).toEqual([{ service: 'source-system', name: 'LOG_LEVEL' }])
  })
  expect(await redis.ttl(keys.status('kitchen'))).toBeLessThanOrEqual(30)
})

test.each([9, -2])('a wall clock that jumps %i hours is an event; no run comes of it', async (hours) => {
  await publishConfig({ intervalSeconds: 60 })
  const orchestrator = await start()
  await ended(1)
  const before = await state()
  time.jump(hours * 3_600_000)
  orchestrator.wake()
  await until(async () => {
    expect((await events()).filter(({ type }) => type === 'clock')).toMatchObject([
      { jumpMs: hours * 3_600_000 },
    ])
    const { next } = await state()
    expect(next?.clock.ms).toBe(before.next?.clock.ms)
    expect(Date.parse(next?.at ?? '') - Date.parse(before.next?.at ?? '')).toBe(hours * 3_600_000)
  })
  expect(launcher.begun).toHaveLength(1)
})

test('Redis away for a while: no run is wasted, what ended meanwhile is recorded, everything is said again', async () => {
  await publishConfig({ intervalSeconds: 60 })
  let finish = () => {}
  launcher.work = () => new Promise((resolve) => (finish = () => resolve(cleanEnd)))
  const orchestrator = await start()
  await until(async () => expect((await state()).running).not.toBeNull())
  await server.stop()
  await until(() => expect(alive[0]?.main.status).not.toBe('ready'))
  finish()
  launcher.work = async () => cleanEnd
  for (let n = 0; n < 6; n++) {
    time.advance(60_000)
    orchestrator.wake()
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  expect(launcher.begun).toHaveLength(1)
  // It comes back with nothing in it: what stands is said again, and the configuration that was in force still is.
  await server.start()
  await ended(2)
  expect(launcher.begun).toHaveLength(2)
  expect(launcher.overlapped).toBe(false)
  expect(await redis.get(keys.localNode)).toBe('kitchen')
  await order()
  await ended(3)
  await publishConfig({ intervalSeconds: 20 })
  await until(async () => expect((await state()).next?.clock.ms).toBe(time.monotonicMs() + 20_000))
})

test('Redis that refuses to write: nothing is run until it takes records again', async () => {
  await publishConfig({ intervalSeconds: 60 })
  const orchestrator = await start()
  await ended(1)
  await redis.config('SET', 'maxmemory', '1')
  time.advance(60_000)
  orchestrator.wake()
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(launcher.begun).toHaveLength(1)
  await redis.config('SET', 'maxmemory', '0')
  orchestrator.wake()
  await ended(2)
})

test('at its end it kills what runs, records that, and has the launcher clean up', async () => {
  await publishConfig({})
  launcher.work = hang
  const orchestrator = await start()
  await until(async () => expect((await state()).running).not.toBeNull())
  await orchestrator.stop()
  expect(launcher.stopped).toBe(1)
  expect((await records())[0]?.result).toBe('killed')
  expect(await state()).toMatchObject({ running: null, failuresInARow: 0 })
  expect((await store.readSource('system')).failure).toBeNull()
})
