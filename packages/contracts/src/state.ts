import type { SourceSettings } from './config.ts'
import type { Failure } from './error.ts'
import type { Press } from './press.ts'
import { type Reading, readingAgeMs } from './reading.ts'
import type { RunState } from './run.ts'
import { isSourceId, sourceSummary } from './sources/known.ts'
import { elapsedMs, isSameBoot, type Stamp } from './time.ts'

/** Everything that is known of one source. The gateway keeps it, a browser gets it, events change it. */
export interface SourceView {
  id: string
  settings: SourceSettings
  /** The last good reading. */
  reading: Reading | null
  /** When the source last succeeded; later than the reading when the measurement had not changed. */
  success: Stamp | null
  /** How the last run that said something ended. */
  outcome: 'ok' | 'partial' | 'failed' | null
  /** The last failure; it is of the last run when the outcome is `partial` or `failed`. */
  failure: Failure | null
  run: RunState
  /** The last press of a button, for as long as this model has followed the events. */
  press?: Press
}

export const sourceStates = ['never', 'running', 'ok', 'partial', 'failed', 'stale', 'disabled'] as const

/**
 * - `disabled`: switched off. `running`: it measures right now. `never`: it has neither succeeded nor failed yet.
 * - `failed`: the last run failed. `stale`: no success for twice the interval (or since before the last boot).
 * - `partial`: the last reading lacks something. `ok`: all is well.
 */
export type SourceState = (typeof sourceStates)[number]

/** Whether what a source shows must not pass for current. A source that never succeeded shows nothing, so it isn't. */
export function isStale(view: SourceView, now: Stamp): boolean {
  if (view.success === null) return false
  // One on demand says nothing while nobody asks: it is off, not old.
  if (isSourceId(view.id) && sourceSummary(view.id).life === 'demand') return false
  // After a boot the clock may be hours behind: what was written before it has an unknown age.
  if (!isSameBoot(view.success, now)) return true
  const { reading } = view
  if (reading?.staleAfterS !== undefined) return readingAgeMs(reading, now) > reading.staleAfterS * 1000
  return elapsedMs(view.success, now) > 2000 * view.settings.intervalSeconds
}

/** The one state of a source, worked out from what is known of it. */
export function sourceState(view: SourceView, now: Stamp): SourceState {
  if (!view.settings.enabled) return 'disabled'
  if (view.run.running !== null) return 'running'
  return restingState(view, now)
}

/** The state that a source has between runs: what a card looks like, so that it doesn't flicker with each run. */
export function restingState(view: SourceView, now: Stamp): Exclude<SourceState, 'running'> {
  if (!view.settings.enabled) return 'disabled'
  if (view.outcome === 'failed') return 'failed'
  if (view.success === null) return 'never'
  if (isStale(view, now)) return 'stale'
  return view.outcome === 'partial' ? 'partial' : 'ok'
}
