import * as v from 'valibot'
import { type Failure, failureSchema } from './error.ts'
import { amount } from './field.ts'
import { nodeName } from './names.ts'
import { readingSchema } from './reading.ts'
import { runRecordSchema } from './run.ts'
import type { SourceView } from './state.ts'
import { isBefore, isoTime, isSameBoot, type Stamp, stampSchema } from './time.ts'

/** The one source that lives on demand. */
export const cameraId = 'camera'

/** Times of looking (ms). A page says every `heartbeatMs` that it looks; one that was silent for `goneAfterMs` is gone. */
export const watchTimes = {
  heartbeatMs: 3_000,
  goneAfterMs: 10_000,
  /** After the last goodbye the camera waits this long: a page that is loaded again says goodbye and comes back. */
  goodbyeMs: 3_000,
} as const

/** So many may look at once. Each takes a share of the Pi’s network, none of its processor. */
export const mostWatchers = 16

/** A page’s own name for itself, made by chance, new for each page. */
export const watcherId = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9_-]{8,36}$/, 'must be 8 to 36 letters, digits or dashes'),
)

export const cameraStates = ['off', 'starting', 'live', 'stalled', 'failed'] as const

/**
 * - `off`: nobody looks, or it is switched off. `starting`: it is on its way, no picture yet.
 * - `live`: pictures come. `stalled`: they have stopped, and it is about to be started anew.
 * - `failed`: it ended although someone looks, and waits for its next try.
 */
export type CameraState = (typeof cameraStates)[number]

/** GET /api/camera, and the answer to each heartbeat. */
export const cameraAnswerSchema = v.object({
  node: nodeName,
  now: stampSchema,
  state: v.picklist(cameraStates),
  since: v.nullable(isoTime),
  /** How long it has been in this state (s), by the monotonic clock; null when not known. */
  sinceS: v.nullable(amount),
  enabled: v.boolean(),
  /** Pages that look now. */
  watchers: amount,
  /** Made up: the test picture. */
  simulated: v.boolean(),
  /** The playlist, relative to the API’s root; null unless there are pictures. */
  playlist: v.nullable(v.string()),
  /** Why the last try failed; it may be under way again. */
  failure: v.nullable(failureSchema),
  /** When it is tried again, and in how long (s). */
  nextTry: v.nullable(isoTime),
  nextTryS: v.nullable(amount),
  failuresInARow: amount,
  /** What it said last of itself, this run’s or an earlier one’s. */
  reading: v.nullable(readingSchema),
  lastRun: v.nullable(runRecordSchema),
})
export type CameraAnswer = v.InferOutput<typeof cameraAnswerSchema>

/** The body of POST /api/camera/watch; DELETE has the same in its query. */
export const watchBodySchema = v.object({ watcher: watcherId })

/** The state of the camera and since when, as far as it is told. */
export interface CameraStanding {
  state: CameraState
  since: Stamp | null
  failure: Failure | null
  nextTry: Stamp | null
}

/** Works out the state from what is known of the source, and since when someone looks (null: nobody does). */
export function cameraStanding(view: SourceView, lookedAtSince: Stamp | null, now: Stamp): CameraStanding {
  const { run, reading } = view
  const failure = view.outcome === 'failed' ? view.failure : null
  const nothing = { failure, nextTry: null }
  const started = run.running
  if (started !== null && isSameBoot(started, now)) {
    const said =
      reading !== null && reading.clock.boot === started.clock.boot && reading.clock.ms >= started.clock.ms
        ? reading
        : null
    const phase = said?.data.phase
    if (said !== null && (phase === 'live' || phase === 'stalled')) {
      return { ...nothing, state: phase, since: phaseSince(said.data.since, said) }
    }
    // It has said its goodbye, or starts only to find that everybody has left.
    if (phase === 'off' && lookedAtSince === null) return { ...nothing, state: 'off', since: stampOf(said) }
    return { ...nothing, state: 'starting', since: started }
  }
  if (!view.settings.enabled || lookedAtSince === null) {
    return { ...nothing, state: 'off', since: run.last?.ended ?? null }
  }
  const hasFailed = run.failuresInARow > 0 && run.last !== null
  if (!hasFailed) return { ...nothing, state: 'starting', since: lookedAtSince }
  const nextTry = run.next !== null && isBefore(now, run.next) ? run.next : null
  return { state: 'failed', since: run.last?.ended ?? null, failure: view.failure, nextTry }
}

function stampOf(reading: SourceView['reading']): Stamp | null {
  return reading === null ? null : { at: reading.writtenAt, clock: reading.clock }
}

/** The phase’s begin on the reading’s own clocks: both of its wall times come from one. */
function phaseSince(since: unknown, reading: NonNullable<SourceView['reading']>): Stamp {
  const beforeMs = Math.max(0, Date.parse(reading.writtenAt) - Date.parse(String(since))) || 0
  return {
    at: String(since),
    clock: { boot: reading.clock.boot, ms: reading.clock.ms - beforeMs },
  }
}
