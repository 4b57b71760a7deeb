import { mostWatchers } from '@tailboard/contracts'
import { beforeEach, expect, test } from 'vitest'
import { Demand } from './demand.ts'

const settings = { enabled: true, ownSettings: 'a' }
let demand: Demand
let nowMs: number

beforeEach(() => {
  demand = new Demand()
  demand.configure(settings)
  nowMs = 1_000_000
})

const watch = (id = 'page-one', heardMs = nowMs) => demand.watch(id, `100.64.0.${id.length}`, heardMs, nowMs)
const next = () => demand.next(nowMs)
const start = () => {
  expect(next()).toEqual({ action: 'start' })
  demand.began(nowMs)
}
const die = () => demand.ended(nowMs, { wasAsked: false, hasRun: true, leftFiles: false })
const endAsAsked = (leftFiles: boolean | null = false) => {
  demand.stopping()
  demand.ended(nowMs, { wasAsked: true, hasRun: true, leftFiles })
}
const nothing = { action: null }

test('nobody looks: nothing is done, and nothing is waited for', () => {
  expect(next()).toEqual(nothing)
  expect(demand.wakeAtMs(nowMs)).toBeNull()
})

test('the first who looks starts it, once', () => {
  watch()
  start()
  watch('page-two-')
  expect(next()).toEqual(nothing)
  expect(demand.standing(nowMs)).toMatchObject({ watchers: 2, failuresInARow: 0, retryMs: null })
})

test('ten seconds after the last word of whoever vanished it is ended', () => {
  watch()
  start()
  nowMs += 3_000
  watch()
  expect(demand.wakeAtMs(nowMs)).toBe(nowMs + 10_000)
  nowMs += 9_999
  expect(next()).toEqual(nothing)
  nowMs += 1
  expect(next()).toEqual({ action: 'stop', reason: 'unwatched' })
  demand.stopping()
  expect(next()).toEqual(nothing)
  endAsAsked()
  expect(next()).toEqual(nothing)
  expect(demand.wakeAtMs(nowMs)).toBeNull()
})

test('one of two leaves, and it goes on; the other vanishes, and it ends', () => {
  watch('page-one')
  watch('page-two-')
  start()
  demand.leave('page-one', nowMs)
  nowMs += 5_000
  watch('page-two-')
  nowMs += 9_999
  expect(next()).toEqual(nothing)
  nowMs += 1
  expect(next()).toEqual({ action: 'stop', reason: 'unwatched' })
})

test('the last goodbye ends it three seconds later, unless the page comes back', () => {
  watch()
  start()
  demand.leave('page-one', nowMs)
  expect(demand.wakeAtMs(nowMs)).toBe(nowMs + 3_000)
  nowMs += 2_999
  expect(next()).toEqual(nothing)
  watch('page-new')
  nowMs += 5_000
  expect(next()).toEqual(nothing)
  demand.leave('page-new', nowMs)
  nowMs += 3_000
  expect(next()).toEqual({ action: 'stop', reason: 'left' })
})

test('the goodbye of a stranger changes nothing', () => {
  watch()
  start()
  demand.leave('stranger', nowMs)
  nowMs += 5_000
  expect(next()).toEqual(nothing)
})

test('who comes while it is being ended has it started again at once', () => {
  watch()
  start()
  nowMs += 10_000
  expect(next().action).toBe('stop')
  demand.stopping()
  watch('page-new')
  expect(next()).toEqual(nothing)
  nowMs += 500
  endAsAsked()
  start()
})

test('a word that comes late counts from when it was said; one that is too old counts for nothing', () => {
  watch('page-one', nowMs - 9_000)
  start()
  nowMs += 1_000
  expect(next()).toEqual({ action: 'stop', reason: 'unwatched' })
  endAsAsked()
  watch('page-one', nowMs - 10_000)
  expect(next()).toEqual(nothing)
})

test('words that arrive in the wrong order: the newest counts', () => {
  watch()
  start()
  watch('page-one', nowMs - 8_000)
  nowMs += 9_000
  expect(next()).toEqual(nothing)
})

test('a run that dies while someone looks is started again, later and later, and never more often than once a minute in the end', () => {
  watch()
  const starts: number[] = []
  for (let i = 0; i < 5 * 60 * 100; i++) {
    nowMs += 10
    watch()
    if (next().action !== 'start') continue
    starts.push(nowMs)
    demand.began(nowMs)
    die()
  }
  const waits = starts.slice(1).map((each, index) => Math.round((each - (starts[index] ?? 0)) / 100) / 10)
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60])
})

test('what waits says when it is tried again', () => {
  watch()
  start()
  die()
  expect(demand.standing(nowMs)).toMatchObject({ failuresInARow: 1, retryMs: nowMs + 1_000 })
  expect(demand.wakeAtMs(nowMs)).toBe(nowMs + 1_000)
})

test('a run that had worked for a minute is tried again as after a first failure', () => {
  watch()
  for (let i = 0; i < 5; i++) {
    nowMs += 60_000
    watch()
    start()
    die()
  }
  nowMs += 60_000
  watch()
  start()
  for (let waited = 0; waited < 60_000; waited += 5_000) {
    nowMs += 5_000
    watch()
  }
  die()
  expect(demand.standing(nowMs)).toMatchObject({ failuresInARow: 1, retryMs: nowMs + 1_000 })
})

