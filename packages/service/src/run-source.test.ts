import { keys, system, TailboardError } from '@tailboard/contracts'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { exitCodes, type Measurement, runOnce } from './run-source.ts'
import { Store } from './store.ts'
import { FakeTime } from './testing/fake-time.ts'
import { systemReading } from './testing/readings.ts'
import { TestRedis } from './testing/redis-server.ts'

const server = new TestRedis()
let redis: Redis
let store: Store
const time = new FakeTime()

beforeAll(async () => {
  await server.start()
  redis = new Redis(server.url)
  store = new Store(redis, 'kitchen', time)
})
beforeEach(() => redis.flushall())
afterAll(async () => {
  redis.disconnect()
  await server[Symbol.asyncDispose]()
})

const run = (measure: () => Promise<Measurement>) =>
  runOnce(
    { contract: system, measure },
    { REDIS_URL: server.url, TAILBOARD_NODE: 'kitchen', LOG_LEVEL: 'error' },
    time,
  )

test('a reading is stored with its event, and the run tells what it cost', async () => {
  expect(await run(async () => ({ data: systemReading }))).toBe(exitCodes.ok)
  const stored = await store.readSource('system')
  expect(stored.problems).toEqual([])
  expect(stored.outcome).toBe('ok')
  expect(stored.reading).toMatchObject({
    node: 'kitchen',
    source: 'system',
    simulated: false,
    data: systemReading,
  })
  expect(await redis.xlen(keys.events)).toBe(1)
  const said = await store.readLastWords('system', store.now())
  expect(said?.cost.peakMemoryBytes).toBeGreaterThan(1_000_000)
  expect(said?.wantedMs).toBeNull()
})

test('a run that knows when the next one is worth its cost says so, and an older run’s word is nobody’s', async () => {
  await run(async () => ({ data: systemReading, nextInS: 300 }))
  const { clock } = store.now()
  expect((await store.readLastWords('system', store.now()))?.wantedMs).toBe(clock.ms + 300_000)
  time.advance(1)
  expect(await store.readLastWords('system', store.now())).toBeNull()
  // A run that failed wants what the schedule wants.
  await run(() => Promise.reject(new TailboardError('unreachable', 'Nothing answers')))
  expect((await store.readLastWords('system', store.now()))?.wantedMs).toBeNull()
})

test('a failure stands beside the last good reading', async () => {
  await run(async () => ({ data: systemReading }))
  const failing = () =>
    Promise.reject(new TailboardError('unreachable', 'Nothing answers', { hint: 'Plug it in' }))
  expect(await run(failing)).toBe(exitCodes.failed)
  const stored = await store.readSource('system')
  expect(stored.outcome).toBe('failed')
  expect(stored.failure).toMatchObject({
    kind: 'unreachable',
    message: 'Nothing answers',
    hint: 'Plug it in',
  })
  expect(stored.reading?.data).toEqual(systemReading)
})

test('data that is not as agreed is a failure that names the field', async () => {
  const bad = { ...systemReading, memory: { ...systemReading.memory, usedPercent: 130 } }
  expect(await run(async () => ({ data: bad }))).toBe(exitCodes.failed)
  const { failure, reading } = await store.readSource('system')
  expect(failure?.kind).toBe('malformed')
  expect(failure?.message).toContain('memory.usedPercent')
  expect(reading).toBeNull()
})

test('text from outside is harmless in Redis and in the event', async () => {
  const hostile = {
    ...systemReading,
    host: { ...systemReading.host, name: `\u001b[31m\u202epi${'x'.repeat(10_000)}` },
  }
  expect(await run(async () => ({ data: hostile }))).toBe(exitCodes.ok)
  const [, fields] = (await redis.xrange(keys.events, '-', '+'))[0] ?? []
  const stored = [await redis.hget(keys.source('kitchen', 'system'), 'reading'), fields?.[1]]
  for (const text of stored) {
    expect(text).toContain('[31mpixxx')
    expect(text).not.toMatch(/\\u001b|\u202e|x{100}/)
  }
})

test('an unchanged measurement moves the last success, not the reading', async () => {
  const measuredAt = new Date(time.wallMs())
  await run(async () => ({ data: systemReading, measuredAt }))
  const first = await store.readSource('system')
  time.advance(60_000)
  // The order of the keys is no change.
  const turned = Object.fromEntries(Object.entries(systemReading).reverse())
  await run(async () => ({ data: turned, measuredAt }))
  const second = await store.readSource('system')
  expect(second.reading).toEqual(first.reading)
  expect((second.success?.clock.ms ?? 0) - (first.success?.clock.ms ?? 0)).toBe(60_000)
})

test('an unchanged measurement that lacks something is partial, and is not written again', async () => {
  const measuredAt = new Date(time.wallMs())
  const problem = new TailboardError('unreachable', 'One of two was not heard')
  await run(async () => ({ data: systemReading, measuredAt, problem }))
  const first = await store.readSource('system')
  time.advance(60_000)
  await run(async () => ({ data: systemReading, measuredAt, problem }))
  const second = await store.readSource('system')
  expect(second.reading).toEqual(first.reading)
  expect(second).toMatchObject({ outcome: 'partial', failure: { message: 'One of two was not heard' } })
  expect((second.success?.clock.ms ?? 0) - (first.success?.clock.ms ?? 0)).toBe(60_000)
})

test('after a boot an unchanged measurement is written once more, so that its age is of this boot', async () => {
  const measuredAt = new Date(time.wallMs())
  await run(async () => ({ data: systemReading, measuredAt }))
  time.reboot('boot-2')
  await run(async () => ({ data: systemReading, measuredAt }))
  expect((await store.readSource('system')).reading?.clock.boot).toBe('boot-2')
})

test('a device whose clock runs ahead has not measured in the future', async () => {
  await run(async () => ({ data: systemReading, measuredAt: new Date(time.wallMs() + 3_600_000) }))
  const { reading } = await store.readSource('system')
  expect(reading?.measuredAt).toBe(reading?.writtenAt)
})

test('a second run beside the first one measures nothing', async () => {
  let inner: number | undefined
  await run(async () => {
    inner = await run(async () => ({ data: systemReading }))
    return { data: systemReading }
  })
  expect(inner).toBe(exitCodes.alreadyRunning)
  expect(await redis.xlen(keys.events)).toBe(1)
})
