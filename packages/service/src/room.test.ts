import { defaultConfig, keys, sourceFields, sources } from '@tailboard/contracts'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { RunLock } from './lock.ts'
import type { SourceMemory } from './memory.ts'
import { withRoom } from './room.ts'
import { runOnce } from './run-source.ts'
import { Store } from './store.ts'
import { FakeTime } from './testing/fake-time.ts'
import { systemReading } from './testing/readings.ts'
import { TestRedis } from './testing/redis-server.ts'

const server = new TestRedis()
let redis: Redis
let store: Store

const changed = { at: '2026-11-21T02:00:00.000Z', clock: { boot: 'boot-1', ms: 1 } }
const status = { version: '1', origin: 'file', problems: [], unknownKeys: [], notWritable: null, changed }
const config = JSON.stringify({ status, config: defaultConfig })

beforeAll(() => server.start(['--maxmemory-policy', 'noeviction']))
beforeEach(async () => {
  redis?.disconnect()
  redis = new Redis(server.url)
  await redis.config('SET', 'maxmemory', '0')
  await redis.flushall()
  store = new Store(redis, 'kitchen', new FakeTime())
})
afterAll(async () => {
  redis.disconnect()
  await server[Symbol.asyncDispose]()
})

/** Fills the stream, and leaves no byte beside it. */
async function fill(events: number): Promise<void> {
  const line = 'x'.repeat(400)
  const log = Array.from({ length: 10 }, () => line)
  for (let n = 0; n < events; n++)
    await store.publishFailure('system', {
      kind: 'timeout',
      message: `${n}`,
      hint: null,
      log,
      ...store.now(),
    })
  await redis.set(keys.config, config)
  const [, used] = /used_memory:(\d+)/.exec(await redis.info('memory')) ?? []
  await redis.config('SET', 'maxmemory', String(Number(used) - 1))
}
const length = () => redis.xlen(keys.events)

test('a run at the limit has its lock, its memory, its reading and its cost; only events were given up', async () => {
  await fill(400)
  const contract = sources.system
  const measure = async ({ memory }: { memory: SourceMemory }) => {
    await memory.set('counters', { a: 1 })
    return { data: systemReading }
  }
  const code = await runOnce({ contract, measure }, { REDIS_URL: server.url, TAILBOARD_NODE: 'kitchen' })
  expect(code).toBe(0)
  expect((await store.readSource('system')).reading).not.toBeNull()
  expect(await redis.get(keys.config)).toBe(config)
  expect(await length()).toBeLessThan(400)
  expect(await length()).toBeGreaterThanOrEqual(16)
})

test('each later write finds a place too', async () => {
  await fill(400)
  for (let n = 0; n < 500; n++) await store.publishWrite('test', `later ${n}`)
  const [newest] = await redis.xrevrange(keys.events, '+', '-', 'COUNT', 1)
  expect(newest?.[1][1]).toContain('later 499')
})

test('history goes before the events, its oldest chunk first, and no more of it than is needed', async () => {
  const names = ['boot-0', 'boot-1', 'boot-2'].map(
    (boot) => `${keys.history('kitchen', 'system')}:${boot}:1:0`,
  )
  for (const name of names) {
    await redis.set(name, 'x'.repeat(100_000))
    await redis.rpush(keys.historyChunks, name)
  }
  await fill(40)
  await withRoom(redis, () => redis.set('a', 'x'.repeat(50_000)))
  expect(await redis.lrange(keys.historyChunks, 0, -1)).toEqual(names.slice(1))
  expect(await redis.exists(...names)).toBe(2)
  expect(await length()).toBe(40)
  await redis.config('SET', 'maxmemory', '1')
  await expect(withRoom(redis, () => redis.set('a', 'b'))).rejects.toThrow('OOM')
  expect(await redis.llen(keys.historyChunks)).toBe(0)
  expect(await length()).toBe(16)
})

test('wherever the limit is met, a reading is there as state, event and history, or not at all', async () => {
  const time = new FakeTime()
  const atLimit = new Store(redis, 'kitchen', time)
  const system = keys.source('kitchen', 'system')
  const outcomes = new Set<string>()
  for (let slack = 0; slack < 16_000; slack += 250) {
    time.advance(60_000)
    const { at, clock } = atLimit.now()
    const times = { measuredAt: at, writtenAt: at, clock }
    const reading = { node: 'kitchen', source: 'system', schema: 1, ...times, simulated: false }
    const [, used] = /used_memory:(\d+)/.exec(await redis.info('memory')) ?? []
    await redis.config('SET', 'maxmemory', String(Number(used) - 8_000 + slack))
    const write = atLimit.publishReading({ ...reading, data: systemReading }, null)
    const outcome = await write.then(
      () => 'written',
      (error: { previousErrors?: Error[] } & Error) => `${error} ${error.previousErrors}`,
    )
    outcomes.add(outcome === 'written' ? outcome : 'refused')
    if (outcome !== 'written') expect(outcome).toContain('OOM')
    const state = await redis.hget(system, sourceFields.reading)
    const [[, [, event = '']] = ['', []]] = await redis.xrevrange(keys.events, '+', '-', 'COUNT', 1)
    expect(JSON.parse(state ?? 'null')).toEqual(event === '' ? null : JSON.parse(event).reading)
    expect(state?.includes(at) ?? false).toBe(outcome === 'written')
    const chunks = await redis.lrange(keys.historyChunks, 0, -1)
    expect(chunks.length > 0).toBe(outcome === 'written')
    expect((await redis.keys(`${keys.history('kitchen', 'system')}:*`)).sort()).toEqual(chunks.sort())
  }
  expect(outcomes).toEqual(new Set(['written', 'refused']))
})

test('with nothing left to give up it is said, and the newest events stay', async () => {
  await fill(16)
  await redis.config('SET', 'maxmemory', '1')
  await expect(store.publishWrite('test', 'too much')).rejects.toThrow()
  await expect(new RunLock(redis, 'kitchen', 'system', new FakeTime()).take(1_000)).rejects.toThrow('OOM')
  await expect(withRoom(redis, () => redis.set('a', 'b'))).rejects.toThrow('OOM')
  expect(await length()).toBe(16)
})

test('another failure is not retried', async () => {
  await fill(400)
  let tries = 0
  const write = async () => {
    tries += 1
    throw new Error('something else')
  }
  await expect(withRoom(redis, write)).rejects.toThrow('something else')
  expect(tries).toBe(1)
  expect(await length()).toBe(400)
})
