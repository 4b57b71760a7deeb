import { type HistoryAnswer, historyAnswerSchema, keys, type Reading } from '@tailboard/contracts'
import type { WeatherData } from '@tailboard/contracts/sources/weather'
import { FakeTime } from '@tailboard/service/testing/fake-time'
import { syntheticReading, waves } from '@tailboard/service/testing/synthetic'
import * as v from 'valibot'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { node, TestGateway, until } from '../testing/test-gateway.ts'

const time = new FakeTime('2026-11-21T02:00:00.000Z', 10 * 3_600_000)
const it = new TestGateway({ time })
beforeAll(() => it.start())
afterAll(() => it[Symbol.asyncDispose]())
beforeEach(async () => {
  const found = await it.redis.keys('tailboard:*history*')
  if (found.length > 0) await it.redis.del(found)
})

const minuteMs = 60_000
const hourMs = 60 * minuteMs

const cpu = (usedPercent: number | null) => it.reading((data) => (data.cpu.usedPercent = usedPercent))

/** A reading a minute, with these values; the clock stands at the last. */
async function minutes(...values: (number | null)[]): Promise<void> {
  for (const value of values) {
    time.advance(minuteMs)
    await it.store.publishReading(cpu(value), null)
  }
}

async function ask(query = '', source = 'system'): Promise<HistoryAnswer> {
  const answer = await it.get(`/api/history/${source}${query}`)
  expect(answer.statusCode).toBe(200)
  const said = v.parse(historyAnswerSchema, answer.json())
  for (const { min, max } of said.series) {
    expect([min.length, max.length]).toEqual([said.at.length, said.at.length])
  }
  expect(said.at).toEqual([...new Set(said.at)].sort((a, b) => a - b))
  return said
}

/** The rows of the processor's share as [minutes ago, lowest, highest]. */
function rowsOf({ at, series }: HistoryAnswer, path = 'cpu.usedPercent', key: string | null = null) {
  const found = series.find((each) => each.path === path && each.key === key)
  return at.map((ms, row) => [(time.wallMs() - ms) / minuteMs, found?.min[row], found?.max[row]])
}

describe('what is told', () => {
  test('each sample, while there are no more than the rows that are wanted', async () => {
    await minutes(10, 47.236, 30)
    const said = await ask()
    expect(rowsOf(said)).toEqual([
      [2, 10, 10],
      [1, 47.236, 47.236],
      [0, 30, 30],
    ])
    const now = new Date(time.wallMs())
    expect(said).toMatchObject({
      node,
      source: 'system',
      from: new Date(now.getTime() - 24 * hourMs).toISOString(),
      to: now.toISOString(),
      intervalSeconds: 60,
      simulated: false,
    })
    expect(said.series.map(({ path, key, label, unit }) => [path, key, label, unit])).toContainEqual([
      'network.receivedBytesPerS',
      'wlan0',
      'Download',
      'B/s',
    ])
  })

  test('the lowest and the highest of equal shares of the time, where there are more', async () => {
    await minutes(...Array.from({ length: 60 }, (_, n) => (n === 17 ? 99 : n === 44 ? 1 : 50)))
    const from = new Date(time.wallMs() - 60 * minuteMs).toISOString()
    expect(rowsOf(await ask(`?from=${from}&points=6`))).toEqual([
      [55, 50, 50],
      [45, 50, 99],
      [35, 50, 50],
      [25, 50, 50],
      [15, 1, 50],
      [5, 50, 50],
    ])
  })

  test('a part of the time, its ends too', async () => {
    await minutes(1, 2, 3, 4, 5)
    const iso = (ago: number) => new Date(time.wallMs() - ago * minuteMs).toISOString()
    expect(rowsOf(await ask(`?from=${iso(3)}&to=${iso(1)}`)).map(([, min]) => min)).toEqual([2, 3, 4])
    expect((await ask(`?from=${iso(3000)}&to=${iso(2000)}`)).at).toEqual([])
    expect((await ask(`?to=${iso(-5)}`)).to).toBe(iso(0))
  })

  test('nothing of a source that has not measured, or has no series', async () => {
    expect(await ask()).toMatchObject({ at: [], series: [] })
    await it.store.publishReading(syntheticReading(it.store, 'camera', waves()), null)
    expect(await ask('', 'camera')).toMatchObject({ at: [], series: [] })
  })

  test('a field that said nothing in all that time is left out', async () => {
    await minutes(null, null)
    expect((await ask()).series.map(({ path }) => path)).not.toContain('cpu.usedPercent')
  })
})

