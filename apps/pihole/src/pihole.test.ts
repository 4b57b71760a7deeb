import { limits } from '@tailboard/contracts'
import type { PiholeData } from '@tailboard/contracts/sources/pihole'
import { exitCodes } from '@tailboard/service/run-source'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Bench } from '../testing/run.ts'

const bench = new Bench()
beforeAll(() => bench.start())
afterAll(() => bench.stop())

async function measured(settings: Record<string, unknown> = {}): Promise<PiholeData> {
  expect(await bench.run(settings), bench.logs).toBe(exitCodes.ok)
  const { problems, outcome, reading } = await bench.read()
  expect([problems, outcome]).toEqual([[], 'ok'])
  return reading?.data as PiholeData
}

test('a v6, whole', async () => {
  await bench.reset()
  const data = await measured({ topCount: 3 })
  expect(data.blocking).toEqual({ state: 'enabled', remainingS: null })
  const { queries, history } = data
  expect(queries.blockedPercent).toBeCloseTo((100 * Number(queries.blocked)) / Number(queries.total), 4)
  expect(data.clients).toEqual({ active: 4, known: 9 })
  expect(data.lists.domains).toBe(104_756)
  expect(data.lists.updatedAt).toBe('2026-11-19T00:00:00.000Z')
  expect(history?.total).toHaveLength(145)
  expect(history?.total.reduce((sum, slot) => Number(sum) + Number(slot), 0)).toBe(queries.total)
  expect(history?.from).toBe('2026-11-20T02:05:00.000Z')
  expect(data.topBlocked?.map(({ domain }) => domain)).toEqual([
    'telemetry.example',
    'ads.example.net',
    'metrics.tv.example',
  ])
  expect(data.topPermitted?.[0]?.domain).toBe('time.example')
  expect(data.topClients?.[0]).toMatchObject({ name: 'tv.lan', address: '192.0.2.21' })
  expect(data.software).toMatchObject({
    api: 'v6',
    core: 'v6.0.5',
    updates: [{ part: 'core', installed: 'v6.0.5', latest: 'v6.1' }],
  })
})

test('a v5 is noticed and spoken to', async () => {
  await bench.reset({ api: 'v5' })
  const data = await measured({ topCount: 2 })
  expect(data.software).toMatchObject({ api: 'v5', updates: [{ part: 'web', latest: 'v5.21' }] })
  expect(data.queries.total).toBe(data.history?.total.reduce((sum, slot) => Number(sum) + Number(slot), 0))
  expect(data.topBlocked?.map(({ domain }) => domain)).toEqual(['telemetry.example', 'ads.example.net'])
  expect(data.topClients?.[1]).toMatchObject({ name: 'laptop.lan', address: '192.0.2.30' })
  expect(data.clients).toEqual({ active: 4, known: 9 })
  expect(data.queries.perS).toBeNull()
  // The version is asked for once; and its token is told to nobody who has not shown to be a v5.
  expect(bench.double.asked.slice(0, 2)).toEqual(['GET /api/info/login', 'GET /admin/api.php?summaryRaw'])
  await measured()
  expect(bench.double.asked.filter((path) => path.includes('/api/info/login'))).toHaveLength(1)
})

test('a v5 that was updated to v6 fails once and is then spoken to as one', async () => {
  await bench.reset({ api: 'v5' })
  await measured()
  bench.double.api = 'v6'
  expect(await bench.run()).toBe(exitCodes.failed)
  expect((await measured()).software.api).toBe('v6')
})

test.each([
  ['v6', 1],
  ['v6', 2],
  ['v5', 1],
  ['v5', 2],
] as const)('%s with privacy level %i: what it keeps to itself is null', async (api, level) => {
  await bench.reset({ api })
  bench.double.privacyLevel = level
  const { topBlocked, topPermitted, topClients, queries } = await measured()
  expect([topBlocked, topPermitted]).toEqual([null, null])
  expect(topClients === null).toBe(level === 2)
  expect(queries.total).toBeGreaterThan(1_000)
})

test('no gravity database, a DNS that is down: unknown and failed, not zero and off', async () => {
  await bench.reset()
  bench.double.hasNoGravity = true
  bench.double.blocking.isFailed = true
  const { lists, blocking } = await measured()
  expect(lists).toEqual({ domains: null, updatedAt: null })
  expect(blocking).toEqual({ state: 'failed', remainingS: null })
})

test('no lists wanted: none is asked for', async () => {
  await bench.reset()
  const { topBlocked, topClients } = await measured({ topCount: 0 })
  expect([topBlocked, topClients]).toEqual([null, null])
  expect(bench.double.asked.join()).not.toContain('top_')
})

test.each(['v6', 'v5'] as const)('%s: a part that is missing makes it partial', async (api) => {
  await bench.reset({ api })
  bench.double.fault = 'wrong type: text for numbers'
  bench.double.faultAt = /history|overTime/
  expect(await bench.run()).toBe(exitCodes.ok)
  const { outcome, failure, reading } = await bench.read()
  expect([outcome, failure?.kind]).toEqual(['partial', 'malformed'])
  expect(reading?.data).toMatchObject({ history: null, topClients: [{ name: 'tv.lan' }, {}, {}, {}] })
})

test('a part that is refused ends the questions: the rest is null, the run is short', async () => {
  await bench.reset()
  bench.double.fault = '503'
  bench.double.faultAt = /history/
  expect(await bench.run()).toBe(exitCodes.ok)
  expect((await bench.read()).outcome).toBe('partial')
  expect(bench.double.asked.at(-1)).toBe('GET /api/history')
})

test('simulated values say so', async () => {
  await bench.reset()
  await bench.run({}, { TAILBOARD_SIMULATED: '1' })
  expect((await bench.read()).reading?.simulated).toBe(true)
})

test('the largest lists there can be fit into a reading', async () => {
  await bench.reset()
  // Three bytes a character, as many as may be.
  const name = 'ｗ'.repeat(500)
  const list = Array.from({ length: 40 }, (_, n) => ({ domain: n + name, count: Number.MAX_SAFE_INTEGER }))
  const clients = list.map(({ domain, count }) => ({
    ip: '2001:db8:1111:2222:3333:4444:5555:6666',
    name: domain,
    count,
  }))
  const slots = Array.from({ length: 145 }, (_, n) => ({
    timestamp: 1_700_000_000 + n * 600,
    total: Number.MAX_SAFE_INTEGER,
    blocked: Number.MAX_SAFE_INTEGER,
  }))
  bench.double.instead = {
    top_domains: { domains: list },
    top_clients: { clients },
    history: { history: slots },
  }
  const data = await measured({ topCount: 20 })
  expect(data.topBlocked).toHaveLength(20)
  const bytes = Buffer.byteLength(JSON.stringify((await bench.read()).reading))
  expect(bytes).toBeGreaterThan(20_000)
  expect(bytes).toBeLessThanOrEqual(limits.readingBytes)
})

test('a hostile name is text', async () => {
  await bench.reset()
  bench.double.instead = {
    top_domains: { domains: [{ domain: '\u001b[2J<img src=x>\u202e', count: 1 }] },
    top_clients: { clients: [{ ip: '192.0.2.1', name: '\u0007\u2066evil', count: 1 }] },
  }
  const { topBlocked, topClients } = await measured()
  expect(topBlocked?.[0]?.domain).toBe('[2J<img src=x>')
  expect(topClients?.[0]?.name).toBe('evil')
})
