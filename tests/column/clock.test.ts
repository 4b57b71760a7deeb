import { setTimeout as sleep } from 'node:timers/promises'
import {
  applyEvent,
  clockJumpMs,
  defaultConfig,
  type Event,
  elapsedMs,
  keys,
  type LiveModel,
  type RunRecord,
  readingAgeMs,
  restingState,
  type Stamp,
} from '@tailboard/contracts'
import { createLogger, createRedis, runOnce, Store, systemTime, type TimeSource } from '@tailboard/service'
import type { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
// @boundaries-ignore the same
import { ago } from '../../apps/frontend/src/format/age.ts'
// @boundaries-ignore the whole column in one process, so that its wall clock can be set
import { ServerClock } from '../../apps/frontend/src/live/clock.ts'
// @boundaries-ignore the same
import { TestGateway, type TestPage } from '../../apps/gateway/src/testing/test-gateway.ts'
// @boundaries-ignore the same
import { Orchestrator } from '../../apps/orchestrator/src/orchestrator.ts'
// @boundaries-ignore the same
import { cleanEnd, FakeLauncher } from '../../apps/orchestrator/src/testing/fake-launcher.ts'
// @boundaries-ignore the same
import { systemSource } from '../../apps/system/src/system.ts'

const hourMs = 3_600_000
const intervalSeconds = 10
const file = (seconds: number) =>
  [
    'version: 1',
    'sources:',
    ...Object.keys(defaultConfig.sources).map((id) =>
      id === 'system'
        ? `  system: { intervalSeconds: ${seconds}, timeoutSeconds: 5 }`
        : `  ${id}: { enabled: false }`,
    ),
    '',
  ].join('\n')

/** The machine's real monotonic clock, beside a wall clock that is set as NTP sets it. */
class SetWallClock implements TimeSource {
  shiftMs = 0
  readonly boot = systemTime.boot
  wallMs(): number {
    return Date.now() + this.shiftMs
  }
  monotonicMs(): number {
    return systemTime.monotonicMs()
  }
}

const time = new SetWallClock()
const gateway = new TestGateway({ time })
const launcher = new FakeLauncher()
let orchestrator: Orchestrator
let main: Redis
let page: TestPage

/** What was wrong at any moment of the test; looked at ten times a second. */
const wrong = new Set<string>()
let moments = 0
let pageMoments = 0
let isWatching = true
let watching: Promise<void>

beforeAll(async () => {
  await gateway.start({ file: file(intervalSeconds) })
  const log = createLogger({ service: 'test', level: 'error', write: () => {} })
  const { url } = gateway.server
  main = createRedis(url, { name: 'test', log })
  await main.connect()
  const connect = (name: string) => createRedis(url, { name, log, blocking: true })
  const environment = {
    REDIS_URL: url,
    TAILBOARD_NODE: 'kitchen',
    HOST_PROC: '/proc',
    HOST_SYS: '/sys',
    HOST_NAME_FILE: '/etc/hostname',
    LOG_LEVEL: 'error',
  }
  launcher.work = async () => ({ ...cleanEnd, exitCode: await runOnce(systemSource, environment, time) })
  orchestrator = new Orchestrator({
    store: new Store(main, 'kitchen', time),
    connect,
    launcher,
    log,
    random: () => 0,
  })
  await orchestrator.start()
  page = await gateway.page()
  await untilRuns(1)
  watching = watch()
})
afterAll(async () => {
  isWatching = false
  await watching
  page?.close()
  await orchestrator?.stop()
  main?.disconnect()
  await gateway[Symbol.asyncDispose]()
})

const records = async (): Promise<RunRecord[]> => {
  const list = await gateway.redis.lrange(keys.runs('kitchen'), 0, -1)
  return list.map((json) => JSON.parse(json) as RunRecord).reverse()
}
const events = async () =>
  (await gateway.redis.xrange(keys.events, '-', '+')).map(
    ([, fields]) => JSON.parse(fields[1] ?? '') as Event,
  )

async function untilRuns(count: number): Promise<void> {
  const end = performance.now() + 60_000
  while ((await records()).length < count) {
    if (performance.now() > end) throw new Error(`run ${count} never came`)
    await sleep(50)
  }
}

/** The page as a browser has it, whose own clock is twenty years off. */
function browser() {
  const clock = new ServerClock({
    monotonicMs: () => performance.now(),
    wallMs: () => Date.now() - 20 * 365 * 24 * hourMs,
  })
  let model: LiveModel | null = null
  let seen = 0
  return (): { model: LiveModel; now: Stamp } | null => {
    for (const message of page.messages.slice(seen)) {
      clock.set(message.now)
      if (message.type === 'snapshot') model = message.model
      if (message.type === 'event' && model !== null) model = applyEvent(model, message.event)
    }
    seen = page.messages.length
    const now = clock.now()
    return model === null || now === null ? null : { model, now }
  }
}

async function watch(): Promise<void> {
  const look = browser()
  const mostMs = (intervalSeconds + 6) * 1000
  const check = (where: string, ageMs: number) => {
    if (!Number.isFinite(ageMs)) wrong.add(`${where}: no age`)
    if (ageMs < 0) wrong.add(`${where}: an age below zero (${ageMs} ms)`)
    if (ageMs > mostMs) wrong.add(`${where}: an age of ${ageMs} ms`)
  }
  while (isWatching) {
    moments += 1
    const answer = (await gateway.get('/api/sources')).json()
    const source = answer.sources.find(({ id }: { id: string }) => id === 'system')
    if (source.isStale || !['ok', 'running', 'partial'].includes(source.state))
      wrong.add(`API: ${source.state}`)
    check('API: reading', source.readingAgeS * 1000)
    check('API: success', source.lastSuccessAgeS * 1000)
    const metrics = (await gateway.get('/metrics')).body
    check('metrics', Number(/^tailboard_reading_age_seconds\{.*system.*\} (\S+)$/m.exec(metrics)?.[1]) * 1000)
    const shown = look()
    if (shown !== null) {
      const view = shown.model.sources.system
      pageMoments += 1
      const state = restingState(view, shown.now)
      if (state !== 'ok' && state !== 'partial') wrong.add(`page: ${state}`)
      if (view.reading !== null) check('page: reading', readingAgeMs(view.reading, shown.now))
      if (view.success !== null) check('page: success', elapsedMs(view.success, shown.now))
      if (view.reading !== null && /-/.test(ago(readingAgeMs(view.reading, shown.now))))
        wrong.add('page: a minus')
      for (const id of Object.keys(shown.model.notices)) if (id !== 'compose') wrong.add(`page: notice ${id}`)
    }
    await sleep(100)
  }
}

async function jumps(): Promise<number[]> {
  return (await events()).flatMap((event) => (event.type === 'clock' ? [event.jumpMs] : []))
}

test.each([
  ['nine hours forward, as after a power cut', 9 * hourMs],
  ['two hours back', -2 * hourMs],
])('the wall clock is set %s: one event, and the next runs come in their time', async (_name, jumpMs) => {
  const before = await records()
  const told = (await jumps()).length
  time.shiftMs += jumpMs
  // What the clock does at its next look, and again in the middle of a rest.
  orchestrator.wake()
  await untilRuns(before.length + 2)
  const all = (await jumps()).slice(told)
  expect(all).toHaveLength(1)
  expect(Math.abs((all[0] ?? 0) - jumpMs)).toBeLessThan(clockJumpMs)
  const last = (await records()).at(-1)
  // The record's time of day is the new one.
  expect(Math.abs(Date.parse(last?.ended.at ?? '') - time.wallMs())).toBeLessThan(60_000)
})

test('an edit is taken up after the jumps, whatever time its file says', async () => {
  await gateway.writeFile(file(intervalSeconds + 1))
  const end = performance.now() + 20_000
  while (gateway.gateway.config.current?.config.sources.system.intervalSeconds !== intervalSeconds + 1) {
    if (performance.now() > end) throw new Error('the edit was never taken up')
    await sleep(50)
  }
})

test('through all of it: no storm, nothing stale, no age below zero, no notice', async () => {
  const all = await records()
  for (const [index, run] of all.entries()) {
    const previous = all[index - 1]
    if (previous === undefined) continue
    expect(run.started.clock.ms - previous.started.clock.ms).toBeGreaterThanOrEqual(
      intervalSeconds * 1000 - 50,
    )
    expect(run.durationMs).toBeLessThan(intervalSeconds * 1000)
  }
  expect(all.every(({ result }) => result === 'ok' || result === 'partial')).toBe(true)
  expect(launcher.overlapped).toBe(false)
  expect(moments).toBeGreaterThan(100)
  expect(pageMoments).toBeGreaterThan(100)
  expect([...wrong]).toEqual([])
})
