import { historyLimits, keys, type Reading } from '@tailboard/contracts'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Chunk, readChunk } from './history-chunk.ts'
import { Store } from './store.ts'
import { FakeTime } from './testing/fake-time.ts'
import { historyBytes } from './testing/history-bytes.ts'
import { systemReading } from './testing/readings.ts'
import { TestRedis } from './testing/redis-server.ts'
import { syntheticReading, waves } from './testing/synthetic.ts'

const server = new TestRedis()
let redis: Redis
let time: FakeTime
let store: Store

beforeAll(async () => {
  await server.start()
  redis = new Redis(server.url)
})
beforeEach(async () => {
  await redis.flushall()
  // In the middle of an hour of the monotonic clock.
  time = new FakeTime('2026-11-21T02:00:00.000Z', 10 * 3_600_000 + 1_800_000)
  store = new Store(redis, 'kitchen', time)
})
afterAll(async () => {
  redis.disconnect()
  await server[Symbol.asyncDispose]()
})

const minuteMs = 60_000
const hourMs = 60 * minuteMs

function reading(change: (data: typeof systemReading) => void = () => {}, agedMs = 0): Reading {
  const { at, clock } = store.now()
  const data = structuredClone(systemReading)
  change(data)
  const measuredAt = new Date(Date.parse(at) - agedMs).toISOString()
  const times = { measuredAt, writtenAt: at, clock }
  return { node: 'kitchen', source: 'system', schema: 1, ...times, simulated: false, data }
}

const index = () => redis.lrange(keys.historyChunks, 0, -1)
async function chunks(): Promise<Chunk[]> {
  const found = await index()
  return Promise.all(found.map(async (key) => readChunk(key, (await redis.getBuffer(key)) as Buffer)))
}

/** Of each sample of a field its age (ms) and value. */
async function samplesOf(path: string, key: string | null = null) {
  const now = time.monotonicMs()
  return (await chunks()).flatMap((chunk) => {
    const field = chunk.fields.findIndex((each) => each.path === path && each.key === key)
    if (field === -1) return []
    return Array.from({ length: chunk.samples }, (_, n) => [
      now - chunk.monotonicMs(n),
      chunk.value(n, field),
    ])
  })
}

describe('what is written', () => {
  test('each reading adds its series, with the time at which it was measured', async () => {
    await store.publishReading(reading(), null)
    time.advance(minuteMs)
    await store.publishReading(
      reading((data) => (data.cpu.usedPercent = null), 30_000),
      null,
    )
    expect(await samplesOf('cpu.usedPercent')).toEqual([
      [minuteMs, 12.5],
      [30_000, null],
    ])
    expect(await samplesOf('network.receivedBytesPerS', 'wlan0')).toEqual([
      [minuteMs, 1_000],
      [30_000, 1_000],
    ])
    expect((await chunks())[0]).toMatchObject({ simulated: false, intervalS: 60, boot: 'boot-1' })
  })

  test('what was measured more than a day before is not kept', async () => {
    await store.publishReading(
      reading(() => {}, historyLimits.reachMs + 1),
      null,
    )
    expect(await index()).toEqual([])
  })

  test('a success that measured nothing new confirms; a failure does not', async () => {
    await store.publishReading(reading(), null)
    time.advance(minuteMs)
    await store.publishSuccess('system')
    time.advance(minuteMs)
    await store.publishFailure('system', { kind: 'timeout', message: '', hint: null, ...store.now() })
    const confirmed = (await chunks()).filter(({ fields }) => fields.length === 0)
    expect(confirmed.map((chunk) => [chunk.samples, time.monotonicMs() - chunk.monotonicMs(0)])).toEqual([
      [1, minuteMs],
    ])
  })

  test('a reading that tells again what is older than an interval confirms it', async () => {
    await store.publishReading(
      reading(() => {}, minuteMs + 1),
      null,
    )
    expect((await chunks()).map(({ fields, samples }) => [fields.length > 0, samples])).toEqual([
      [true, 1],
      [false, 1],
    ])
  })

  test('another unit, interval or set of keys begins another chunk', async () => {
    const first = systemReading.network[0] as (typeof systemReading.network)[number]
    await store.publishReading(reading(), null)
    await store.publishReading(
      reading((data) => data.network.push({ ...first, name: 'eth0' })),
      null,
    )
    await store.publishReading(reading(), null, 120)
    await store.publishReading({ ...reading(), simulated: true }, null)
    expect((await chunks()).map(({ samples }) => samples)).toEqual([1, 1, 1, 1])
    await store.publishReading(reading(), null)
    expect((await chunks()).map(({ samples }) => samples)).toEqual([2, 1, 1, 1])
  })

  test('of more keys than the contract allows the first are kept, and of one that stands twice the first', async () => {
    const first = systemReading.network[0] as (typeof systemReading.network)[number]
    const names = ['a', 'a', 'b', 'c', 'd', 'e']
    await store.publishReading(
      reading((data) => {
        data.network = names.map((name, at) => ({ ...first, name, receivedBytesPerS: at }))
      }),
      null,
    )
    const [chunk] = await chunks()
    const columns = chunk?.fields.flatMap(({ path, key }, at) =>
      path === 'network.receivedBytesPerS' ? [[key, chunk.value(0, at)]] : [],
    )
    expect(columns).toEqual([
      ['a', 0],
      ['b', 2],
      ['c', 3],
      ['d', 4],
    ])
  })

  test('a source without series leaves nothing', async () => {
    await store.publishReading(syntheticReading(store, 'camera', waves()), null)
    await store.publishSuccess('camera')
    expect(await redis.keys('tailboard:history*')).toEqual([])
  })
})

