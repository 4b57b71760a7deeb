import type * as v from 'valibot'
import { type FieldInfo, fieldInfo } from './field.ts'

/** One series: where its field stands, and in a list or record the key of the element. */
export interface SeriesField {
  path: string
  key: string | null
  unit: string | null
}

/** What a reading says of one. */
export interface SeriesValue extends SeriesField {
  value: number | null
}

/**
 * Every field of `data` that its schema marks as a series, in the schema's order. A field with no value is there with null;
 * of a list or record the first `maxSeries` elements are, each key once.
 */
export function seriesOf(schema: v.GenericSchema, data: unknown): SeriesValue[] {
  const found: SeriesValue[] = []
  walk(schema, data, { path: '', key: null, root: data }, found)
  return found
}

/** What a schema says of one path that holds series. */
export interface SeriesPath {
  label: string
  /** How many keys it has at once at most. */
  most: number
}

/** Every path at which a schema marks a series, in its order, whatever the data. */
export function seriesPaths(schema: v.GenericSchema): Map<string, SeriesPath> {
  const found = new Map<string, SeriesPath>()
  collect(schema, '', 1, found)
  return found
}

function collect(schema: v.GenericSchema, path: string, most: number, found: Map<string, SeriesPath>): void {
  const info = fieldInfo(schema)
  const { entries, item, value } = withoutWrapping(schema)
  const element = item ?? value
  if (element !== undefined) collect(element, path, info?.maxSeries ?? 0, found)
  else if (entries !== undefined) {
    for (const [name, inner] of Object.entries(entries)) collect(inner, below(path, name), most, found)
  } else if (info?.series === true) found.set(path, { label: info.label, most })
}

const below = (path: string, name: string) => (path === '' ? name : `${path}.${name}`)

interface Place {
  path: string
  key: string | null
  /** The whole data: units are named there. */
  root: unknown
}

/** The parts of valibot's schemas that say what lies inside. */
interface Inside {
  type: string
  entries?: Record<string, v.GenericSchema>
  item?: v.GenericSchema
  value?: v.GenericSchema
  wrapped?: v.GenericSchema
}

function walk(schema: v.GenericSchema, data: unknown, place: Place, found: SeriesValue[]): void {
  const info = fieldInfo(schema)
  const { type, entries, item, value } = withoutWrapping(schema)
  if (type === 'array' && item !== undefined) {
    walkElements(item, listed(data, info), info, place, found)
  } else if (type === 'record' && value !== undefined) {
    walkElements(value, isRecord(data) ? Object.entries(data) : [], info, place, found)
  } else if (entries !== undefined) {
    for (const [name, inner] of Object.entries(entries)) {
      const inData = isRecord(data) ? data[name] : null
      walk(inner, inData, { ...place, path: below(place.path, name) }, found)
    }
  } else if (info?.series === true) {
    const { path, key, root } = place
    const unit = unitOf(info, root)
    found.push({ path, key, unit, value: typeof data === 'number' ? data : null })
  }
}

/** What nullable and optional stand around. */
function withoutWrapping(schema: v.GenericSchema): Inside {
  let inside = schema as unknown as Inside
  while (inside.wrapped !== undefined) inside = inside.wrapped as unknown as Inside
  return inside
}

function walkElements(
  schema: v.GenericSchema,
  elements: [string, unknown][],
  info: FieldInfo | null,
  place: Place,
  found: SeriesValue[],
): void {
  const byKey = new Map<string, unknown>()
  for (const [key, element] of elements) {
    if (byKey.size === (info?.maxSeries ?? 0)) break
    if (!byKey.has(key)) byKey.set(key, element)
  }
  for (const [key, element] of byKey) walk(schema, element, { ...place, key }, found)
}

/** The elements of a list by the key that names each; by their place where nothing does. */
function listed(data: unknown, info: FieldInfo | null): [string, unknown][] {
  if (!Array.isArray(data)) return []
  const { seriesKey } = info ?? {}
  return data.map((element, index) => [
    seriesKey === undefined ? String(index) : String(isRecord(element) ? element[seriesKey] : index),
    element,
  ])
}

function unitOf({ unit, unitFrom }: FieldInfo, root: unknown): string | null {
  if (unitFrom === undefined) return unit ?? null
  let named: unknown = root
  for (const name of unitFrom.split('.')) named = isRecord(named) ? named[name] : null
  return typeof named === 'string' ? named : null
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
