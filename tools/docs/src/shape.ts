import { fieldInfo, isoTime } from '@tailboard/contracts'
import type * as v from 'valibot'

/** One line of a table of fields. */
export interface Row {
  path: string
  type: string
  unit: string
  label: string
  description: string
  isSeries: boolean
}

/** The parts of a valibot schema that tell its shape. */
interface Shape {
  type: string
  entries?: Record<string, Shape>
  wrapped?: Shape
  item?: Shape
  key?: Shape
  value?: Shape
  options?: readonly unknown[]
  literal?: unknown
  pipe?: readonly Action[]
  default?: unknown
}

interface Action {
  kind: string
  type: string
  requirement?: unknown
  message?: unknown
}

const asSchema = (shape: Shape) => shape as unknown as v.GenericSchema

/** By what it says when it refuses, a time is told from any other string. */
const isoTimeMessage = (isoTime.pipe[1] as Action).message

/** Sees through optional, nullable and so on. */
function unwrap(shape: Shape): { inner: Shape; isNullable: boolean; isOptional: boolean } {
  let inner = shape
  let isNullable = false
  let isOptional = false
  while (inner.wrapped !== undefined) {
    isNullable ||= inner.type.startsWith('null')
    isOptional ||= inner.type === 'optional' || inner.type === 'nullish'
    inner = inner.wrapped
  }
  return { inner, isNullable, isOptional }
}

function actions(shape: Shape): Action[] {
  const own = (shape.pipe ?? []).filter((step) => step.kind !== 'schema')
  // A pipe of a pipe: the first step carries the inner one's.
  const first = shape.pipe?.[0] as unknown as Shape | undefined
  const inner = first !== undefined && first !== shape && first.pipe !== undefined ? actions(first) : []
  return [...inner, ...own, ...(shape.wrapped === undefined ? [] : actions(shape.wrapped))]
}

function limitsOf(shape: Shape): string {
  const found = new Map(actions(shape).map((action) => [action.type, action.requirement]))
  const parts: string[] = []
  const least = found.get('min_value')
  const most = found.get('max_value')
  if (least !== undefined && most !== undefined) parts.push(`${least} to ${most}`)
  else if (least !== undefined) parts.push(`${least} or more`)
  else if (most !== undefined) parts.push(`${most} or less`)
  if (found.has('max_length')) parts.push(`at most ${found.get('max_length')}`)
  return parts.length === 0 ? '' : `, ${parts.join(', ')}`
}

function baseType(shape: Shape): string {
  const { inner } = unwrap(shape)
  if (inner.type === 'picklist') return (inner.options ?? []).map((option) => `\`${option}\``).join(' ')
  if (inner.type === 'literal') return `\`${inner.literal}\``
  if (inner.type === 'union') return (inner.options as Shape[]).map(baseType).join(' or ')
  if (inner.type === 'array') return `list of ${baseType(inner.item ?? { type: 'unknown' })}`
  if (inner.type === 'record') return 'object by name'
  if (inner.type === 'variant') return 'object'
  if (inner.type === 'unknown') return 'any'
  if (actions(shape).some(({ message }) => message === isoTimeMessage)) return 'time'
  const isWhole = actions(shape).some((action) => action.type === 'integer')
  return isWhole ? 'whole number' : inner.type
}

/** A schema's type in words, with its limits. */
export function typeOf(shape: v.GenericSchema): string {
  const { isNullable, isOptional } = unwrap(shape as unknown as Shape)
  const base = `${baseType(shape as unknown as Shape)}${limitsOf(shape as unknown as Shape)}`
  return `${base}${isNullable ? ', or null' : ''}${isOptional ? ', optional' : ''}`
}

/** A schema's default as JSON; null when it has none. */
export function defaultOf(schema: v.GenericSchema): string | null {
  for (let shape: Shape | undefined = schema as unknown as Shape; shape !== undefined; shape = shape.wrapped)
    if (shape.default !== undefined) return JSON.stringify(shape.default)
  return null
}

/** How deep a table goes, and what the comments say of a property. */
export interface RowOptions {
  comment: (path: string) => string
  /** Schemas that have a table of their own, by that table's name: named, not repeated. */
  known: ReadonlyMap<unknown, string>
}

/** Every field below an object's schema, one row each. */
export function rowsOf(schema: v.GenericSchema, options: RowOptions, path = ''): Row[] {
  const { inner } = unwrap(schema as unknown as Shape)
  return Object.entries(inner.entries ?? {}).flatMap(([name, entry]) =>
    rowsOfEntry(name, entry, options, path),
  )
}

function rowsOfEntry(name: string, entry: Shape, options: RowOptions, above: string): Row[] {
  const path = above === '' ? name : `${above}.${name}`
  const info = fieldInfo(asSchema(entry))
  const { inner, isNullable } = unwrap(entry)
  const element = inner.type === 'array' ? inner.item : undefined
  const known = nameOf(element ?? entry, options.known)
  const row: Row = {
    path,
    type:
      known === null
        ? typeOf(asSchema(entry))
        : `${element ? 'list of ' : ''}${known}${isNullable ? ', or null' : ''}`,
    unit: info?.unit ?? (info?.unitFrom === undefined ? '' : `as ${info.unitFrom} says`),
    label: info?.label ?? '',
    description: info?.description ?? options.comment(path.replaceAll('[]', '')),
    isSeries: info?.series === true,
  }
  if (known !== null) return [row]
  const children = element === undefined ? inner : unwrap(element).inner
  if (children.entries === undefined) return [row]
  return [row, ...rowsOf(asSchema(children), options, element === undefined ? path : `${path}[]`)]
}

/** A schema is known by its entries: `nullable` and `optional` wrap the same ones. */
function nameOf(shape: Shape, known: ReadonlyMap<unknown, string>): string | null {
  const { inner } = unwrap(shape)
  return inner.entries === undefined ? null : (known.get(inner.entries) ?? null)
}

/** The identity under which `RowOptions.known` finds a schema. */
export function identityOf(schema: v.GenericSchema): unknown {
  return unwrap(schema as unknown as Shape).inner.entries
}

/** The members of a variant by the literal of their `type`. */
export function membersOf(schema: v.GenericSchema): [string, v.GenericSchema][] {
  const { inner } = unwrap(schema as unknown as Shape)
  return ((inner.options ?? []) as Shape[]).map((member) => [
    String(member.entries?.type?.literal),
    asSchema(member),
  ])
}
