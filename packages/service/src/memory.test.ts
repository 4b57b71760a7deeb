import { keys } from '@tailboard/contracts'
import { Redis } from 'ioredis'
import * as v from 'valibot'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createLogger } from './log.ts'
import { SourceMemory } from './memory.ts'
import { TestRedis } from './testing/redis-server.ts'

const server = new TestRedis()
const lines: string[] = []
const log = createLogger({ service: 'test', write: (line) => lines.push(line) })
let redis: Redis
let memory: SourceMemory

beforeAll(async () => {
  await server.start()
  redis = new Redis(server.url)
  memory = new SourceMemory(redis, 'kitchen', 'system', log)
})
afterAll(async () => {
  redis.disconnect()
  await server[Symbol.asyncDispose]()
})

const schema = v.object({ count: v.number() })

test('what is kept comes back, until it is deleted', async () => {
  await memory.set('counters', { count: 3 })
  expect(await memory.get('counters', schema)).toEqual({ count: 3 })
  expect(await memory.recall('counters', schema)).toEqual({ count: 3 })
  await memory.delete('counters')
  expect(await memory.get('counters', schema)).toBeNull()
})

test.each(['{"count":', '{"count":"secret-of-a-session"}', '[]'])(
  'a damaged memory (%s) is an error to `get`; `recall` says so in the log, and there is nothing',
  async (damaged) => {
    lines.length = 0
    await redis.hset(keys.memory('kitchen', 'system'), { counters: damaged })
    await expect(memory.get('counters', schema)).rejects.toMatchObject({ kind: 'malformed' })
    expect(await memory.recall('counters', schema)).toBeNull()
    expect(lines).toHaveLength(1)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'warn', name: 'counters' })
    expect(lines.join()).not.toContain('secret-of-a-session')
  },
)

test('a Redis that is away is no damaged memory', async () => {
  const gone = new Redis(server.url, { lazyConnect: true })
  gone.disconnect()
  await expect(new SourceMemory(gone, 'kitchen', 'system', log).recall('counters', schema)).rejects.toThrow()
})
