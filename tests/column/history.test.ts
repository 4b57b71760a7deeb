import {
  type HistoryAnswer,
  historyAnswerSchema,
  historyLimits,
  keys,
  type SourceId,
  seriesPaths,
  sourceContract,
  sourceIds,
} from '@tailboard/contracts'
import { FakeTime } from '@tailboard/service/testing/fake-time'
import { historyBytes } from '@tailboard/service/testing/history-bytes'
import { syntheticLife, syntheticReading, waves } from '@tailboard/service/testing/synthetic'
import * as v from 'valibot'
import { afterAll, beforeAll, expect, test } from 'vitest'
// @boundaries-ignore the whole column in one process, so that a day passes in seconds
import { TestGateway, until } from '../../apps/gateway/src/testing/test-gateway.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
/** More than a day: the first two hours have gone at its end. */
const lifeMs = 26 * hourMs
const start = '2026-11-21T02:00:00.000Z'
const recording = sourceIds.filter((id) => seriesPaths(sourceContract(id).data).size > 0)

/** Highs and lows at moments at which every source measures (each interval divides 15 min), and some at which only the fastest does. */
const high = 97
const low = 2
const spikes = new Map(
  [
    [3.5 * hourMs, high],
    [9 * hourMs, low],
    [9.25 * hourMs, high],
    [18 * hourMs + 5_000, high],
    [18 * hourMs + 35_000, low],
    [lifeMs - 15 * minuteMs, low],
  ].map(([ms = 0, value = 0]) => [Date.parse(start) + ms, value]),
)

const time = new FakeTime(start, 5 * hourMs)
const gateway = new TestGateway({ time })
const used: number[] = []

beforeAll(async () => {
  // As in the container: its limit, and what it does there.
  await gateway.start({ redisOptions: ['--maxmemory', '28mb', '--maxmemory-policy', 'noeviction'] })
  for await (const _hour of syntheticLife(gateway.store, time, lifeMs, waves(spikes))) {
    used.push(await historyBytes(gateway.redis))
  }
}, 300_000)
afterAll(() => gateway[Symbol.asyncDispose]())

async function ask(source: SourceId, query: string): Promise<HistoryAnswer> {
  const answer = await gateway.get(`/api/history/${source}${query}`)
  expect(answer.statusCode).toBe(200)
  return v.parse(historyAnswerSchema, answer.json())
}

test('a day of every source at its own pace stays within the share, and what is older makes room for what comes', () => {
  expect(Math.max(...used)).toBeLessThan(historyLimits.shareBytes)
  expect(used.at(-1)).toBeLessThan((used[23] ?? 0) * 1.05)
  expect(used.at(-1)).toBeGreaterThan((used[11] ?? 0) * 1.5)
})

test('every field that is marked is told, for the whole day and no longer', async () => {
  for (const id of recording) {
    const { at, series } = await ask(id, '?points=2000')
    expect([...new Set(series.map(({ path }) => path))]).toEqual([
      ...seriesPaths(sourceContract(id).data).keys(),
    ])
    const stepMs = Math.max(sourceContract(id).defaults.intervalSeconds * 1000, dayMs / 2000)
    expect(at[0]).toBeGreaterThanOrEqual(time.wallMs() - dayMs)
    expect(at[0]).toBeLessThanOrEqual(time.wallMs() - dayMs + stepMs)
    expect(at.at(-1)).toBeGreaterThanOrEqual(time.wallMs() - stepMs)
    expect(series.every(({ min, max }) => !min.includes(null) && !max.includes(null))).toBe(true)
  }
})

test.each([2, 10, 60, 299, 300, 1440, 2000])(
  'with %i points each high and low stands in the row of its time, and nowhere else',
  async (points) => {
    for (const id of recording) {
      const { intervalSeconds } = sourceContract(id).defaults
      const said = await ask(id, `?points=${points}`)
      const isDivided = dayMs / 1000 / intervalSeconds > points
      const shareMs = dayMs / points
      const fromMs = Date.parse(said.from)
      const rowOf = (ms: number) =>
        isDivided
          ? said.at.indexOf(Math.round(fromMs + (Math.floor((ms - fromMs) / shareMs) + 0.5) * shareMs))
          : said.at.indexOf(ms)
      const measured = [...spikes].filter(([ms]) => ((ms - Date.parse(start)) / 1000) % intervalSeconds === 0)
      const rowsWith = (value: number) =>
        new Set(measured.filter(([, spike]) => spike === value).map(([ms]) => rowOf(ms)))
      for (const { min, max } of said.series) {
        expect(new Set(indexesOf(max, high))).toEqual(rowsWith(high))
        expect(new Set(indexesOf(min, low))).toEqual(rowsWith(low))
        expect(Math.max(...(max as number[]))).toBe(high)
        expect(Math.min(...(min as number[]))).toBe(low)
      }
    }
  },
)

function indexesOf(column: (number | null)[], wanted: number): number[] {
  return column.flatMap((value, index) => (value === wanted ? [index] : []))
}

test('nothing is lost when the gateway and what writes are started anew', async () => {
  const before = await ask('sensehat', '?points=500')
  await gateway.stopGateway()
  await gateway.startGateway()
  await until(() => gateway.gateway.missing().length === 0)
  expect(await ask('sensehat', '?points=500')).toEqual(before)
  const names = await gateway.redis.llen(keys.historyChunks)
  await gateway.store.publishReading(syntheticReading(gateway.store, 'sensehat', waves()), null)
  const after = await ask('sensehat', '?points=2000')
  expect(after.series.every(({ min }) => !min.includes(null))).toBe(true)
  expect(await gateway.redis.llen(keys.historyChunks)).toBeLessThanOrEqual(names + 1)
})

test('a power cut costs what came after the last save, and no more', async () => {
  const isBack = async () => (await gateway.get('/api/history/system')).statusCode === 200
  const before = await ask('system', '?points=2000')
  await gateway.redis.save()
  for await (const _hour of syntheticLife(gateway.store, time, hourMs, waves()));
  // SIGKILL. redis.conf says how old the last save may be (tests/repository/redis.test.ts).
  await gateway.server.stop()
  await gateway.server.start()
  await until(isBack)
  const { at } = await ask('system', '?points=2000')
  expect(at).toEqual(before.at.filter((ms) => ms >= time.wallMs() - dayMs))
  expect(at.at(-1)).toBeGreaterThanOrEqual(time.wallMs() - hourMs - minuteMs)
})
