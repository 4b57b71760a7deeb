import { expect, test } from 'vitest'
import type { Failure } from './error.ts'
import type { Reading } from './reading.ts'
import { idleRunState } from './run.ts'
import { isStale, restingState, type SourceView, sourceState } from './state.ts'
import { type Stamp, stampPlus } from './time.ts'

const now: Stamp = { at: '2026-11-21T02:00:00.000Z', clock: { boot: 'a', ms: 10_000_000 } }
const ago = (seconds: number) => stampPlus(now, -seconds * 1000)
const failure: Failure = { kind: 'timeout', message: 'Too late', hint: null, ...now }
const view = (changes: Partial<SourceView>): SourceView => ({
  id: 'system',
  settings: { enabled: true, intervalSeconds: 60, timeoutSeconds: 20 },
  reading: null,
  success: null,
  outcome: null,
  failure: null,
  run: idleRunState,
  ...changes,
})
const settings = (enabled: boolean) => ({ enabled, intervalSeconds: 60, timeoutSeconds: 20 })
const reading = (written: Stamp, staleAfterS?: number): Reading => ({
  node: 'kitchen',
  source: 'system',
  schema: 1,
  measuredAt: written.at,
  writtenAt: written.at,
  clock: written.clock,
  simulated: false,
  ...(staleAfterS === undefined ? {} : { staleAfterS }),
  data: {},
})
const running = { ...idleRunState, running: now }

test.each<[string, Partial<SourceView>, ReturnType<typeof sourceState>, ReturnType<typeof restingState>]>([
  ['nothing yet', {}, 'never', 'never'],
  [
    'switched off, though it runs and has failed',
    { settings: settings(false), run: running, outcome: 'failed', failure },
    'disabled',
    'disabled',
  ],
  ['its first run', { run: running }, 'running', 'never'],
  ['a success just now', { success: ago(1), outcome: 'ok' }, 'ok', 'ok'],
  ['a success, and running again', { success: ago(60), outcome: 'ok', run: running }, 'running', 'ok'],
  ['something is missing', { success: ago(1), outcome: 'partial', failure }, 'partial', 'partial'],
  ['twice the interval to the millisecond', { success: ago(120), outcome: 'ok' }, 'ok', 'ok'],
  ['a second later', { success: ago(121), outcome: 'ok' }, 'stale', 'stale'],
  ['partial, and old', { success: ago(121), outcome: 'partial', failure }, 'stale', 'stale'],
  ['failed after a success', { success: ago(1), outcome: 'failed', failure }, 'failed', 'failed'],
  ['failed long ago', { success: ago(5_000), outcome: 'failed', failure }, 'failed', 'failed'],
  ['failed from the first', { outcome: 'failed', failure }, 'failed', 'failed'],
  [
    'of an earlier boot',
    { success: { at: now.at, clock: { boot: 'b', ms: 9_999_999 } }, outcome: 'ok' },
    'stale',
    'stale',
  ],
])('%s', (_name, changes, state, resting) => {
  expect(sourceState(view(changes), now)).toBe(state)
  expect(restingState(view(changes), now)).toBe(resting)
})

test('a wall clock that jumped nine hours makes nothing stale', () => {
  const jumped = { at: '2026-11-21T11:00:00.000Z', clock: { boot: 'a', ms: now.clock.ms + 1_000 } }
  expect(isStale(view({ success: now, outcome: 'ok' }), jumped)).toBe(false)
})

test('a device that knows better than twice the interval is believed', () => {
  const late = view({ success: ago(1), reading: reading(ago(700), 600), outcome: 'ok' })
  expect(isStale(late, now)).toBe(true)
  expect(isStale({ ...late, reading: reading(ago(500), 600), success: ago(500) }, now)).toBe(false)
})

test('the camera, which runs while someone looks, is off and not old when nobody did for a day', () => {
  expect(isStale(view({ id: 'camera', success: ago(86_400), outcome: 'ok' }), now)).toBe(false)
})
