import { cleanText, type Issue, issuesOf } from '@tailboard/contracts'
import * as v from 'valibot'
import { entriesOf, itemOf } from './schema-shape.ts'

/** One setting that gets another value. */
export interface Edit {
  path: string[]
  /** As the client sent it, checked against the setting's schema; for null its default. */
  value: unknown
  /** It was null: the setting goes back to its default, and nothing is written where it does not stand in the file. */
  isReset: boolean
}

const mostIssues = 20

/**
 * The settings that a JSON merge patch changes, each checked by its own schema, or everything that is wrong with it.
 * Bounded by the schema: what nests deeper than the settings do is refused where it begins.
 */
export function editsOf(schema: v.GenericSchema, patch: unknown): { edits: Edit[]; issues: Issue[] } {
  const edits: Edit[] = []
  const issues: Issue[] = []
  walk(schema, patch, [], edits, issues)
  return { edits, issues: issues.slice(0, mostIssues) }
}

function walk(schema: v.GenericSchema, value: unknown, path: string[], edits: Edit[], issues: Issue[]): void {
  if (issues.length >= mostIssues) return
  const entries = entriesOf(schema)
  if (entries === null) {
    leaf(schema, value, path, edits, issues)
    return
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    issues.push({ path: dotted(path), reason: 'must be a group of settings' })
    return
  }
  for (const [key, inner] of Object.entries(value)) {
    const known = Object.hasOwn(entries, key) ? entries[key] : undefined
    if (known === undefined) issues.push(unknown([...path, key]))
    else walk(known, inner, [...path, key], edits, issues)
  }
}

function leaf(schema: v.GenericSchema, value: unknown, path: string[], edits: Edit[], issues: Issue[]): void {
  const isReset = value === null
  const result = v.safeParse(schema, isReset ? undefined : value)
  if (!result.success) {
    for (const { path: below, reason } of issuesOf(result.issues)) {
      issues.push({ path: dotted(below === '' ? path : [...path, below]), reason })
    }
    return
  }
  // Only now, when it is known to be of the schema's shape, is it looked into.
  const found = strangersIn(schema, value, path)
  issues.push(...found)
  if (found.length === 0) edits.push({ path, value: isReset ? result.output : value, isReset })
}

/** Keys within a list's elements that no schema knows, and text that would be seen as other than it is. */
function strangersIn(schema: v.GenericSchema, value: unknown, path: string[]): Issue[] {
  if (typeof value === 'string') {
    const isPlain = cleanText(value, value.length) === value.replace(/[\t\n\r]+/g, ' ').trim()
    return isPlain ? [] : [{ path: dotted(path), reason: 'has characters that can’t be seen' }]
  }
  const item = itemOf(schema)
  if (Array.isArray(value) && item !== null) {
    return value.flatMap((each, index) => strangersIn(item, each, [...path, String(index)]))
  }
  const entries = entriesOf(schema)
  if (entries === null || typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    const known = Object.hasOwn(entries, key) ? entries[key] : undefined
    return known === undefined ? [unknown([...path, key])] : strangersIn(known, inner, [...path, key])
  })
}

const dotted = (path: string[]) => cleanText(path.join('.'), 200)
const unknown = (path: string[]): Issue => ({ path: dotted(path), reason: 'is no setting' })
