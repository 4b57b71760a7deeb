import { fieldInfo, type Reading, type SourceId, sourceContract, sourceIds } from '@tailboard/contracts'
import * as v from 'valibot'
import type { Store } from '../store.ts'
import type { FakeTime } from './fake-time.ts'

/** What a series says at a moment: from 1 to 99, so that it fits every field, a share too. */
export type SyntheticValue = (path: string, key: string | null, atMs: number) => number

/** A day and a night, each series at its own place in them, with spikes where the test plants them. */
export function waves(spikes: ReadonlyMap<number, number> = new Map()): SyntheticValue {
  return (path, key, atMs) => {
    const shift = [...`${path}${key}`].reduce((sum, letter) => sum + letter.charCodeAt(0), 0)
    const fine = Math.sin(atMs * 7.3 + shift)
    return spikes.get(atMs) ?? 50 + 25 * Math.sin(atMs / 13_750_987 + shift) + fine
  }
}

/** The longest list that is made up: fewer than some schemas allow, as in life. */
const mostElements = 24

const guesses = (index: number): unknown[] => [
  `made-up-${index}`,
  '2026-11-21T02:00:00.000Z',
  '2026-11-21',
  `c7:18:1e:21:f4:${10 + index}`,
  `10.0.0.${index + 1}`,
  false,
  1,
  0,
  50,
]

interface Inside {
  type: string
  entries?: Record<string, v.GenericSchema>
  item?: v.GenericSchema
  value?: v.GenericSchema
  wrapped?: v.GenericSchema
  options?: readonly unknown[]
  pipe?: readonly (Inside & { requirement?: number })[]
}

/** Data of a schema, made up: null only where no guess fits, long lists, and series that say what `say` says. */
export function syntheticData(schema: v.GenericSchema, atMs: number, say: SyntheticValue): unknown {
  return make(schema, { path: '', key: null, index: 0, atMs, say })
}

interface Place {
  path: string
  key: string | null
  index: number
  atMs: number
  say: SyntheticValue
}

function make(schema: v.GenericSchema, place: Place): unknown {
  const info = fieldInfo(schema)
  const { type, entries, item, wrapped, options } = schema as unknown as Inside
  const { path, key, atMs, say } = place
  if (info?.series === true) {
    const value = say(path, key, atMs)
    return v.is(schema, value) ? value : Math.round(value)
  }
  if (wrapped !== undefined) return make(wrapped, place) ?? null
  if (type === 'array' && item !== undefined) {
    const length = Math.min(mostElements, info?.maxSeries ?? mostElements, mostOf(schema))
    return Array.from({ length }, (_, index) => {
      const named = info?.seriesKey === undefined ? undefined : keyOf(item, info.seriesKey, index)
      const element = make(item, { ...place, key: named ?? key, index })
      return named === undefined ? element : { ...(element as object), [info?.seriesKey as string]: named }
    })
  }
  if (entries !== undefined) {
    const below = (name: string) => ({ ...place, path: path === '' ? name : `${path}.${name}` })
    return Object.fromEntries(
      Object.entries(entries).map(([name, inner]) => [name, make(inner, below(name))]),
    )
  }
  return [...(options ?? []), ...guesses(place.index)].find((guess) => v.is(schema, guess))
}

/** The longest that a list may be; a pipe may begin with another. */
function mostOf(schema: unknown): number {
  const steps = (schema as Inside).pipe?.filter((step) => step !== schema) ?? []
  const most = steps.map((step) => (step.type === 'max_length' ? (step.requirement ?? 0) : mostOf(step)))
  return Math.min(Number.POSITIVE_INFINITY, ...most)
}

function keyOf(item: v.GenericSchema, name: string, index: number): string {
  const key = (item as unknown as Inside).entries?.[name]
  return guesses(index).find((each) => key !== undefined && v.is(key, each)) as string
}

/** A reading of now with made-up data. */
export function syntheticReading(store: Store, source: SourceId, say: SyntheticValue): Reading {
  const { at, clock } = store.now()
  const { data, schema } = sourceContract(source)
  const made = syntheticData(data, Date.parse(at), say) as Record<string, unknown>
  const { node } = store
  return { node, source, schema, measuredAt: at, writtenAt: at, clock, simulated: false, data: made }
}

/**
 * Lives `forMs` of a Pi's life as fast as Redis takes it: every source that has one writes at its default interval.
 * Yields after each hour.
 */
export async function* syntheticLife(
  store: Store,
  time: FakeTime,
  forMs: number,
  say: SyntheticValue,
): AsyncGenerator<void> {
  const due = new Map(sourceIds.map((id) => [id, 0]))
  const tickMs = 5_000
  for (let ms = 0; ms < forMs; ms += tickMs) {
    for (const [id, dueMs] of due) {
      if (ms < dueMs) continue
      due.set(id, ms + sourceContract(id).defaults.intervalSeconds * 1000)
      await store.publishReading(syntheticReading(store, id, say), null)
    }
    time.advance(tickMs)
    if ((ms + tickMs) % 3_600_000 === 0) yield
  }
}
