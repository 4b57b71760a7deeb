import * as v from 'valibot'
import { amount } from './field.ts'
import { text } from './text.ts'
import { stampSchema } from './time.ts'

/** What a run cost, as the run itself reports it at its end. */
export const runCostSchema = v.object({
  peakMemoryBytes: amount,
  cpuMs: amount,
})
export type RunCost = v.InferOutput<typeof runCostSchema>

/** One run, ended: of a poll source, or of one on demand from its first viewer to its last. */
export const runRecordSchema = v.object({
  started: stampSchema,
  ended: stampSchema,
  durationMs: amount,
  /** `schedule`, or the address of the person who asked. */
  cause: v.pipe(v.string(), v.maxLength(64)),
  result: v.picklist(['ok', 'partial', 'failed', 'timeout', 'killed', 'crashed', 'not-started']),
  /** Null when it never started or was lost with the engine. */
  exitCode: v.nullable(v.number()),
  /** Null when the run was killed before it could tell. */
  cost: v.nullable(runCostSchema),
  /** Of a run on demand: the addresses of those who looked, and why it ended, in words. */
  viewers: v.optional(v.pipe(v.array(text(64)), v.maxLength(16))),
  why: v.optional(text(200)),
})
export type RunRecord = v.InferOutput<typeof runRecordSchema>

/** Where a source stands in the orchestrator's schedule. */
export const runStateSchema = v.object({
  /** Since when it runs; null when it doesn't. */
  running: v.nullable(stampSchema),
  /** When it runs next; null when it won't (disabled, or not known yet). */
  next: v.nullable(stampSchema),
  /** Failures in a row, which stretch the interval. */
  failuresInARow: v.pipe(v.number(), v.integer(), v.minValue(0)),
  last: v.nullable(runRecordSchema),
})
export type RunState = v.InferOutput<typeof runStateSchema>

export const idleRunState: RunState = { running: null, next: null, failuresInARow: 0, last: null }
