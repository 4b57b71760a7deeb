import { heartbeatSchema, keys, limits } from '@tailboard/contracts'
import { Redis } from 'ioredis'
import * as v from 'valibot'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { HeartbeatSender } from './heartbeat.ts'
import { createLogger } from './log.ts'
import { Store } from './store.ts'
import { FakeTime } from './testing/fake-time.ts'
import { TestRedis } from './testing/redis-server.ts'

const server = new TestRedis()
const time = new FakeTime()
const key = keys.service('kitchen', 'gateway')
let redis: Redis
const sender = () =>
  new HeartbeatSender(
    new Store(redis, 'kitchen', time),
    createLogger({ service: 'test', write: () => {} }),
    'gateway',
    '1.2.3',
  )
const read = async () => {
  const json = await redis.get(key)
  return json === null ? null : v.parse(heartbeatSchema, JSON.parse(json))
}

beforeAll(async () => {
  await server.start()
  redis = new Redis(server.url)
})
afterAll(async () => {
  vi.useRealTimers()
  redis.disconnect()
  await server[Symbol.asyncDispose]()
})

test('it says at once who lives, for as long as one may be silent', async () => {
  const heartbeat = sender()
  heartbeat.start()
  const said = await vi.waitUntil(read)
  expect(said).toMatchObject({ service: 'gateway', version: '1.2.3' })
  expect(said?.memoryBytes).toBeGreaterThan(1_000_000)
  const leftMs = await redis.pttl(key)
  expect(leftMs).toBeGreaterThan(limits.heartbeatMs)
  expect(leftMs).toBeLessThanOrEqual(limits.heartbeatLostMs)
  await heartbeat.stop()
})

test('it says it again, with the start that it had', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const heartbeat = sender()
  heartbeat.start()
  await vi.waitUntil(read)
  const started = time.monotonicMs()
  time.advance(limits.heartbeatMs)
  vi.advanceTimersByTime(limits.heartbeatMs)
  await vi.waitUntil(async () => (await read())?.said.clock.ms === started + limits.heartbeatMs)
  expect((await read())?.started.clock.ms).toBe(started)
  await heartbeat.stop()
  vi.useRealTimers()
})

test('who stops is gone at once, also when it stops as it speaks', async () => {
  for (let round = 0; round < 20; round++) {
    const heartbeat = sender()
    heartbeat.start()
    await heartbeat.stop()
    expect(await redis.exists(key)).toBe(0)
  }
})
