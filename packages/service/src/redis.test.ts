import type { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { LogFields, Logger } from './log.ts'
import { createRedis } from './redis.ts'
import { TestRedis } from './testing/redis-server.ts'

const server = new TestRedis()
const said: string[] = []
const note = (message: string, _fields?: LogFields) => void said.push(message)
const log: Logger = { debug: () => {}, info: note, warn: note, error: note }
const open: Redis[] = []
const connect = (url: string, blocking = false) => {
  const redis = createRedis(url, { name: 'test', log, blocking })
  open.push(redis)
  return redis
}

/** Until the answer is there; the runner's own limit bounds it. */
async function until(isDone: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await isDone())) await new Promise((resolve) => setTimeout(resolve, 20))
}

beforeAll(() => server.start())
afterAll(async () => {
  for (const redis of open) redis.disconnect()
  await server[Symbol.asyncDispose]()
})

test('it comes back by itself after the server was away, and says so once', async () => {
  const redis = connect(server.url)
  await redis.set('a', '1')
  await server.stop()
  await expect(redis.get('a')).rejects.toThrow()
  await expect(redis.get('a')).rejects.toThrow()
  await until(() => said.includes('Redis is away'))
  await server.start()
  await until(async () => (await redis.ping().catch(() => '')) === 'PONG')
  expect(said).toEqual(['Redis is away', 'Redis is back'])
})

test('what waits for something is woken by the loss, and waits again afterwards', async () => {
  const redis = connect(server.url, true)
  const waiting = redis.blpop('queue', 0)
  await until(async () => String(await connect(server.url).client('LIST')).includes('cmd=blpop'))
  const lost = expect(waiting).rejects.toThrow()
  await server.stop()
  await lost
  await server.start()
  const writer = connect(server.url)
  await writer.rpush('queue', 'job')
  let got: string[] | null = null
  await until(async () => {
    got = await redis.blpop('queue', 1).catch(() => null)
    return got !== null
  })
  expect(got).toEqual(['queue', 'job'])
})

test('with no server at all a command fails instead of waiting for ever', async () => {
  const redis = connect('redis://127.0.0.1:1')
  await expect(redis.ping()).rejects.toThrow()
})

test('a Unix socket is as good, with or without unix:', async () => {
  const path = `/tmp/tailboard-test-${process.pid}.sock`
  const local = new TestRedis()
  await local.start(['--unixsocket', path])
  try {
    for (const url of [path, `unix:${path}`]) expect(await connect(url).ping()).toBe('PONG')
  } finally {
    await local[Symbol.asyncDispose]()
  }
})
