import {
  type FieldInfo,
  fieldInfo,
  isStale,
  type LiveModel,
  type SourceId,
  type SourceView,
  type Stamp,
  sourceContract,
  sourceState,
  sourceStates,
} from '@tailboard/contracts'
import type { MetricsText } from './metrics-text.ts'
import { readingAgeS } from './routes/source-answer.ts'

interface AnySchema {
  entries?: Record<string, AnySchema>
  item?: AnySchema
  value?: AnySchema
  wrapped?: AnySchema
  pipe?: AnySchema[]
}

/** Every latest number of every source, found by walking its contract. A stale reading is left out: it is no longer so. */
export function addSourceMetrics(text: MetricsText, model: LiveModel, now: Stamp): void {
  for (const view of Object.values(model.sources)) {
    const labels = { node: model.node, source: view.id }
    const state = sourceState(view, now)
    for (const name of sourceStates) {
      const value = name === state ? 1 : 0
      text.add('tailboard_source_state', 'gauge', 'Whether the source is in that state', value, {
        ...labels,
        state: name,
      })
    }
    const ageS = readingAgeS(view, now)
    if (ageS !== null) {
      text.add('tailboard_reading_age_seconds', 'gauge', 'Age of the last good reading', ageS, labels)
    }
    if (!isStale(view, now)) addReading(text, view, labels)
  }
}

function addReading(text: MetricsText, view: SourceView, labels: Record<string, string>): void {
  const { reading } = view
  if (reading === null) return
  const all = reading.simulated ? { ...labels, simulated: 'true' } : labels
  const walk = (
    schema: AnySchema,
    value: unknown,
    path: string[],
    keys: string[],
    info: FieldInfo | null,
  ): void => {
    const here = fieldInfo(schema as never) ?? info
    const bare = unwrap(schema)
    if (typeof value === 'number' || typeof value === 'boolean') {
      const name = `tailboard_${[view.id, ...path].map(snake).join('_')}`
      const label = here === null ? path.join('.') : here.label
      const help = here?.unit === undefined ? label : `${label} (${here.unit})`
      text.add(name, 'gauge', help, Number(value), keys.length === 0 ? all : { ...all, key: keys.join('/') })
    } else if (Array.isArray(value) && bare.item !== undefined) {
      for (const [index, element] of value.entries()) {
        walk(bare.item, element, path, [...keys, keyOf(element, here, index)], here)
      }
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, inner] of Object.entries(value)) {
        if (bare.entries?.[key] !== undefined) walk(bare.entries[key], inner, [...path, key], keys, null)
        // Keys of a record come from outside: they are labels, never part of a name.
        else if (bare.entries === undefined && bare.value !== undefined)
          walk(bare.value, inner, path, [...keys, key], here)
      }
    }
  }
  walk(sourceContract(view.id as SourceId).data as AnySchema, reading.data, [], [], null)
}

function keyOf(element: unknown, info: FieldInfo | null, index: number): string {
  const key = info?.seriesKey
  const value = key === undefined ? undefined : (element as Record<string, unknown> | null)?.[key]
  return typeof value === 'string' ? value : String(index)
}

function unwrap(schema: AnySchema): AnySchema {
  if (schema.wrapped !== undefined) return unwrap(schema.wrapped)
  const first = schema.pipe?.[0]
  return first === undefined || first === schema ? schema : unwrap(first)
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replace(/[^a-z0-9_]/g, '_')
}
