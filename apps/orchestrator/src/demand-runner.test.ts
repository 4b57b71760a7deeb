import {
  cameraId,
  configSchema,
  keys,
  type RunRecord,
  type SourceId,
  TailboardError,
} from '@tailboard/contracts'
import { createLogger, createRedis, Store } from '@tailboard/service'
import { FakeTime } from '@tailboard/service/testing/fake-time'
import { TestRedis } from '@tailboard/service/testing/redis-server'
import { Redis } from 'ioredis'
import * as v from 'valibot'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { RunEnd } from './launcher.ts'
import { Orchestrator } from './orchestrator.ts'
import { cleanEnd, FakeLauncher, hang } from './testing/fake-launcher.ts'

const camera = cameraId
const server = new TestRedis()
const log = createLogger({ service: 'test', level: 'error', write: () => {} })
let redis: Redis
let store: Store
let time: FakeTime
let launcher: FakeLauncher
let orchestrator: Orchestrator
let stops: (() => Promise<void>)[] = []

beforeAll(() => server.start())
beforeEach(async () => {
  redis = new Redis(server.url)
  await redis.flushall()
  time = new FakeTime()
  store = new Store(redis, 'kitchen', time)
  launcher = new FakeLauncher()
  launcher.work = hang
  await configure({})
})
afterEach(async () => {
  for (const stop of stops) await stop()
  stops = []
  redis.disconnect()
})
afterAll(() => server[Symbol.asyncDispose]())

/** Every other source is off, unless it is named: only the camera is of interest. */
async function configure(settings: Record<string, unknown>, others: object = {}): Promise<void> {
  const sources = Object.fromEntries(
    ['aranet4', 'pihole', 'sensehat', 'system', 'tailscale', 'weather'].map((id) => [id, { enabled: false }]),
  )
  const config = v.parse(configSchema, { sources: { ...sources, ...others, camera: settings } })
  const status = {
    version: String(Math.random()),
    origin: 'file' as const,
    problems: [],
    unknownKeys: [],
    notWritable: null,
    changed: store.now(),
  }
  await store.publishConfig({ status, config })
}

async function start(): Promise<void> {
  const main = createRedis(server.url, { name: 'test', log })
  await main.connect()
  const connect = (name: string) => createRedis(server.url, { name, log, blocking: true })
  const own = new Orchestrator({
    store: new Store(main, 'kitchen', time),
    connect,
    launcher,
    log,
    random: () => 0,
  })
  orchestrator = own
  stops.push(async () => {
    await own.stop()
    main.disconnect()
  })
  await own.start()
}

const until = (claim: () => unknown) => vi.waitFor(claim, { timeout: 20_000, interval: 10 })
const order = (given: object) =>
  redis.lpush(keys.orders('kitchen'), JSON.stringify({ source: 'camera', ...given }))
/** An order has been taken out of the list, and what follows from it has begun. */
const taken = () => until(async () => expect(await redis.llen(keys.orders('kitchen'))).toBe(0))
const watch = async (watcher = 'page-one', by = '100.64.0.7') => {
  await order({ type: 'watch', watcher, by, asked: store.now() })
  await taken()
}
const begun = (count: number) =>
  until(() => expect(launcher.begun.filter((id) => id === camera)).toHaveLength(count))
const state = async () => (await store.readSource(camera)).run
const records = async () =>
  (await redis.lrange(keys.runs('kitchen'), 0, -1))
    .map((json) => JSON.parse(json) as RunRecord & { source: string })
    .filter(({ source }) => source === 'camera')
const recorded = (count: number) => until(async () => expect(await records()).toHaveLength(count))
const pass = (ms: number) => {
  time.advance(ms)
  orchestrator.wake()
}

test('the first who looks starts it; when nobody has been heard for ten seconds it is ended and recorded', async () => {
  await start()
  expect(launcher.begun).toEqual([])
  await watch()
  await begun(1)
  await until(async () => expect((await state()).running).not.toBeNull())
  await watch('page-two', '100.64.0.8')
  pass(5_000)
  await watch('page-two', '100.64.0.8')
  pass(9_999)
  expect(launcher.asked).toEqual([])
  pass(1)
  await recorded(1)
  expect(launcher.asked).toEqual([camera])
  expect((await records())[0]).toMatchObject({
    result: 'ok',
    durationMs: 15_000,
    cause: '100.64.0.7',
    viewers: ['100.64.0.7', '100.64.0.8'],
    why: 'Nobody looked any more',
  })
  expect(await state()).toMatchObject({ running: null, next: null, failuresInARow: 0 })
  pass(60_000)
  expect(launcher.begun).toHaveLength(1)
})

