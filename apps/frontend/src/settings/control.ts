import { settingsWords } from '../words/settings.ts'
import type { JsonSchema } from './json-schema.ts'

/** One setting as the page shows it. */
export interface Field {
  /** As the gateway names it: `sources.weather.place`. Within a list's element, the element's own key. */
  path: string
  label: string
  unit: string | null
  description: string | null
  default: unknown
  control: Control
}

/** What a setting is changed with. */
export type Control =
  | { kind: 'switch' }
  | { kind: 'number'; isWhole: boolean; least: number | null; most: number | null; isOptional: boolean }
  | { kind: 'choice'; options: readonly (string | number)[] }
  | { kind: 'text'; longest: number | null }
  | { kind: 'colour' }
  | { kind: 'time' }
  | { kind: 'list'; item: Item; most: number | null }
  /** It can only be this. */
  | { kind: 'fixed' }
  /** A newer gateway's: it is shown, and changed in the file. */
  | { kind: 'unknown' }

/** What a list holds: one value, or a group of them. */
export type Item = { control: Control } | { fields: readonly Field[] }

/** The control that fits a setting's schema. */
export function controlOf(schema: JsonSchema): Control {
  const given = schema.anyOf?.filter(({ type }) => type !== 'null') ?? [schema]
  const [only] = given
  if (only === undefined || given.length > 1) return { kind: 'unknown' }
  // Null in a change means the default: only where that is null too can a setting be emptied.
  const isOptional = only !== schema && schema.default === null
  if (only.const !== undefined) return { kind: 'fixed' }
  if (only.enum?.every(isOption) === true) return { kind: 'choice', options: only.enum }
  switch (only.type) {
    case 'boolean':
      return { kind: 'switch' }
    case 'integer':
    case 'number':
      return {
        kind: 'number',
        isWhole: only.type === 'integer',
        least: only.minimum ?? null,
        most: only.maximum ?? null,
        isOptional,
      }
    case 'string':
      return textual(only)
    case 'array':
      return { kind: 'list', item: itemOf(only.items ?? {}), most: only.maxItems ?? null }
    default:
      return { kind: 'unknown' }
  }
}

const isOption = (value: unknown): value is string | number =>
  typeof value === 'string' || typeof value === 'number'

function textual({ pattern, maxLength }: JsonSchema): Control {
  const accepts = (text: string) => pattern !== undefined && matches(pattern, text)
  // By what it takes, not by how it is written.
  if (accepts('#0a0b0c') && !accepts('red')) return { kind: 'colour' }
  if (accepts('23:59') && accepts('') && !accepts('24:00')) return { kind: 'time' }
  return { kind: 'text', longest: maxLength ?? null }
}

/** A pattern that this browser can't read takes nothing: the gateway checks it. */
function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(text)
  } catch {
    return false
  }
}

function itemOf(schema: JsonSchema): Item {
  return schema.properties === undefined
    ? { control: controlOf(schema) }
    : { fields: fieldsOf(schema.properties, '') }
}

/** Each setting of a group, those of groups within it too. */
export function fieldsOf(properties: Readonly<Record<string, JsonSchema>>, path: string): Field[] {
  return Object.entries(properties).flatMap(([key, schema]): Field[] => {
    const at = path === '' ? key : `${path}.${key}`
    if (schema.properties !== undefined) return fieldsOf(schema.properties, at)
    return [
      {
        path: at,
        label: schema.label ?? settingsWords.labels[key] ?? key,
        unit: schema.unit ?? null,
        description: schema.description ?? null,
        default: schema.default ?? null,
        control: controlOf(schema),
      },
    ]
  })
}