describe('gaps', () => {
  test('more than two and a half intervals without a success are a row of nulls', async () => {
    await minutes(1, 2)
    time.advance(5 * minuteMs)
    await minutes(3)
    const said = await ask()
    expect(rowsOf(said)).toEqual([
      [7, 1, 1],
      [6, 2, 2],
      [3, null, null],
      [0, 3, 3],
    ])
    expect(said.series.every(({ min, max }) => min[2] === null && max[2] === null)).toBe(true)
    expect(rowsOf(await ask('?points=2')).map(([, min]) => min)).toEqual([1])
  })

  test('in rows of many samples too', async () => {
    await minutes(...Array.from({ length: 30 }, () => 5))
    time.advance(30 * minuteMs)
    await minutes(...Array.from({ length: 30 }, () => 6))
    const from = new Date(time.wallMs() - 90 * minuteMs).toISOString()
    const rows = rowsOf(await ask(`?from=${from}&points=9`))
    expect(rows.map(([, min]) => min)).toEqual([5, 5, 5, 5, null, 6, 6, 6])
  })

  test('what a success confirmed holds, and is none', async () => {
    await minutes(7)
    for (let n = 0; n < 5; n++) {
      time.advance(minuteMs)
      await it.store.publishSuccess('system')
    }
    expect(rowsOf(await ask()).map(([, min]) => min)).toEqual([7, 7, 7, 7, 7, 7])
  })

  test('a failure is one', async () => {
    await minutes(7)
    for (let n = 0; n < 3; n++) {
      time.advance(minuteMs)
      await it.store.publishFailure('system', { kind: 'timeout', message: '', hint: null, ...it.store.now() })
    }
    await minutes(8)
    expect(rowsOf(await ask()).map(([, min]) => min)).toEqual([7, null, 8])
  })

  test('a longer interval that the owner had chosen is none', async () => {
    for (const value of [1, 2, 3]) {
      time.advance(15 * minuteMs)
      await it.store.publishReading(cpu(value), null, 900)
    }
    await minutes(4)
    expect(rowsOf(await ask()).map(([, min]) => min)).toEqual([1, 2, 3, 4])
  })
})

describe('twice, late, out of order', () => {
  const measured = (value: number, agoMs: number): Reading => ({
    ...cpu(value),
    measuredAt: new Date(time.wallMs() - agoMs).toISOString(),
  })

  test('each sample stands once, where it was measured', async () => {
    time.advance(hourMs)
    await it.store.publishReading(measured(3, 0), null)
    await it.store.publishReading(measured(1, 2 * minuteMs - 1), null)
    await it.store.publishReading(measured(2, minuteMs), null)
    await it.store.publishReading(measured(2, minuteMs), null)
    expect(rowsOf(await ask()).map(([, min]) => min)).toEqual([1, 2, 3])
  })

  test('what lies more than a day back is not told', async () => {
    await minutes(1)
    time.advance(24 * hourMs - minuteMs)
    await minutes(2)
    time.advance(1)
    expect(rowsOf(await ask()).map(([, min]) => min)).toEqual([2])
  })
})

describe('the clock', () => {
  test('a jump of the wall clock moves what was measured before it, also before anything is written after it', async () => {
    await minutes(1, 2)
    time.jump(7 * hourMs)
    expect(rowsOf(await ask())).toEqual([
      [1, 1, 1],
      [0, 2, 2],
    ])
    await minutes(3)
    expect(rowsOf(await ask()).map(([ago]) => ago)).toEqual([2, 1, 0])
    time.jump(-7 * hourMs)
    expect(rowsOf(await ask()).map(([ago]) => ago)).toEqual([2, 1, 0])
  })

  test('a boot before keeps its last known time; what would lie in the future is left out', async () => {
    await minutes(1)
    time.jump(3 * hourMs)
    await minutes(2)
    time.reboot('boot-2')
    time.advance(10 * minuteMs)
    await minutes(3)
    expect(rowsOf(await ask())).toEqual([
      [12, 1, 1],
      [11, 2, 2],
      [5.5, null, null],
      [0, 3, 3],
    ])
    time.jump(-4 * hourMs)
    expect(rowsOf(await ask()).map(([, min]) => min)).toEqual([3])
    time.jump(4 * hourMs)
    time.reboot('boot-1')
    time.advance(hourMs)
  })
})