test('what took minutes to prepare and failed has not worked for minutes', () => {
  watch()
  for (const [failures, waitMs] of [
    [1, 1_000],
    [2, 2_000],
    [3, 4_000],
  ] as const) {
    start()
    for (let waited = 0; waited < 180_000; waited += 5_000) {
      nowMs += 5_000
      watch()
    }
    demand.ended(nowMs, { wasAsked: false, hasRun: false, leftFiles: null })
    expect(demand.standing(nowMs)).toMatchObject({ failuresInARow: failures, retryMs: nowMs + waitMs })
    nowMs += waitMs
    watch()
  }
})

test('who opens the page anew waits two seconds at most; a tap is no way around that', () => {
  watch()
  for (let i = 0; i < 8; i++) {
    nowMs += 60_000
    watch()
    start()
    die()
  }
  const diedMs = nowMs
  nowMs += 500
  demand.leave('page-one', nowMs)
  watch('page-new')
  expect(next()).toEqual(nothing)
  nowMs = diedMs + 1_999
  expect(next()).toEqual(nothing)
  nowMs = diedMs + 2_000
  expect(next()).toEqual({ action: 'start' })
})

test('nobody looks any more: it is not tried again', () => {
  watch()
  start()
  die()
  nowMs += 11_000
  expect(next()).toEqual(nothing)
  expect(demand.standing(nowMs)).toMatchObject({ watchers: 0, retryMs: null })
})

test('switched off: it ends, and does not start until it is on again', () => {
  watch()
  start()
  demand.configure({ ...settings, enabled: false })
  expect(next()).toEqual({ action: 'stop', reason: 'disabled' })
  endAsAsked()
  expect(next()).toEqual(nothing)
  demand.configure(settings)
  expect(next()).toEqual({ action: 'start' })
})

test('its settings change: it ends and starts with the new ones; when it does not run nothing happens', () => {
  demand.configure({ ...settings, ownSettings: 'b' })
  watch()
  start()
  expect(next()).toEqual(nothing)
  demand.configure({ ...settings, ownSettings: 'c' })
  expect(next()).toEqual({ action: 'stop', reason: 'changed' })
  endAsAsked()
  start()
  expect(next()).toEqual(nothing)
})

test('before it has settings, and while it is held, nothing starts', () => {
  demand = new Demand()
  watch()
  expect(next()).toEqual(nothing)
  demand.configure(settings)
  demand.hold(true)
  expect(next()).toEqual(nothing)
  expect(demand.wakeAtMs(nowMs)).toBe(nowMs + 10_000)
  demand.hold(false)
  expect(next()).toEqual({ action: 'start' })
})

test('a run that was found under way waits ten seconds for someone to say that he looks', () => {
  demand.began(nowMs)
  nowMs += 9_999
  expect(next()).toEqual(nothing)
  nowMs += 1
  expect(next()).toEqual({ action: 'stop', reason: 'unwatched' })
})

test('only so many may look', () => {
  for (let i = 0; i < mostWatchers; i++) expect(watch(`page-${i}-xx`)).toBe(true)
  expect(watch('one-more')).toBe(false)
  expect(watch('page-0-xx')).toBe(true)
  demand.leave('page-0-xx', nowMs)
  expect(watch('one-more')).toBe(true)
})

test('everyone who looked in a run is known, also who has left; the next run begins anew', () => {
  watch('page-one')
  start()
  watch('page-two-')
  demand.leave('page-one', nowMs)
  expect(demand.standing(nowMs).addresses).toEqual(['100.64.0.8', '100.64.0.9'])
  die()
  demand.began(nowMs)
  expect(demand.standing(nowMs).addresses).toEqual(['100.64.0.9'])
})

test('one that was killed may have left something: when nobody looks it is started once more, to tidy up', () => {
  watch()
  start()
  nowMs += 10_000
  endAsAsked(true)
  expect(next()).toEqual({ action: 'sweep' })
  demand.sweeping()
  expect(next()).toEqual(nothing)
  demand.swept()
  expect(next()).toEqual(nothing)
  expect(demand.wakeAtMs(nowMs)).toBeNull()
})

test('killed while someone looks: the next run tidies up, and a sweep comes only when he leaves before it', () => {
  watch()
  start()
  demand.ended(nowMs, { wasAsked: false, hasRun: true, leftFiles: true })
  expect(next()).toEqual(nothing)
  nowMs += 1_000
  start()
  // It never came so far as to touch anything.
  demand.ended(nowMs, { wasAsked: false, hasRun: true, leftFiles: null })
  demand.leave('page-one', nowMs)
  expect(next()).toEqual({ action: 'sweep' })

  watch()
  nowMs += 2_000
  start()
  nowMs += 10_000
  endAsAsked(false)
  expect(next()).toEqual(nothing)
})

test('who comes while it is tidied up has it started right after; the back-off stays what it was', () => {
  watch()
  start()
  demand.ended(nowMs, { wasAsked: false, hasRun: true, leftFiles: true })
  demand.leave('page-one', nowMs)
  expect(next()).toEqual({ action: 'sweep' })
  demand.sweeping()
  nowMs += 999
  watch('page-new')
  expect(next()).toEqual(nothing)
  demand.swept()
  expect(next()).toEqual(nothing)
  nowMs += 1
  expect(next()).toEqual({ action: 'start' })
})

test('it is tidied up also when it is switched off, and not while the engine is away', () => {
  demand.oweSweep()
  demand.configure({ ...settings, enabled: false })
  demand.hold(true)
  expect(next()).toEqual(nothing)
  demand.hold(false)
  watch()
  expect(next()).toEqual({ action: 'sweep' })
})
