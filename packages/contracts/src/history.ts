import * as v from 'valibot'
import { number } from './field.ts'
import { nodeName, sourceName } from './names.ts'
import { text } from './text.ts'
import { isoTime } from './time.ts'

/** History in Redis and what may be asked of it. */
export const historyLimits = {
  /** How far back it reaches (ms). */
  reachMs: 24 * 3_600_000,
  /** What all chunks of all sources may cost of Redis's 28 MB (B). The oldest go first. */
  shareBytes: 4 * 2 ** 20,
  /** How many chunks there may be: each write weighs them all. A day of every source makes 150; keys that come and go make more. */
  mostChunks: 2_000,
  /** Rows of an answer when nobody says how many. */
  points: 300,
  /** The fewest and the most rows that may be asked for. */
  fewestPoints: 2,
  mostPoints: 2_000,
  /** So many intervals without a success are a gap. */
  gapIntervals: 2.5,
} as const

const pointsMessage = `must be a whole number from ${historyLimits.fewestPoints} to ${historyLimits.mostPoints}`

/** The query of GET /api/history/:source. */
export const historyQuerySchema = v.pipe(
  v.object({
    /** By default, and at the earliest, 24 hours ago. */
    from: v.optional(isoTime),
    /** By default, and at the latest, now. */
    to: v.optional(isoTime),
    /** How many rows are wanted. */
    points: v.optional(
      v.pipe(
        v.string(),
        v.regex(/^\d{1,4}$/, pointsMessage),
        v.transform(Number),
        v.minValue(historyLimits.fewestPoints, pointsMessage),
        v.maxValue(historyLimits.mostPoints, pointsMessage),
      ),
      String(historyLimits.points),
    ),
    node: v.optional(nodeName),
  }),
  v.forward(
    v.partialCheck(
      [['from'], ['to']],
      ({ from, to }) => from === undefined || to === undefined || Date.parse(from) < Date.parse(to),
      'must be before `to`',
    ),
    ['from'],
  ),
)

const column = v.array(v.nullable(number))

/** One field over time. Both columns are as long as `at`. */
export const historySeriesSchema = v.object({
  /** Where the field stands in the data; a list's or record's elements have the path of the list: `network.sentBytesPerS`. */
  path: v.string(),
  /** Which element of a list or record it is of: `eth0`. */
  key: v.nullable(text(64)),
  label: v.string(),
  unit: v.nullable(v.string()),
  /** The lowest in each row's time, null where there is none. */
  min: column,
  /** The highest in each row's time; a sample's own value in a row that is one sample. */
  max: column,
})
export type HistorySeries = v.InferOutput<typeof historySeriesSchema>

/**
 * GET /api/history/:source. With no more samples than `points`, each row is a sample; else each row is the middle of an equal
 * share of the time, with the lowest and the highest in it. A row of nulls alone stands for a gap. Only what is like the newest
 * sample is told: made up or real, and in its units. A field without any value is left out.
 */
export const historyAnswerSchema = v.object({
  node: nodeName,
  source: sourceName,
  from: isoTime,
  to: isoTime,
  /** From sample to sample, as the settings are now. */
  intervalSeconds: v.number(),
  /** Made up for a demonstration. Whoever shows it says so. */
  simulated: v.boolean(),
  /** The time of each row, Unix ms, ascending. */
  at: v.array(number),
  series: v.array(historySeriesSchema),
})
export type HistoryAnswer = v.InferOutput<typeof historyAnswerSchema>
