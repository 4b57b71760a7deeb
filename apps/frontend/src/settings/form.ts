import type { Field } from './control.ts'
import { type Draft, draftOf, read } from './draft.ts'

/** A setting that somebody touched and that is not saved yet. */
export interface Edit {
  draft: Draft
  /** The value in force when it was touched, or when its owner chose to keep it beside another's. */
  from: unknown
  /** Back to the default: nothing need stand in the file. */
  isReset: boolean
  /** The browser itself can't read what stands in the control (half a time). */
  isIncomplete: boolean
}
export type Edits = Readonly<Record<string, Edit>>

/** One setting that saving would change. */
export interface Change {
  field: Field
  from: unknown
  to: unknown
  isReset: boolean
}

/** The value that a dotted path names in a configuration. */
export function valueAt(config: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((group, key) => (group as Record<string, unknown> | undefined)?.[key], config)
}

export const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** What stands in a field's control: what was typed, else what is in force. */
export function draftIn(field: Field, config: unknown, edits: Edits): Draft {
  return edits[field.path]?.draft ?? draftOf(field.control, valueAt(config, field.path))
}

/** What is wrong with the edits, by path: `sources.aranet4.devices.0.address`. */
export function problemsOf(
  fields: readonly Field[],
  edits: Edits,
  incomplete: string,
): Record<string, string> {
  const found: Record<string, string> = {}
  for (const { path, control } of fields) {
    const edit = edits[path]
    if (edit === undefined) continue
    if (edit.isIncomplete) found[path] = incomplete
    const { problems } = read(control, edit.draft)
    for (const [below, problem] of Object.entries(problems ?? {})) {
      found[below === '' ? path : `${path}.${below}`] = problem
    }
  }
  return found
}

/** What saving would change, in the order of the form. Edits that are wrong, or say what is in force, change nothing. */
export function changesOf(fields: readonly Field[], config: unknown, edits: Edits): Change[] {
  return fields.flatMap((field): Change[] => {
    const edit = edits[field.path]
    if (edit === undefined || edit.isIncomplete) return []
    const result = read(field.control, edit.draft)
    if (result.problems !== null) return []
    const from = valueAt(config, field.path)
    if (isSame(from, result.value)) return []
    return [{ field, from, to: result.value, isReset: edit.isReset }]
  })
}

/** Edited fields that somebody else has changed since, to another value than the edit's. */
export function conflictsOf(fields: readonly Field[], config: unknown, edits: Edits): Change[] {
  return changesOf(fields, config, edits).filter(({ field, from }) => !isSame(edits[field.path]?.from, from))
}

/** The body of PATCH /api/config: nested as in the file, null for the default. */
export function patchOf(changes: readonly Change[]): Record<string, unknown> {
  const patch: Record<string, unknown> = {}
  for (const { field, to, isReset } of changes) {
    const keys = field.path.split('.')
    const last = keys.pop() ?? ''
    let group = patch
    for (const key of keys) {
      group[key] ??= {}
      group = group[key] as Record<string, unknown>
    }
    group[last] = isReset ? null : to
  }
  return patch
}

/** The field that a path of the gateway's belongs to: its own, or that of the list that it lies in. */
export function fieldAt(fields: readonly Field[], path: string): Field | null {
  return fields.find((field) => path === field.path || path.startsWith(`${field.path}.`)) ?? null
}