test('a goodbye ends it after three seconds', async () => {
  await start()
  await watch()
  await begun(1)
  await order({ type: 'leave', watcher: 'page-one', asked: store.now() })
  await taken()
  pass(3_000)
  await recorded(1)
  expect((await records())[0]).toMatchObject({ why: 'The last viewer left' })
})

test('one that dies while someone looks is started again, later and later; the record says why', async () => {
  launcher.work = async () => {
    await store.publishFailure(camera, {
      kind: 'missing-hardware',
      message: 'It is not there',
      hint: 'Plug it in',
      ...store.now(),
    })
    return { ...cleanEnd, exitCode: 1 }
  }
  await start()
  for (const [count, waitMs] of [
    [1, 1_000],
    [2, 2_000],
    [3, 4_000],
    [4, 8_000],
  ] as const) {
    await watch()
    await begun(count)
    await recorded(count)
    await until(async () => expect((await state()).failuresInARow).toBe(count))
    expect((await state()).next?.clock.ms).toBe(time.monotonicMs() + waitMs)
    pass(waitMs - 1)
    expect(launcher.begun).toHaveLength(count)
    pass(1)
  }
  await begun(5)
  expect((await records())[0]).toMatchObject({ result: 'failed', exitCode: 1, why: 'It is not there' })
  expect((await store.readSource(camera)).failure).toMatchObject({ hint: 'Plug it in' })
})

test('one that is ended from outside is started again, and it is said', async () => {
  launcher.work = async () => cleanEnd
  await start()
  await watch()
  await recorded(1)
  expect((await store.readSource(camera)).failure?.message).toContain('from outside')
  launcher.work = hang
  pass(1_000)
  await begun(2)
})

test('what can’t be made ready is a failure with its hint, and is tried again', async () => {
  launcher.whenPreparing = async () => {
    throw new TailboardError('missing-image', 'Its image is missing', {
      hint: 'docker compose build source-camera',
    })
  }
  await start()
  await watch()
  await recorded(1)
  expect((await records())[0]).toMatchObject({ result: 'not-started', why: 'Its image is missing' })
  expect((await store.readSource(camera)).failure?.hint).toBe('docker compose build source-camera')
  expect((await state()).next).not.toBeNull()
})

test('what it needs is made ready once, after every poll has run and although nobody looks', async () => {
  await configure({}, { system: { enabled: true } })
  const prepared: SourceId[] = []
  launcher.whenPreparing = async (source) => void prepared.push(source)
  const run = Promise.withResolvers<RunEnd>()
  launcher.work = () => run.promise
  await start()
  await until(() => expect(launcher.begun).toEqual(['system']))
  pass(1_000)
  expect(prepared).toEqual(['system'])
  run.resolve(cleanEnd)
  await until(() => expect(prepared).toEqual(['system', camera]))
  pass(30_000)
  expect(prepared.filter((id) => id === camera)).toHaveLength(1)
  expect(launcher.begun).not.toContain(camera)
})

test('what can’t be made ready ahead of the first who looks is a failure with its hint; he is served by another try', async () => {
  launcher.whenPreparing = async () => {
    throw new TailboardError('missing-image', 'There is no image', { hint: 'docker compose build' })
  }
  await start()
  await until(async () => {
    expect((await store.readSource(camera)).failure).toMatchObject({ hint: 'docker compose build' })
  })
  launcher.whenPreparing = async () => {}
  await watch()
  await begun(1)
})

test('whoever has gone while it was made ready does not start it', async () => {
  const ready = Promise.withResolvers<void>()
  launcher.whenPreparing = () => ready.promise
  await start()
  await watch()
  await until(async () => expect((await state()).running).toBeNull())
  pass(10_000)
  ready.resolve()
  await watch('page-new')
  await begun(1)
  expect(await records()).toEqual([])
})

test('one that does not end when it is asked to is killed', async () => {
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout'],
    shouldAdvanceTime: true,
    advanceTimeDelta: 1_000,
  })
  try {
    launcher.isDeaf = true
    await start()
    await watch()
    await begun(1)
    pass(10_000)
    await recorded(1)
    expect((await records())[0]).toMatchObject({ result: 'killed', exitCode: 137 })
  } finally {
    vi.useRealTimers()
  }
})

test('switched off in the settings it ends, changed it starts anew', async () => {
  await start()
  await watch()
  await begun(1)
  await configure({ framesPerSecond: 10 })
  await begun(2)
  expect((await records())[0]).toMatchObject({ why: 'Its settings were changed' })
  await configure({ enabled: false })
  await recorded(2)
  expect((await records())[0]).toMatchObject({ why: 'It was switched off' })
  await watch()
  pass(5_000)
  expect(launcher.begun).toHaveLength(2)
})

