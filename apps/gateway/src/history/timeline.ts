import { historyLimits, type SeriesPath, type Stamp } from '@tailboard/contracts'
import type { Chunk } from '@tailboard/service'
import type { StoredHistory } from './stored-chunks.ts'

/** One series of a timeline, and in which column of each chunk it stands. */
export interface Track {
  path: string
  key: string | null
  label: string
  unit: string | null
  /** By the chunk's index; -1 where the chunk has no such series. */
  columns: Int16Array
}

/**
 * Everything that a source said in the last 24 hours, in the order of time, each moment once. 17,280 samples are nothing
 * unusual: so these are columns of numbers that point into the chunks, and no objects.
 */
export interface Timeline {
  simulated: boolean
  tracks: Track[]
  chunks: Chunk[]
  /** Unix ms. */
  at: Float64Array
  /** Of each moment the chunk, and the sample in it. */
  chunk: Uint16Array
  sample: Uint32Array
}

/**
 * By the clock as it is known now: the samples of this boot by today's, so that a jump moves them at once. What lies in the future
 * or more than a day back is left out, as is what is simulated when the newest is real (or the other way round). Of two samples
 * at one moment the later written counts.
 */
export function timelineOf(stored: StoredHistory, paths: Map<string, SeriesPath>, now: Stamp): Timeline {
  const { chunks } = stored
  const { at, chunk, sample } = placesOf(stored, now)
  const isConfirmation = chunks.map(({ fields }) => fields.length === 0)
  const newestFirst = byNewestSample(chunk).filter((index) => !isConfirmation[index])
  const simulated = chunks[newestFirst[0] ?? -1]?.simulated === true
  let held = -1
  let count = 0
  for (let place = 0; place < at.length; place++) {
    const index = chunk[place] as number
    if (!isConfirmation[index]) held = chunks[index]?.simulated === simulated ? place : -1
    if (held === -1) continue
    const isNew = count === 0 || (at[place] as number) > (at[count - 1] as number)
    if (!isNew && isConfirmation[index]) continue
    if (isNew) count++
    // In the same columns: what is written here was read already.
    const moment = count - 1
    at[moment] = at[place] as number
    chunk[moment] = chunk[held] as number
    sample[moment] = sample[held] as number
    held = moment
  }
  return {
    simulated,
    tracks: tracksOf(chunks, newestFirst, paths, simulated),
    chunks,
    at: at.subarray(0, count),
    chunk: chunk.subarray(0, count),
    sample: sample.subarray(0, count),
  }
}

function placesOf({ chunks, boots }: StoredHistory, now: Stamp): Pick<Timeline, 'at' | 'chunk' | 'sample'> {
  const wallMs = Date.parse(now.at)
  const most = chunks.reduce((sum, { samples }) => sum + samples, 0)
  const at = new Float64Array(most)
  const chunk = new Uint16Array(most)
  const sample = new Uint32Array(most)
  let count = 0
  let isInOrder = true
  for (const [index, each] of chunks.entries()) {
    const zero = each.boot === now.clock.boot ? wallMs - now.clock.ms : boots.get(each.boot)
    if (zero === undefined) continue
    for (let n = 0; n < each.samples; n++) {
      const time = Math.round(zero + each.monotonicMs(n))
      if (time > wallMs || time < wallMs - historyLimits.reachMs) continue
      if (count > 0 && time < (at[count - 1] as number)) isInOrder = false
      at[count] = time
      chunk[count] = index
      sample[count] = n
      count++
    }
  }
  const places = {
    at: at.subarray(0, count),
    chunk: chunk.subarray(0, count),
    sample: sample.subarray(0, count),
  }
  if (isInOrder) return places
  const order = Uint32Array.from(places.at.keys())
  order.sort((a, b) => (at[a] as number) - (at[b] as number) || a - b)
  return {
    at: Float64Array.from(order, (place) => at[place] as number),
    chunk: Uint16Array.from(order, (place) => chunk[place] as number),
    sample: Uint32Array.from(order, (place) => sample[place] as number),
  }
}

/** The chunks that have a place in time. One that was begun later may have ended earlier: the owner changed a unit back. */
function byNewestSample(chunk: Uint16Array): number[] {
  const lastPlace = new Map<number, number>()
  for (const [place, index] of chunk.entries()) lastPlace.set(index, place)
  return [...lastPlace].sort(([, a], [, b]) => b - a).map(([index]) => index)
}

/** The units of the newest chunk rule, and of more keys than a path may have the newest are told. */
function tracksOf(
  chunks: readonly Chunk[],
  newestFirst: readonly number[],
  paths: Map<string, SeriesPath>,
  simulated: boolean,
): Track[] {
  const found = new Map([...paths.keys()].map((path): [string, Track[]] => [path, []]))
  for (const index of newestFirst) {
    const chunk = chunks[index] as Chunk
    if (chunk.simulated !== simulated) continue
    for (const [column, { path, key, unit }] of chunk.fields.entries()) {
      const { label, most = 0 } = paths.get(path) ?? {}
      const siblings = found.get(path) ?? []
      if (label === undefined || (siblings[0]?.unit ?? unit) !== unit) continue
      let track = siblings.find((each) => each.key === key)
      if (track === undefined) {
        if (siblings.length >= most) continue
        track = { path, key, label, unit, columns: new Int16Array(chunks.length).fill(-1) }
        siblings.push(track)
      }
      track.columns[index] = column
    }
  }
  return [...found.values()].flat()
}
