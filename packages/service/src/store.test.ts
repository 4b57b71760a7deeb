import { type Failure, keys } from '@tailboard/contracts'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { redactor } from './redact.ts'
import { Store } from './store.ts'
import { FakeTime } from './testing/fake-time.ts'
import { TestRedis } from './testing/redis-server.ts'

const server = new TestRedis()
const secret = 'planted/secret&1'
const encoded = encodeURIComponent(secret)
let redis: Redis
let store: Store

beforeAll(async () => {
  await server.start()
  redis = new Redis(server.url)
  store = new Store(redis, 'kitchen', new FakeTime())
  redactor.add(secret)
  // A weak one, that is also a word of ours.
  redactor.add('timeout')
})
beforeEach(() => redis.flushall())
afterAll(async () => {
  redis.disconnect()
  await server[Symbol.asyncDispose]()
})

/** Everything that Redis holds, as one text. */
async function dump(): Promise<string> {
  const hashes = [keys.source('kitchen', 'system'), keys.notices('kitchen')]
  const lists = [keys.commandLog('kitchen'), keys.queuedCommands('kitchen', 'system')]
  return JSON.stringify([
    await redis.xrange(keys.events, '-', '+'),
    await Promise.all(hashes.map((key) => redis.hgetall(key))),
    await Promise.all(lists.map((key) => redis.lrange(key, 0, -1))),
  ])
}
const failure = (message: string): Failure => ({
  kind: 'timeout',
  message,
  hint: message,
  log: [message],
  ...store.now(),
})

test('text from outside is harmless in state and event, whatever writes it', async () => {
  const hostile = `\u001b[2J\u202e<b>${'x'.repeat(10_000)}`
  await store.publishFailure('system', failure(hostile))
  await store.publishNotice({ id: 'engine', level: 'error', text: hostile, hint: hostile })
  await store.publishWrite(hostile, hostile)
  const text = await dump()
  expect(text).toContain('[2J<b>xxx')
  expect(text).not.toMatch(/u001b|\u202e|x{401}/)
})

test('a secret is in no failure, notice, command or write, and breaks none', async () => {
  const saying = `with ${secret} and ${encoded}`
  await store.publishFailure('system', failure(saying))
  await store.publishNotice({ id: 'engine', level: 'error', text: saying, hint: saying })
  await store.publishWrite('100.64.0.7', saying)
  await store.publishCommand({
    id: '01234567-89ab',
    node: 'kitchen',
    source: 'system',
    verb: 'timeout',
    args: {},
    by: '100.64.0.7',
    asked: store.now(),
    status: 'failed',
    outcome: saying,
    finished: store.now(),
  })
  const text = await dump()
  expect(text).toContain('with ••• and •••')
  expect(text).not.toContain('planted')
  expect((await store.readSource('system')).failure?.kind).toBe('timeout')
})

test('what is no event is refused by its path, and nothing is written', async () => {
  await expect(store.publishWrite(5 as never, 'x')).rejects.toMatchObject({
    kind: 'malformed',
    message: expect.stringContaining('by'),
  })
  expect(await redis.dbsize()).toBe(0)
})
