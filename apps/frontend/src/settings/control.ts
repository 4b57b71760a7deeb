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

/** What one value is changed with. */
export type ValueControl =
  | { kind: 'switch' }
  | { kind: 'number'; isWhole: boolean; least: number | null; most: number | null; isOptional: boolean }
  | { kind: 'choice'; options: readonly (string | number)[] }
  | { kind: 'text'; longest: number | null }
  | { kind: 'colour' }
  | { kind: 'time' }

/** What a setting is changed with. */
export type Control =
  | ValueControl
  | { kind: 'list'; item: Item; most: number | null }
  /** It can only be this. */
  | { kind: 'fixed' }
  /** A newer gateway's: it is shown, and changed in the file. */
  | { kind: 'unknown' }

/** What a list holds: one value, or a group of them. */
export type Item = { control: ValueControl } | { fields: readonly ItemField[] }
export type ItemField = Field & { control: ValueControl }

/** The control that fits a setting's schema. */
export function controlOf(schema: JsonSchema): Control {
  const given = schema.anyOf?.filter(({ type }) => type !== 'null') ?? [schema]
  const [only] = given
  if (only === undefined || given.length > 1) return { kind: 'unknown' }
  const isNullable = only !== schema
  if (only.type === 'integer' || only.type === 'number') {
    if (only.enum === undefined) return numeric(only, isNullable && schema.default === null)
  }
  // Beside a number, nothing here can be null: the field would say something else than the file.
  if (isNullable) return { kind: 'unknown' }
  if (only.const !== undefined) return { kind: 'fixed' }
  if (only.enum?.every(isOption) === true) return { kind: 'choice', options: only.enum }
  if (only.type === 'boolean') return { kind: 'switch' }
  if (only.type === 'string') return textual(only)
  return only.type === 'array' ? listOf(only) : { kind: 'unknown' }
}

/** `isOptional`: null in a change means the default, so only where that is null too can it be emptied. */
function numeric({ type, minimum, maximum }: JsonSchema, isOptional: boolean): Control {
  return {
    kind: 'number',
    isWhole: type === 'integer',
    least: minimum ?? null,
    most: maximum ?? null,
    isOptional,
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

/** A list with a part that has no control of one value is shown only: a change would write the others without it. */
function listOf({ items = {}, maxItems }: JsonSchema): Control {
  const most = maxItems ?? null
  if (items.properties === undefined) {
    const control = controlOf(items)
    return isOfValue(control) ? { kind: 'list', item: { control }, most } : { kind: 'unknown' }
  }
  const fields = fieldsOf(items.properties, '')
  const known = fields.filter((field): field is ItemField => isOfValue(field.control))
  const isFlat = fields.every(({ path }) => !path.includes('.'))
  return isFlat && known.length === fields.length
    ? { kind: 'list', item: { fields: known }, most }
    : { kind: 'unknown' }
}

function isOfValue(control: Control): control is ValueControl {
  return control.kind !== 'list' && control.kind !== 'fixed' && control.kind !== 'unknown'
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
