import { keys, type RunRecord, type RunState, sourceFields } from '@tailboard/contracts'
import { createLogger, createRedis, Store, systemTime } from '@tailboard/service'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
// @boundaries-ignore gateway and orchestrator in one process, with nothing between them but Redis
import { TestGateway, until } from '../../apps/gateway/src/testing/test-gateway.ts'
// @boundaries-ignore the same
import { Orchestrator } from '../../apps/orchestrator/src/orchestrator.ts'
// @boundaries-ignore the same
import { FakeLauncher } from '../../apps/orchestrator/src/testing/fake-launcher.ts'

const gateway = new TestGateway()
let orchestrator: Orchestrator
let redis: Redis

beforeAll(async () => {
  await gateway.start()
  const log = createLogger({ service: 'test', level: 'error', write: () => {} })
  const { url } = gateway.server
  redis = createRedis(url, { name: 'test', log })
  await redis.connect()
  orchestrator = new Orchestrator({
    store: new Store(redis, 'kitchen', systemTime),
    connect: (name) => createRedis(url, { name, log, blocking: true }),
    launcher: new FakeLauncher(),
    log,
    random: () => 0,
  })
  await orchestrator.start()
})
afterAll(async () => {
  await orchestrator?.stop()
  redis?.disconnect()
  await gateway[Symbol.asyncDispose]()
})

const state = async (): Promise<RunState | null> => {
  const json = await gateway.redis.hget(keys.source('kitchen', 'weather'), sourceFields.run)
  return json === null ? null : (JSON.parse(json) as RunState)
}
const runs = async () =>
  (await gateway.redis.lrange(keys.runs('kitchen'), 0, -1))
    .map((json) => JSON.parse(json) as RunRecord & { source: string })
    .filter(({ source }) => source === 'weather')
/** From the end of the last run to the next one (s). */
const restS = async () => {
  const now = await state()
  if (now === null || now.running !== null || now.next === null || now.last === null) return Number.NaN
  return (now.next.clock.ms - now.last.started.clock.ms) / 1000
}
const change = async (settings: object) => {
  const tag = String((await gateway.get('/api/config')).headers.etag)
  return gateway.patch('/api/config', { sources: { weather: settings } }, { 'if-match': tag })
}

test('a change on the page moves the orchestrator’s next run, and nothing is restarted', async () => {
  await until(async () => Math.round(await restS()) === 900)
  const before = await runs()
  expect((await change({ intervalSeconds: 1800 })).statusCode).toBe(200)
  await until(async () => Math.round(await restS()) === 1800)
  expect(await runs()).toEqual(before)
})

test('so does a return to the version before, and an edit by hand', async () => {
  const tag = String((await gateway.get('/api/config')).headers.etag)
  const answer = await gateway.post('/api/config/versions/1/restore', undefined, { 'if-match': tag })
  expect(answer.statusCode).toBe(200)
  await until(async () => Math.round(await restS()) === 900)
  await gateway.writeFile('sources:\n  weather:\n    intervalSeconds: 3600\n')
  await until(async () => Math.round(await restS()) === 3600)
})

test('a source that is switched off on the page has no next run', async () => {
  expect((await change({ enabled: false })).statusCode).toBe(200)
  await until(async () => (await state())?.next === null)
  expect((await change({ enabled: true })).statusCode).toBe(200)
  await until(async () => (await state())?.next !== null)
})