test('one that an earlier life of this process began is taken up: it goes on while someone looks, else it ends', async () => {
  void launcher.run(camera, new AbortController().signal)
  await store.publishRun(camera, { running: store.now(), next: null, failuresInARow: 0, last: null })
  await start()
  expect((await state()).running).not.toBeNull()
  pass(5_000)
  await watch()
  pass(9_000)
  expect(launcher.asked).toEqual([])
  pass(1_000)
  await recorded(1)
  expect(launcher.asked).toEqual([camera])
  expect(launcher.begun).toHaveLength(1)
})

test('its end ends the camera', async () => {
  await start()
  await watch()
  await begun(1)
  await stops.shift()?.()
  expect(launcher.asked).toEqual([camera])
  expect((await records())[0]).toMatchObject({ why: 'The orchestrator ended' })
})

test('what is no order of ours changes nothing', async () => {
  await start()
  await order({ type: 'watch', watcher: '../../etc', by: 'x', asked: store.now() })
  await order({ type: 'watch', source: 'toaster', watcher: 'page-one', by: 'x', asked: store.now() })
  await order({ type: 'watch', source: 'system', watcher: 'page-one', by: 'x', asked: store.now() })
  await taken()
  pass(1_000)
  expect(launcher.begun).toEqual([])
})

test('one that was killed is started once more for nobody, to tidy up: the run log says so', async () => {
  const running: unknown[] = []
  launcher.whenRun = async () => void running.push((await state()).running)
  launcher.endWhenAsked = { ...cleanEnd, exitCode: 137 }
  await start()
  await watch()
  await begun(1)
  launcher.work = (source, signal) =>
    launcher.begun.length === 1 ? hang(source, signal) : Promise.resolve(cleanEnd)
  pass(10_000)
  await recorded(2)
  const [swept, killed] = await records()
  expect(killed).toMatchObject({ result: 'killed', exitCode: 137, why: 'Nobody looked any more' })
  expect(swept).toMatchObject({ result: 'ok', cause: 'schedule', viewers: [], why: 'Tidied up after a kill' })
  // By this the camera knows that nobody looks.
  expect(running).toEqual([expect.anything(), null])
  pass(60_000)
  expect(launcher.begun).toEqual([camera, camera])
})

test('a sweep that fails is said and not tried again', async () => {
  launcher.endWhenAsked = { ...cleanEnd, exitCode: 137 }
  await start()
  await watch()
  await begun(1)
  launcher.work = async () => ({ ...cleanEnd, exitCode: 69 })
  pass(10_000)
  await recorded(2)
  expect((await records())[0]).toMatchObject({ result: 'failed', why: 'The run could not reach Redis' })
  pass(60_000)
  expect(launcher.begun).toHaveLength(2)
})

const lastRun: RunRecord = {
  started: { at: '2026-11-20T08:00:00.000Z', clock: { boot: '', ms: 0 } },
  ended: { at: '2026-11-20T08:00:00.000Z', clock: { boot: '', ms: 0 } },
  durationMs: 1,
  cause: '100.64.0.7',
  result: 'killed',
  exitCode: 137,
  cost: null,
}

test.each([
  ['killed', { exitCode: 137 }, 1],
  ['lost', { result: 'crashed', exitCode: null }, 1],
  ['at its end', { result: 'ok', exitCode: 0 }, 0],
  ['failed', { result: 'failed', exitCode: 1 }, 0],
  ['not even begun', { result: 'not-started', exitCode: null }, 0],
] as const)('the last run of an earlier life was %s: sweeps', async (_, last, sweeps) => {
  launcher.work = async () => cleanEnd
  const now = store.now()
  await store.publishRun(camera, {
    running: null,
    next: null,
    failuresInARow: 0,
    last: { ...lastRun, started: now, ended: now, ...last },
  })
  await start()
  await recorded(sweeps)
  launcher.work = hang
  await watch()
  await begun(sweeps + 1)
  expect(await records()).toHaveLength(sweeps)
})

test('one that ended while this process was away is recorded as lost, and tidied up after', async () => {
  launcher.work = async () => cleanEnd
  await store.publishRun(camera, { running: store.now(), next: null, failuresInARow: 0, last: null })
  await start()
  await recorded(2)
  const [swept, lost] = await records()
  expect(lost).toMatchObject({ result: 'crashed', exitCode: null })
  expect(swept).toMatchObject({ why: 'Tidied up after a kill' })
  expect((await state()).running).toBeNull()
})
