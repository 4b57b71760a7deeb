import type * as v from 'valibot'
import { type FieldInfo, fieldInfo } from './field.ts'

/** A field of the history: `path`, and the element's key in a list or record. */
export interface SeriesField {
  path: string
  key: string | null
  label: string
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
      const path = place.path === '' ? name : `${place.path}.${name}`
      walk(inner, isRecord(data) ? data[name] : null, { ...place, path }, found)
    }
  } else if (info?.series === true) {
    const { path, key, root } = place
    const unit = unitOf(info, root)
    found.push({ path, key, label: info.label, unit, value: typeof data === 'number' ? data : null })
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
