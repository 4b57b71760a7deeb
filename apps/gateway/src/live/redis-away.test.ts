import { keys, limits, stampPlus } from '@tailboard/contracts'
import { redactor } from '@tailboard/service'
import { Redis } from 'ioredis'
import { afterEach, expect, test } from 'vitest'
import { node, systemOf, TestGateway, until } from '../testing/test-gateway.ts'

let it = new TestGateway()
afterEach(() => it[Symbol.asyncDispose]())

test('without Redis it serves at once, says what is missing, and finds it by itself', async () => {
  it = new TestGateway()
  await it.start({ isRedisThere: false })
  expect((await it.get('/health')).statusCode).toBe(200)
  const ready = await it.get('/health/ready')
  expect(ready.statusCode).toBe(503)
  expect(ready.json().detail).toContain('Redis')
  for (const path of ['/api/sources', '/api/readings/system', '/api/status']) {
    expect((await it.get(path)).statusCode).toBe(503)
  }
  expect((await it.get('/metrics')).body).toContain('tailboard_gateway_redis_up 0')
  await expect(it.page()).rejects.toThrow('503')
  await it.server.start()
  await until(async () => (await it.get('/health/ready')).statusCode === 200)
  await until(async () => (await it.store.readConfig())?.status.problems.length === 0)
})

test('without this Pi’s name it waits for the orchestrator to say it', async () => {
  it = new TestGateway()
  await it.start({ variables: { TAILBOARD_NODE: '' }, isRedisThere: false })
  await it.server.start()
  await until(async () => /name/.test((await it.get('/health/ready')).json().detail ?? ''))
  expect((await it.get('/api/sources')).json().detail).toContain('name')
  await until(() => it.redis.status === 'ready')
  await it.redis.set(keys.localNode, node)
  await until(async () => (await it.get('/health/ready')).statusCode === 200)
  expect((await it.get('/api/sources')).json().node).toBe(node)
})

test('Redis goes and comes back with its data: the page is told both, and goes on without a gap', async () => {
  it = new TestGateway()
  await it.start()
  await it.store.publishReading(it.reading(), null)
  const page = await it.page()
  await until(() => page.messages.length > 0)
  await it.server.stop({ save: true })
  await until(() => page.notices('redis').at(-1)?.level === 'error')
  const answer = (await it.get('/api/sources')).json()
  expect(answer.isLive).toBe(false)
  expect(systemOf(answer).reading.data.host.name).toBe('kitchen')
  const refused = await it.post('/api/sources/system/run')
  expect(refused.statusCode).toBe(503)
  expect(refused.json()).toMatchObject({ type: 'urn:tailboard:redis-away' })
  const late = await it.page()
  await until(() => late.messages.length > 0)
  expect(late.messages[0]).toMatchObject({
    type: 'snapshot',
    model: { notices: { redis: { level: 'error' } } },
  })

  await it.server.start()
  await until(() => page.notices('redis').at(-1)?.text === null && late.notices('redis').length > 0)
  await it.store.publishWrite('test', 'back')
  await until(() => page.messages.some((m) => m.type === 'event' && m.event.type === 'write'))
  expect(page.messages.filter(({ type }) => type === 'snapshot')).toHaveLength(1)
  expect(it.log.filter((line) => line.includes('Redis is away')).length).toBeLessThanOrEqual(2)
})

test('Redis hangs without hanging up: said too, and an edit of the configuration is still taken up', async () => {
  it = new TestGateway()
  await it.start()
  await it.store.publishReading(it.reading(), null)
  const page = await it.page()
  await until(() => page.messages.length > 0)
  await it.redis.client('PAUSE', 14_000, 'ALL')
  await until(() => page.notices('redis').at(-1)?.level === 'error')
  expect(systemOf((await it.get('/api/sources')).json()).reading).not.toBe(null)
  expect((await it.post('/api/sources/system/run')).statusCode).toBe(503)
  await it.writeFile('sources:\n  system:\n    intervalSeconds: 77\n')
  await until(() => it.gateway.config.current?.config.sources.system.intervalSeconds === 77)
  const late = await it.page(`?since=${page.messages[0]?.cursor}`)
  await until(() => late.messages.length > 0)
  await until(() => page.notices('redis').at(-1)?.text === null)
  await until(() => it.gateway.model().sources.system.settings.intervalSeconds === 77)
})

test('a page that was away while Redis was learns that it is over', async () => {
  it = new TestGateway()
  await it.start()
  await it.store.publishWrite('test', 'first')
  const page = await it.page()
  await until(() => page.messages.length > 0)
  const cursor = page.messages[0]?.cursor
  await it.server.stop({ save: true })
  await until(() => page.notices('redis').length > 0)
  page.close()
  await it.stopGateway()
  await it.server.start()
  await it.startGateway()
  await until(() => it.gateway.missing().length === 0)
  const again = await it.page(`?since=${cursor}`)
  await until(() => again.notices('redis').length > 0)
  expect(again.messages[0]?.type).toBe('resumed')
  expect(again.notices('redis').at(-1)?.text).toBe(null)
})

test('Redis comes back empty: a fresh snapshot, and the configuration is there again', async () => {
  it = new TestGateway()
  await it.start({ file: 'sources:\n  system:\n    intervalSeconds: 90\n' })
  await it.store.publishReading(it.reading(), null)
  const page = await it.page()
  await until(() => page.messages.length > 0)
  await it.server.stop()
  await it.server.start()
  await until(() => page.messages.filter(({ type }) => type === 'snapshot').length === 2)
  await until(() => it.gateway.model().config !== null)
  expect(it.gateway.model().sources.system).toMatchObject({
    reading: null,
    settings: { intervalSeconds: 90 },
  })
  expect((await it.store.readConfig())?.config.sources.system.intervalSeconds).toBe(90)
})

