import { defaultConfig, keys, system, TailboardError } from '@tailboard/contracts'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { exitCodes, runOnce } from './run-source.ts'
import { FakeTime } from './testing/fake-time.ts'
import { TestRedis } from './testing/redis-server.ts'

const server = new TestRedis()
let redis: Redis
let lines: string[] = []

beforeAll(async () => {
  await server.start()
  redis = new Redis(server.url)
  defaultConfig.sources.system.enabled = false
  vi.spyOn(process.stdout, 'write').mockImplementation((line) => lines.push(String(line)) > 0)
})
beforeEach(async () => {
  lines = []
  await redis.flushall()
})
afterAll(async () => {
  vi.restoreAllMocks()
  defaultConfig.sources.system.enabled = true
  redis.disconnect()
  await server[Symbol.asyncDispose]()
})

const measure = () => Promise.reject(new Error('a disabled source measures nothing'))
const run = (giveBack?: () => Promise<void>) =>
  runOnce(
    { contract: system, measure, ...(giveBack === undefined ? {} : { giveBack }) },
    { REDIS_URL: server.url, TAILBOARD_NODE: 'kitchen' },
    new FakeTime(),
  )
const said = () => lines.map((line) => JSON.parse(line) as { message: string; error?: unknown })

test('the last run of a source that was switched off gives back what it holds, and publishes nothing', async () => {
  let given = 0
  const giveBack = async () => void given++
  expect(await run(giveBack)).toBe(exitCodes.ok)
  expect(await run()).toBe(exitCodes.ok)
  expect(given).toBe(1)
  expect(await redis.exists(keys.events)).toBe(0)
})

test('what could not be given back has words and an exit code of its own, and is no failed measurement', async () => {
  const error = new TailboardError('unreachable', 'The seat was not given back', { hint: 'It frees itself.' })
  expect(await run(() => Promise.reject(error))).toBe(exitCodes.notGivenBack)
  expect(said()).toMatchObject([
    {
      message: 'disabled: what it held could not be given back',
      error: { kind: 'unreachable', message: error.message, hint: error.hint },
    },
  ])
  expect(await redis.exists(keys.events)).toBe(0)
  const stored = await redis.hgetall(keys.source('kitchen', 'system'))
  expect(Object.keys(stored)).toEqual(['cost'])
})

test('a fault of ours in it is told from a failure, and from a run that could not start', async () => {
  expect(await run(() => Promise.reject(new TypeError('x is not a function')))).toBe(exitCodes.bug)
  expect(said()[0]).toMatchObject({
    message: expect.stringContaining('a fault in the program'),
    error: { name: 'TypeError' },
  })
})