describe('only what is like the newest sample', () => {
  test('its units', async () => {
    const weather = (temperature: '°C' | '°F', value: number): Reading => {
      const reading = syntheticReading(it.store, 'weather', waves())
      const data = reading.data as unknown as WeatherData
      data.units.temperature = temperature
      data.now.temperature = value
      return reading
    }
    await it.store.publishReading(weather('°C', 10), null)
    time.advance(15 * minuteMs)
    await it.store.publishReading(weather('°F', 50), null)
    const said = await ask('', 'weather')
    expect(rowsOf(said, 'now.temperature')).toEqual([
      [15, null, null],
      [0, 50, 50],
    ])
    expect(said.series.find(({ path }) => path === 'now.temperature')?.unit).toBe('°F')
    expect(rowsOf(said, 'now.humidityPercent').every(([, min]) => min !== null)).toBe(true)

    time.advance(15 * minuteMs)
    await it.store.publishReading(weather('°C', 11), null)
    const back = await ask('', 'weather')
    expect(rowsOf(back, 'now.temperature').map(([, min]) => min)).toEqual([10, null, 11])
    expect(back.series.find(({ path }) => path === 'now.temperature')?.unit).toBe('°C')
  })

  test('real or made up', async () => {
    await minutes(1)
    await it.store.publishReading({ ...cpu(2), simulated: true }, null)
    await it.store.publishSuccess('system')
    time.advance(minuteMs)
    await it.store.publishReading({ ...cpu(3), simulated: true }, null)
    expect(await ask()).toMatchObject({ simulated: true })
    expect(rowsOf(await ask()).map(([, min]) => min)).toEqual([2, 3])
    await minutes(4)
    expect(await ask()).toMatchObject({ simulated: false })
    expect(rowsOf(await ask()).map(([, min]) => min)).toEqual([1, 4])
  })

  test('its keys, and those before while the contract allows more', async () => {
    for (const names of [['a', 'b'], ['b', 'c', 'd'], ['e']]) {
      await it.store.publishReading(
        it.reading((data) => {
          const [first] = data.network
          data.network = names.map((name) => ({ ...(first as (typeof data.network)[number]), name }))
        }),
        null,
      )
      time.advance(minuteMs)
    }
    const said = (await ask()).series.filter(({ path }) => path === 'network.sentBytesPerS')
    expect(said.map(({ key }) => key)).toEqual(['e', 'b', 'c', 'd'])
  })
})

describe('what is damaged or gone', () => {
  test('a chunk that can’t be read is named in the log, once, and the others are told', async () => {
    await minutes(1, 2)
    const [key = ''] = await it.redis.lrange(keys.historyChunks, 0, -1)
    await minutes(...Array.from({ length: 61 }, () => 3))
    await it.redis.setrange(key, 0, '\u0009')
    it.log.length = 0
    for (let n = 0; n < 3; n++) expect((await ask()).at.length).toBeGreaterThan(0)
    expect(it.log.filter((line) => line.includes(key))).toHaveLength(1)
  })

  test('a chunk that went meanwhile is missing, and no more', async () => {
    await minutes(1)
    await it.redis.lpush(keys.historyChunks, `${keys.history(node, 'system')}:boot-1:3:00000000`)
    await it.redis.lpush(keys.historyChunks, 'nonsense')
    expect(rowsOf(await ask()).map(([, min]) => min)).toEqual([1])
  })

  test('another type under its name is no more than that', async () => {
    await minutes(1)
    const key = `${keys.history(node, 'system')}:boot-1:3:00000000`
    await it.redis.rpush(key, 'x')
    await it.redis.lpush(keys.historyChunks, key)
    expect(rowsOf(await ask()).map(([, min]) => min)).toEqual([1])
  })
})

describe('what is asked wrongly', () => {
  test.each([
    ['?points=1', 'points'],
    ['?points=2001', 'points'],
    ['?points=many', 'points'],
    ['?points=2&points=3', 'points'],
    ['?from=yesterday', 'from'],
    ['?to=2026-02-30T00:00:00Z', 'to'],
    ['?from=2026-11-21T02:00:00Z&to=2026-11-21T01:00:00Z', 'from'],
    ['?node=../x', 'node'],
  ])('%s is 400 and names %s', async (query, field) => {
    const answer = await it.get(`/api/history/system${query}`)
    expect(answer.statusCode).toBe(400)
    expect(answer.headers['content-type']).toContain('application/problem+json')
    expect(answer.json().issues).toContainEqual({ path: field, reason: expect.stringMatching(/./) })
  })

  test.each([
    ['/api/history/toaster', 'unknown-source'],
    ['/api/history/__proto__', 'unknown-source'],
    ['/api/history/system?node=attic', 'unknown-node'],
  ])('%s is 404', async (url, name) => {
    const answer = await it.get(url)
    expect(answer.statusCode).toBe(404)
    expect(answer.json().type).toBe(`urn:tailboard:${name}`)
  })

  test('more questions at once than may wait are told to come later, and the others are answered', async () => {
    await minutes(1)
    const answers = await Promise.all(Array.from({ length: 100 }, () => it.get('/api/history/system')))
    const codes = answers.map(({ statusCode }) => statusCode)
    expect(new Set(codes)).toEqual(new Set([200, 429]))
    expect(codes.filter((code) => code === 200).length).toBeGreaterThanOrEqual(32)
    expect((await it.get('/api/history/system')).statusCode).toBe(200)
  })

  test('without Redis it is 503, and it comes back by itself', async () => {
    await minutes(5)
    await it.server.stop({ save: true })
    await until(async () => (await it.get('/api/history/system')).statusCode === 503)
    expect((await it.get('/api/history/system')).json().type).toBe('urn:tailboard:redis-away')
    await it.server.start()
    await until(async () => (await it.get('/api/history/system')).statusCode === 200)
    expect(rowsOf(await ask()).map(([, min]) => min)).toEqual([5])
  })
})