test('the stream is emptied under it: everything is taken anew', async () => {
  it = new TestGateway()
  await it.start()
  await it.store.publishReading(it.reading(), null)
  const page = await it.page()
  await until(() => page.messages.length > 0)
  await it.redis.flushall()
  await it.store.publishWrite('test', 'after')
  await until(() => page.messages.filter(({ type }) => type === 'snapshot').length === 2)
  expect(it.gateway.model().sources.system.reading).toBe(null)
  await until(() => it.gateway.model().config !== null)
})

test('Redis at its limit: said on the page, and over when there is room', async () => {
  it = new TestGateway()
  await it.start({ redisOptions: ['--maxmemory', '60mb', '--maxmemory-policy', 'noeviction'] })
  const page = await it.page()
  await until(() => page.messages.length > 0)
  const other = new Redis(it.server.url)
  await other.set('ballast', 'x'.repeat(4_000_000))
  await it.orchestratorLives()
  await it.redis.config('SET', 'maxmemory', '3mb')
  await expect(it.store.publishWrite('test', 'refused')).rejects.toThrow()
  const answer = await it.post('/api/sources/system/commands', { verb: 'run' })
  expect(answer.json()).toMatchObject({ type: 'urn:tailboard:redis-full', status: 503 })
  await until(() => page.notices('redis-memory').at(-1)?.level === 'error')
  expect((await it.get('/api/sources')).statusCode).toBe(200)
  expect((await it.get('/api/status')).json().redis.maxMemoryBytes).toBe(3 * 1024 * 1024)
  await other.del('ballast')
  await it.redis.config('SET', 'maxmemory', '100mb')
  await it.gateway.watch.check()
  await until(() => page.notices('redis-memory').at(-1)?.text === null)
  other.disconnect()
})

test('Redis that can’t save: said with a hint, live values go on', async () => {
  it = new TestGateway()
  await it.start({ redisOptions: ['--stop-writes-on-bgsave-error', 'no'] })
  const page = await it.page()
  await until(() => page.messages.length > 0)
  // A folder in the place of the dump: no save can put its file there, as on a card that is read-only.
  const [, folder = ''] = (await it.redis.config('GET', 'dir')) as string[]
  const { mkdir, rm } = await import('node:fs/promises')
  await rm(`${folder}/dump.rdb`, { force: true })
  await mkdir(`${folder}/dump.rdb`)
  await it.redis.bgsave()
  await until(async () => /rdb_last_bgsave_status:err/.test(await it.redis.info('persistence')))
  await it.gateway.watch.check()
  await until(() => page.notices('redis-save').at(-1)?.level === 'error')
  expect(page.notices('redis-save').at(-1)?.hint).toContain('read-only')
  await it.store.publishReading(it.reading(), null)
  await until(() => it.gateway.model().sources.system.reading !== null)
  expect((await it.get('/api/status')).json().redis.lastSaveWorked).toBe(false)
})

test('an orchestrator that is gone is said, and that it is back', async () => {
  it = new TestGateway()
  await it.start()
  const page = await it.page()
  await until(() => page.messages.length > 0)
  await it.orchestratorLives()
  await it.gateway.watch.checkOrchestrator()
  await it.redis.del(keys.service(node, 'orchestrator'))
  await it.gateway.watch.checkOrchestrator()
  expect(page.notices('orchestrator')).toEqual([])
  await it.gateway.watch.checkOrchestrator()
  await until(() => page.notices('orchestrator').at(-1)?.level === 'error')
  await it.orchestratorLives()
  await it.gateway.watch.checkOrchestrator()
  await until(() => page.notices('orchestrator').at(-1)?.text === null)
})

test('a clock that is set back does not keep a dead orchestrator alive', async () => {
  it = new TestGateway()
  await it.start()
  const page = await it.page()
  await until(() => page.messages.length > 0)
  await it.orchestratorLives()
  await it.gateway.watch.checkOrchestrator()
  // The record stays, as it does for hours in a Redis whose expiry goes by a wall clock that was set back.
  await it.orchestratorLives(stampPlus(it.store.now(), -limits.heartbeatLostMs - 1_000))
  for (let n = 0; n < 2; n++) await it.gateway.watch.checkOrchestrator()
  await until(() => page.notices('orchestrator').at(-1)?.level === 'error')
  expect(
    (await it.get('/api/status')).json().heartbeats.map(({ service }: { service: string }) => service),
  ).toEqual(['web-gateway'])
  expect((await it.post('/api/sources/system/run')).json().type).toBe('urn:tailboard:orchestrator-away')
})

test('a secret in what Redis or a request says is in no log line', async () => {
  it = new TestGateway()
  await it.start()
  const secret = 'hunter2/planted&secret'
  redactor.add(secret)
  await it.redis.xadd(keys.events, '*', 'event', JSON.stringify({ type: 'reading', node, source: secret }))
  await it.redis.xadd(keys.events, '*', 'event', JSON.stringify({ type: secret, node }))
  await it.get(`/api/readings/${encodeURIComponent(secret)}`)
  await it.writeFile(`${JSON.stringify(secret)}: 1\nsources: *${encodeURIComponent(secret)}\n`)
  await until(() => it.log.some((line) => line.includes('refused')))
  await until(() => it.log.some((line) => line.includes('can’t be read')))
  for (const line of it.log) {
    expect(line).not.toContain('planted')
  }
})
