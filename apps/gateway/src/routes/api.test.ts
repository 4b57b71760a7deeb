import {
  configAnswerSchema,
  keys,
  readingAnswerSchema,
  runAnswerSchema,
  sourcesAnswerSchema,
  statusAnswerSchema,
} from '@tailboard/contracts'
import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { node, systemOf, TestGateway, until } from '../testing/test-gateway.ts'

const it = new TestGateway()
beforeAll(() => it.start())
afterAll(() => it[Symbol.asyncDispose]())

const heartbeat = async () => {
  const said = it.store.now()
  const beat = { service: 'orchestrator', version: '0.1.0', started: said, said, memoryBytes: 1_000_000 }
  await it.redis.set(keys.service(node, 'orchestrator'), JSON.stringify(beat))
}

describe('what is asked for and is not there', () => {
  test('an address that nobody answers is a problem document', async () => {
    const answer = await it.get('/api/nothing')
    expect(answer.statusCode).toBe(404)
    expect(answer.headers['content-type']).toContain('application/problem+json')
    expect(answer.json()).toMatchObject({ type: 'urn:tailboard:not-found', status: 404 })
  })

  test.each([
    ['GET', '/api/readings/toaster', 404, 'unknown-source'],
    ['GET', '/api/readings/__proto__', 404, 'unknown-source'],
    ['POST', '/api/sources/toaster/run', 404, 'unknown-source'],
    ['GET', '/api/sources?node=attic', 404, 'unknown-node'],
    ['GET', '/api/sources?node=../x', 422, 'invalid'],
    ['GET', '/api/%E0%A4%A', 400, 'bad-request'],
    ['POST', '/api/sources/system/run', 503, 'orchestrator-away'],
  ] as const)('%s %s is %i', async (method, url, status, name) => {
    const answer = await it.app.inject({ method, url, headers: { host: 'localhost' } })
    expect(answer.statusCode).toBe(status)
    expect(answer.json()).toMatchObject({ type: `urn:tailboard:${name}`, status })
  })
})

test('every source is told with its state, also before it ever ran', async () => {
  const answer = v.parse(sourcesAnswerSchema, (await it.get('/api/sources')).json())
  expect(answer.node).toBe(node)
  expect(systemOf(answer)).toMatchObject({ state: 'never', reading: null, life: 'poll' })
})

test('the latest reading is told with its age, and the failure beside it', async () => {
  await it.store.publishReading(it.reading(), null)
  await it.store.publishFailure('system', {
    kind: 'timeout',
    message: 'It took too long',
    hint: null,
    ...it.store.now(),
  })
  await until(async () => (await it.get('/api/readings/system')).json().failure !== null)
  const answer = v.parse(readingAnswerSchema, (await it.get(`/api/readings/system?node=${node}`)).json())
  expect(answer.reading?.data).toMatchObject({ host: { name: 'kitchen' } })
  expect(answer.failure?.message).toBe('It took too long')
  expect(answer.state).toBe('failed')
  expect(answer.readingAgeS).toBeGreaterThanOrEqual(0)
})

test('a run is ordered once, and the order says who asked', async () => {
  await heartbeat()
  const answers = await Promise.all([1, 2, 3].map(() => it.post('/api/sources/system/run')))
  expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([202, 409, 409])
  const accepted = answers.find(({ statusCode }) => statusCode === 202)
  v.parse(runAnswerSchema, accepted?.json())
  const orders = (await it.redis.lrange(keys.orders(node), 0, -1)).map((json) => JSON.parse(json))
  expect(orders).toEqual([expect.objectContaining({ type: 'run', source: 'system', by: '127.0.0.1' })])
  const events = await it.redis.xrange(keys.events, '-', '+')
  expect(
    events.some(([, fields]) => /"type":"write".*"by":"127.0.0.1","what":"run system"/.test(fields[1] ?? '')),
  ).toBe(true)
})

test('while it runs another run is refused', async () => {
  const state = { running: it.store.now(), next: null, failuresInARow: 0, last: null }
  await it.store.publishRun('system', state)
  await until(() => it.gateway.model().sources.system.run.running !== null)
  expect((await it.post('/api/sources/system/run')).statusCode).toBe(409)
  await it.store.publishRun('system', { ...state, running: null })
})

test.each([
  [{ verb: 'explode' }, 'verb'],
  [{ verb: '__proto__' }, 'verb'],
  [{ verb: 'run', args: 5 }, 'args'],
  [{}, 'verb'],
])('the command %j is refused with the path', async (body, path) => {
  const answer = await it.post('/api/sources/system/commands', body)
  expect(answer.statusCode).toBe(422)
  expect(answer.json().issues[0].path).toBe(path)
})

test('the configuration has a tag, and is not sent twice', async () => {
  const answer = await it.get('/api/config')
  expect(v.parse(configAnswerSchema, answer.json()).status).toMatchObject({ origin: 'file', problems: [] })
  const again = await it.get('/api/config', { 'if-none-match': String(answer.headers.etag) })
  expect(again.statusCode).toBe(304)
})

test('the status asks the orchestrator, once however many look', async () => {
  await it.redis.del(keys.orders(node))
  const stamp = it.store.now()
  const run = {
    source: 'system',
    started: stamp,
    ended: stamp,
    durationMs: 5,
    cause: 'schedule',
    result: 'ok',
    exitCode: 0,
    cost: { peakMemoryBytes: 1, cpuMs: 2 },
  }
  await it.redis.lpush(keys.runs(node), 'garbage', JSON.stringify(run))
  await Promise.all([it.get('/api/status'), it.get('/api/status'), it.get('/api/status')])
  const orders = (await it.redis.lrange(keys.orders(node), 0, -1)).map((json) => JSON.parse(json))
  expect(orders).toEqual([{ type: 'status', asked: expect.anything() }])
  const answer = v.parse(statusAnswerSchema, (await it.get('/api/status')).json())
  expect(answer.heartbeats.map(({ service }) => service)).toEqual(['web-gateway', 'orchestrator'])
  expect(answer.runs).toEqual([run])
  expect(answer.redis?.version).toMatch(/^\d+\./)
})

test('readiness is said', async () => {
  expect((await it.get('/health')).json()).toEqual({ status: 'ok' })
  expect((await it.get('/health/ready')).json()).toEqual({ status: 'ok' })
})
