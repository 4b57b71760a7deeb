import * as v from 'valibot'
import { amount } from './field.ts'
import { nodeName, sourceName } from './names.ts'
import { clockSchema, elapsedMs, isoTime, type Stamp } from './time.ts'

/**
 * A reading: what a source measured, once. `data` is of that source's own schema (sources/).
 * `measuredAt` is when the world was so; `writtenAt` and `clock` are when we wrote it down.
 */
export const readingSchema = v.object({
  node: nodeName,
  source: sourceName,
  /** The version of the source's data schema. */
  schema: v.pipe(v.number(), v.integer(), v.minValue(1)),
  measuredAt: isoTime,
  writtenAt: isoTime,
  clock: clockSchema,
  /** Made up for a demonstration. Whoever shows it says so. */
  simulated: v.boolean(),
  /** How long the value may pass for current (s), where the device knows better than twice the interval. */
  staleAfterS: v.optional(v.pipe(amount, v.maxValue(7 * 86_400))),
  data: v.record(v.string(), v.unknown()),
})
export type Reading = v.InferOutput<typeof readingSchema>

/** The age of what a reading says, in ms. Safe against a jump of the clock: both its wall times come from one moment. */
export function readingAgeMs(reading: Reading, now: Stamp): number {
  const beforeWriting = Math.max(0, Date.parse(reading.writtenAt) - Date.parse(reading.measuredAt))
  return beforeWriting + elapsedMs({ at: reading.writtenAt, clock: reading.clock }, now)
}