describe('what goes', () => {
  test('a chunk that is older than a day, and then what is known of its boot', async () => {
    await store.publishReading(reading(), null)
    time.reboot('boot-2')
    for (let hour = 0; hour < 24; hour++) {
      await store.publishReading(reading(), null)
      time.advance(hourMs)
    }
    expect(new Set((await chunks()).map(({ boot }) => boot))).toEqual(new Set(['boot-1', 'boot-2']))
    time.advance(2 * hourMs)
    await store.publishReading(reading(), null)
    expect(new Set((await chunks()).map(({ boot }) => boot))).toEqual(new Set(['boot-2']))
    expect(Object.keys(await redis.hgetall(keys.historyBoots))).toEqual(['boot-2'])
  })

  test('the oldest of all sources and nodes, as soon as all are more than the share', async () => {
    const megabyte = 'x'.repeat(2 ** 20)
    const older = ['attic:history:weather', 'kitchen:history:system', 'attic:history:weather'].map(
      (start, n) => `tailboard:${start}:boot-1:10:0000000${n}`,
    )
    for (const key of older) {
      await redis.set(key, megabyte)
      await redis.rpush(keys.historyChunks, key)
    }
    await store.publishReading(reading(), null)
    expect((await index()).slice(0, 3)).toEqual(older)
    await redis.set(older[1] as string, megabyte.repeat(2))
    await store.publishReading(reading(), null)
    expect((await index()).slice(0, 2)).toEqual(older.slice(1))
    expect(await redis.exists(older[0] as string)).toBe(0)
    expect(await historyBytes(redis)).toBeLessThanOrEqual(historyLimits.shareBytes)
    expect(await index()).toHaveLength(3)
  })

  test('the oldest, where there are more than may be weighed at each write', async () => {
    const names = Array.from(
      { length: historyLimits.mostChunks },
      (_, n) => `${keys.history('attic', 'system')}:boot-1:10:${n}`,
    )
    await redis.mset(names.flatMap((name) => [name, 'x']))
    await redis.rpush(keys.historyChunks, ...names)
    await redis.hset(keys.historyBoots, { 'boot-1': time.wallMs() - time.monotonicMs() })
    await store.publishReading(reading(), null)
    expect((await index()).slice(0, -1)).toEqual(names.slice(1))
    expect(await redis.exists(...names)).toBe(historyLimits.mostChunks - 1)
  })

  test('a name in the list that is no chunk does not stand in the way', async () => {
    await redis.rpush(keys.historyChunks, 'nonsense', 'tailboard:kitchen:history:system:boot-0:1:00000000')
    await store.publishReading(reading(), null)
    expect(await index()).toHaveLength(1)
  })
})

describe('a chunk that can’t be read is refused', () => {
  const key = 'tailboard:kitchen:history:system:boot-1:10:01234567'
  const packed = (json: string) => Buffer.concat([Buffer.from([1, json.length, 0]), Buffer.from(json)])
  test.each([
    ['empty', key, Buffer.alloc(0)],
    ['of two bytes', key, Buffer.from([1, 0])],
    ['of another format', key, Buffer.from([2, 2, 0, 123, 125])],
    ['cut within its head', key, Buffer.from([1, 200, 0, 123])],
    ['with a head that is no JSON', key, packed('{')],
    ['with a head that lacks its fields', key, packed('{"simulated":false,"intervalS":60}')],
    ['with an interval of nothing', key, packed('{"simulated":false,"intervalS":0,"fields":[]}')],
    [
      'under another name',
      'tailboard:kitchen:history:system',
      packed('{"simulated":false,"intervalS":1,"fields":[]}'),
    ],
  ])('%s', (_what, name, bytes) => {
    expect(() => readChunk(name, bytes)).toThrow(/history/)
  })

  test('but one that was cut within a sample has those before it', async () => {
    await store.publishReading(reading(), null)
    await store.publishReading(reading(), null)
    const [name = ''] = await index()
    const bytes = (await redis.getBuffer(name)) as Buffer
    expect(readChunk(name, bytes.subarray(0, -1)).samples).toBe(1)
  })
})
