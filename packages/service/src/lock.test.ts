import { keys } from '@tailboard/contracts'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { RunLock } from './lock.ts'
import { FakeTime } from './testing/fake-time.ts'
import { TestRedis } from './testing/redis-server.ts'

const server = new TestRedis()
let redis: Redis
let time: FakeTime
const lock = () => new RunLock(redis, 'kitchen', 'system', time)

beforeAll(async () => {
  await server.start()
  redis = new Redis(server.url)
})
beforeEach(async () => {
  await redis.flushall()
  time = new FakeTime()
})
afterAll(async () => {
  redis.disconnect()
  await server[Symbol.asyncDispose]()
})

test('of two holders one has it, and the other when it is given back', async () => {
  const [first, second] = [lock(), lock()]
  expect(await first.take(1_000)).toBe(true)
  expect(await second.take(1_000)).toBe(false)
  await first.give()
  expect(await second.take(1_000)).toBe(true)
})

test('of twenty at once exactly one has it', async () => {
  const taken = await Promise.all(Array.from({ length: 20 }, () => lock().take(1_000)))
  expect(taken.filter(Boolean)).toHaveLength(1)
})

test('who did not get it can’t give it away', async () => {
  const [first, second] = [lock(), lock()]
  await first.take(1_000)
  await second.take(1_000)
  await second.give()
  expect(await lock().take(1_000)).toBe(false)
})

test('past its time it is free, and the late holder takes nothing from the new one', async () => {
  const [late, next] = [lock(), lock()]
  await late.take(1_000)
  time.advance(999)
  expect(await next.take(1_000)).toBe(false)
  time.advance(1)
  expect(await next.take(1_000)).toBe(true)
  await late.give()
  expect(await lock().take(1_000)).toBe(false)
})

test('a wall clock that jumps neither frees nor holds it', async () => {
  await lock().take(1_000)
  time.jump(9 * 3_600_000)
  expect(await lock().take(1_000)).toBe(false)
  time.jump(-11 * 3_600_000)
  time.advance(1_000)
  expect(await lock().take(1_000)).toBe(true)
})

test('a lock of an earlier boot is free', async () => {
  await lock().take(1_000_000)
  time.reboot('boot-2')
  expect(await lock().take(1_000)).toBe(true)
})

test('a record that can’t be read holds nobody up', async () => {
  await redis.set(keys.lock('kitchen', 'system'), 'garbage')
  expect(await lock().take(1_000)).toBe(true)
  await redis.set(keys.lock('kitchen', 'system'), '{"boot":"boot-1"}')
  expect(await lock().take(1_000)).toBe(true)
})

test('the lock of a run that died is freed; one that was taken before that run began stays', async () => {
  await lock().take(60_000)
  time.advance(1)
  const beganMs = time.monotonicMs()
  await lock().free(beganMs)
  expect(await lock().take(1_000)).toBe(false)
  time.advance(60_000)
  await lock().take(60_000)
  await lock().free(beganMs)
  expect(await lock().take(1_000)).toBe(true)
  await redis.set(keys.lock('kitchen', 'system'), 'garbage')
  await lock().free(beganMs)
  expect(await redis.exists(keys.lock('kitchen', 'system'))).toBe(0)
})
