import { type HistoryAnswer, historyLimits } from '@tailboard/contracts'
import type { Timeline, Track } from './timeline.ts'

/** The part of a timeline that is asked for, Unix ms, and in how many rows. */
export interface Window {
  fromMs: number
  toMs: number
  points: number
}

/** A row: its time, and its moments from `first` to before `end`; a gap has none. */
interface Row {
  at: number
  first: number
  end: number
}

/** Up to here a float32 has a fraction, and times `mostScale` it is within what a number holds exactly. */
const mostWhole = 2 ** 24
const mostScale = 1e7

/** The rows of an answer, with the lowest and highest of each series; a series without any value is left out. */
export function rowsOf(timeline: Timeline, window: Window): Pick<HistoryAnswer, 'at' | 'series'> {
  const rows = withGaps(timeline, divide(timeline, window))
  const series = timeline.tracks.flatMap((track) => {
    const { path, key, label, unit } = track
    const extremes = rows.map((row) => extremesOf(timeline, track, row))
    if (extremes.every((each) => each === null)) return []
    const min = extremes.map((each) => (each === null ? null : shortest(each.min)))
    const max = extremes.map((each) => (each === null ? null : shortest(each.max)))
    return [{ path, key, label, unit, min, max }]
  })
  return { at: rows.map(({ at }) => at), series }
}

/** The moments of the window: each a row, or equal shares of its time, of which those with a moment are rows. */
function divide({ at }: Timeline, { fromMs, toMs, points }: Window): Row[] {
  let first = 0
  while (first < at.length && (at[first] as number) < fromMs) first++
  let end = at.length
  while (end > first && (at[end - 1] as number) > toMs) end--
  const rows: Row[] = []
  if (end - first <= points) {
    for (let moment = first; moment < end; moment++) {
      rows.push({ at: at[moment] as number, first: moment, end: moment + 1 })
    }
    return rows
  }
  const shareMs = (toMs - fromMs) / points
  let share = -1
  for (let moment = first; moment < end; moment++) {
    const own = Math.min(points - 1, Math.floor(((at[moment] as number) - fromMs) / shareMs))
    if (own !== share)
      rows.push({ at: Math.round(fromMs + (own + 0.5) * shareMs), first: moment, end: moment })
    share = own
    const row = rows[rows.length - 1] as Row
    row.end = moment + 1
  }
  return rows
}

/** A row without a moment between two that lie further apart than they would if all had gone well. */
function withGaps(timeline: Timeline, rows: Row[]): Row[] {
  return rows.flatMap((row, index) => {
    const before = rows[index - 1]
    if (before === undefined || !isGap(timeline, row.first)) return [row]
    return [{ at: Math.round((before.at + row.at) / 2), first: row.first, end: row.first }, row]
  })
}

/** Whether something is missing before a moment. */
function isGap({ at, chunk, chunks }: Timeline, moment: number): boolean {
  const intervalS = (of: number) => chunks[chunk[of] as number]?.intervalS ?? 0
  // The longer of the two: the owner may have changed it between them.
  const expectedMs = Math.max(intervalS(moment - 1), intervalS(moment)) * 1000
  return (at[moment] as number) - (at[moment - 1] as number) > historyLimits.gapIntervals * expectedMs
}

function extremesOf(timeline: Timeline, { columns }: Track, { first, end }: Row) {
  const { chunk, sample, chunks } = timeline
  let min = Number.POSITIVE_INFINITY
  let max = Number.NEGATIVE_INFINITY
  for (let moment = first; moment < end; moment++) {
    const index = chunk[moment] as number
    const column = columns[index] as number
    const value = column === -1 ? null : (chunks[index]?.value(sample[moment] as number, column) ?? null)
    if (value === null) continue
    if (value < min) min = value
    if (value > max) max = value
  }
  return min > max ? null : { min, max }
}

/** The shortest number that is the same float32: 21.4, not 21.399999618530273. */
function shortest(value: number): number {
  // By whole numbers, as long as they are exact: a twentieth of what a text costs, and an answer has thousands of these.
  if (Math.abs(value) < mostWhole) {
    for (let scale = 1; scale <= mostScale; scale *= 10) {
      const short = Math.round(value * scale) / scale
      if (Math.fround(short) === value) return short
    }
  }
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return short
  }
  return value
}
