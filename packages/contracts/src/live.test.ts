import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { type Config, defaultConfig } from './config.ts'
import type { Failure } from './error.ts'
import { type Event, eventSchema } from './event.ts'
import { applyEvent, emptyModel, type LiveModel } from './live.ts'
import type { Reading } from './reading.ts'
import { idleRunState } from './run.ts'
import { type Stamp, stampPlus } from './time.ts'

const stamp: Stamp = { at: '2026-11-21T02:00:00.000Z', clock: { boot: 'a', ms: 1_000 } }
const later = stampPlus(stamp, 60_000)
const failure: Failure = { kind: 'unreachable', message: 'Nothing answers', hint: null, ...stamp }
const reading: Reading = {
  node: 'kitchen',
  source: 'system',
  schema: 1,
  measuredAt: stamp.at,
  writtenAt: stamp.at,
  clock: stamp.clock,
  simulated: false,
  data: { some: 1 },
}
const of = { node: 'kitchen', source: 'system', stamp }
const apply = (...events: Event[]): LiveModel =>
  events.reduce(
    (model, event) => {
      // What a test makes up must be what can really come.
      v.parse(eventSchema, event)
      return applyEvent(model, event)
    },
    emptyModel('kitchen', defaultConfig),
  )

describe('a reading', () => {
  test('is the reading, the success and the outcome', () => {
    const { system } = apply({ type: 'reading', ...of, reading, failure: null }).sources
    expect(system).toMatchObject({ reading, success: stamp, outcome: 'ok', failure: null })
  })
  test('that lacks something carries why', () => {
    expect(apply({ type: 'reading', ...of, reading, failure }).sources.system).toMatchObject({
      outcome: 'partial',
      failure,
    })
  })
  test('that is whole leaves the last failure to be looked at', () => {
    const { system } = apply(
      { type: 'failure', ...of, failure },
      { type: 'reading', ...of, reading, failure: null },
    ).sources
    expect(system).toMatchObject({ outcome: 'ok', failure })
  })
})

test('a failure stands beside the last good reading', () => {
  const { system } = apply(
    { type: 'reading', ...of, reading, failure: null },
    { type: 'failure', ...of, stamp: later, failure },
  ).sources
  expect(system).toMatchObject({ reading, success: stamp, outcome: 'failed', failure })
})

test('a success moves the last success and not the reading', () => {
  const { system } = apply(
    { type: 'reading', ...of, reading, failure: null },
    { type: 'success', ...of, stamp: later },
  ).sources
  expect(system).toMatchObject({ reading, success: later, outcome: 'ok' })
})

test('a success that lacks something is partial, and moves no reading either', () => {
  const { system } = apply(
    { type: 'reading', ...of, reading, failure: null },
    { type: 'success', ...of, stamp: later, failure },
  ).sources
  expect(system).toMatchObject({ reading, success: later, outcome: 'partial', failure })
})

test('a run changes where the source stands in the schedule', () => {
  const run = { ...idleRunState, running: stamp, failuresInARow: 2 }
  expect(apply({ type: 'run', ...of, run }).sources.system.run).toEqual(run)
})

test('a configuration reaches every source', () => {
  const config: Config = structuredClone(defaultConfig)
  config.sources.system.intervalSeconds = 300
  const status = {
    version: 'x',
    origin: 'file' as const,
    problems: [],
    unknownKeys: [],
    notWritable: null,
    changed: stamp,
  }
  const model = apply({ type: 'config', node: 'kitchen', stamp, status, config })
  expect(model.sources.system.settings.intervalSeconds).toBe(300)
  expect(model.config).toEqual({ status, config })
})

test('a notice comes and goes by its id', () => {
  const notice = {
    type: 'notice' as const,
    node: 'kitchen',
    stamp,
    id: 'clock',
    level: 'warning' as const,
    text: 'Jumped',
    hint: null,
  }
  expect(Object.keys(apply(notice, { ...notice, id: 'redis-save' }).notices)).toEqual(['clock', 'redis-save'])
  expect(apply(notice, { ...notice, text: null }).notices).toEqual({})
})

test('what is of another node or of a source that this version does not know changes nothing', () => {
  const model = emptyModel('kitchen', defaultConfig)
  expect(applyEvent(model, { type: 'failure', ...of, node: 'attic', failure })).toBe(model)
  expect(applyEvent(model, { type: 'failure', ...of, source: 'tomorrow', failure })).toBe(model)
  expect(applyEvent(model, { type: 'failure', ...of, source: 'constructor', failure })).toBe(model)
})

test('the model before an event is left as it was', () => {
  const model = emptyModel('kitchen', defaultConfig)
  const copy = structuredClone(model)
  applyEvent(model, { type: 'reading', ...of, reading, failure: null })
  expect(model).toEqual(copy)
})

test('a press of a button is remembered with its source, and nothing else of it changes', () => {
  const press = { key: 'middle' as const, did: 'The LEDs are off', stamp }
  const { sources } = apply({ type: 'press', ...of, press })
  expect(sources.system.press).toEqual(press)
  expect(sources.system).toMatchObject({ reading: null, success: null, outcome: null })
  expect(sources.weather.press).toBeUndefined()
})
