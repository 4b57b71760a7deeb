import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Command, sources, TailboardError } from '@tailboard/contracts'
import { Redis } from 'ioredis'
import * as v from 'valibot'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { systemTime } from './clock.ts'
import { type Measurement, type PollSource, type RunContext, runOnce } from './run-source.ts'
import { Store } from './store.ts'
import { systemReading } from './testing/readings.ts'
import { TestRedis } from './testing/redis-server.ts'

/** A source with two secrets, one from .env and one from a file, that is careless with both in every way there is. */
const fromEnv = 'planted/env&1 x'
const fromFile = 'planted"file"\\2'
const server = new TestRedis()
const folder = mkdtempSync(join(tmpdir(), 'tailboard-secrets-'))
let redis: Redis
let store: Store
let printed = ''

const secret = { schema: v.string(), default: '', description: 'Secret.', secret: true } as const
const contract = {
  ...sources.system,
  variables: { ...sources.system.variables, FIRST_KEY: secret, SECOND_KEY: secret },
}

beforeAll(async () => {
  await server.start()
  redis = new Redis(server.url)
  store = new Store(redis, 'kitchen', systemTime)
  writeFileSync(join(folder, 'second'), `${fromFile}\n`)
})
beforeEach(async () => {
  await redis.flushall()
  printed = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    printed += String(chunk)
    return true
  })
})
afterAll(async () => {
  vi.restoreAllMocks()
  redis.disconnect()
  rmSync(folder, { recursive: true })
  await server[Symbol.asyncDispose]()
})

/** Both secrets in the forms in which they get into texts. */
function forms(): string[] {
  return [fromEnv, fromFile].flatMap((value) => [
    value,
    encodeURIComponent(value),
    new URLSearchParams({ k: value }).toString().slice(2),
    JSON.stringify(value).slice(1, -1),
    Buffer.from(value).toString('base64'),
    Buffer.from(`admin:${value}`).toString('base64'),
  ])
}
const saying = () => forms().join(' | ')

async function run(parts: Partial<PollSource>): Promise<string> {
  const environment = {
    REDIS_URL: server.url,
    TAILBOARD_NODE: 'kitchen',
    LOG_LEVEL: 'debug',
    FIRST_KEY: fromEnv,
    SECOND_KEY_FILE: join(folder, 'second'),
  }
  const measure = async (context: RunContext): Promise<Measurement> => {
    expect(context.environment).toMatchObject({ FIRST_KEY: fromEnv, SECOND_KEY: fromFile })
    return { data: systemReading }
  }
  await runOnce({ contract, measure, ...parts }, environment)
  const found: unknown[] = [printed]
  for (const key of await redis.keys('*')) {
    const type = await redis.type(key)
    if (type === 'string') found.push(await redis.get(key))
    else if (type === 'hash') found.push(await redis.hgetall(key))
    else if (type === 'list') found.push(await redis.lrange(key, 0, -1))
    else found.push(await redis.xrange(key, '-', '+'))
  }
  const all = JSON.stringify(found)
  for (const form of ['planted', ...forms()]) expect(all).not.toContain(form)
  return all
}

test('neither is in a reading', async () => {
  const data = { ...systemReading, host: { ...systemReading.host, name: fromEnv, model: saying() } }
  expect(await run({ measure: async () => ({ data }) })).toContain('•••')
  expect((await store.readSource('system')).reading?.data).toMatchObject({ host: { name: '•••' } })
})

test('neither is in what is missing in one', async () => {
  const problem = new TailboardError('refused', saying(), { hint: saying(), cause: new Error(saying()) })
  expect(await run({ measure: async () => ({ data: systemReading, problem }) })).toContain('•••')
})

test.each<[string, () => unknown]>([
  ['our own', () => new TailboardError('timeout', saying(), { hint: saying(), cause: { url: saying() } })],
  ['a bug', () => new Error(saying(), { cause: new Error(saying()) })],
  ['no error at all', () => saying()],
])('neither is in a failure: %s', async (_name, make) => {
  expect(await run({ measure: () => Promise.reject(make()) })).toContain('•••')
  expect((await store.readSource('system')).outcome).toBe('failed')
})

test('neither is in the log', async () => {
  const measure = async ({ log }: RunContext) => {
    log.info(saying(), { [fromEnv]: saying(), deep: [{ error: new Error(saying()) }] })
    return { data: systemReading }
  }
  expect(await run({ measure })).toContain('•••')
})

test('neither is in what came of a command', async () => {
  const command: Command = {
    id: '01234567-89ab',
    node: 'kitchen',
    source: 'system',
    verb: 'run',
    args: {},
    by: '100.64.0.7',
    asked: store.now(),
    status: 'queued',
    outcome: null,
    finished: null,
  }
  await store.publishCommand(command)
  expect(await run({ carryOut: async () => saying() })).toContain('•••')
  await store.publishCommand(command)
  expect(await run({ carryOut: () => Promise.reject(new Error(saying())) })).toContain('•••')
})
