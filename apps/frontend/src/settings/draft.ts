import { settingsWords } from '../words/settings.ts'
import type { Control, Item } from './control.ts'

/** What stands in a control: text as it was typed, so that nothing of it is lost while it is wrong. */
export type Draft = string | boolean | readonly DraftItem[]
export type DraftItem = Draft | Readonly<Record<string, Draft>>

/** A draft as the value that it says, or what is wrong with it, by the path below the field (`''`, `0.address`). */
export type Read = { value: unknown; problems: null } | { problems: Readonly<Record<string, string>> }

/** A value as its control shows it. */
export function draftOf(control: Control, value: unknown): Draft {
  switch (control.kind) {
    case 'switch':
      return value === true
    case 'list':
      return Array.isArray(value) ? value.map((each) => draftOfItem(control.item, each)) : []
    case 'fixed':
    case 'unknown':
      return JSON.stringify(value) ?? ''
    default:
      return value === null || value === undefined ? '' : String(value)
  }
}

function draftOfItem(item: Item, value: unknown): DraftItem {
  if ('control' in item) return draftOf(item.control, value)
  const group = (value ?? {}) as Record<string, unknown>
  return Object.fromEntries(
    item.fields.map(({ path, control, default: fallback }) => [
      path,
      draftOf(control, group[path] ?? fallback),
    ]),
  )
}

/** An empty element, to be filled in. */
export function emptyItem(item: Item): DraftItem {
  return draftOfItem(
    item,
    'control' in item && item.control.kind === 'choice' ? item.control.options[0] : null,
  )
}

/** Reads a draft by its control's limits. What only the gateway can judge passes. */
export function read(control: Control, draft: Draft): Read {
  switch (control.kind) {
    case 'number':
      return readNumber(control, String(draft))
    case 'choice':
      return good(control.options.find((option) => String(option) === draft) ?? draft)
    case 'text': {
      const { longest } = control
      return longest !== null && String(draft).length > longest
        ? bad(settingsWords.tooLong(longest))
        : good(draft)
    }
    case 'list':
      return readList(control, draft as readonly DraftItem[])
    default:
      return good(draft)
  }
}

const good = (value: unknown): Read => ({ value, problems: null })
const bad = (problem: string): Read => ({ problems: { '': problem } })

function readNumber(control: Extract<Control, { kind: 'number' }>, draft: string): Read {
  const text = draft.trim()
  if (text === '') return control.isOptional ? good(null) : bad(settingsWords.missing)
  // A decimal comma is what half of the world types.
  const plain = text.replace(/^([+-]?\d+),(\d+)$/, '$1.$2')
  const value = /^[+-]?(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : Number.NaN
  if (!Number.isFinite(value)) return bad(settingsWords.notANumber)
  if (control.isWhole && !Number.isInteger(value)) return bad(settingsWords.notWhole)
  if (control.least !== null && value < control.least) return bad(settingsWords.tooLittle(control.least))
  if (control.most !== null && value > control.most) return bad(settingsWords.tooMuch(control.most))
  return good(value)
}

function readList({ item, most }: Extract<Control, { kind: 'list' }>, drafts: readonly DraftItem[]): Read {
  if (most !== null && drafts.length > most) return bad(settingsWords.tooMany(most))
  const values: unknown[] = []
  const problems: Record<string, string> = {}
  for (const [index, draft] of drafts.entries()) {
    const each = readItem(item, draft)
    if (each.problems === null) values.push(each.value)
    else {
      for (const [path, problem] of Object.entries(each.problems)) {
        problems[path === '' ? `${index}` : `${index}.${path}`] = problem
      }
    }
  }
  return Object.keys(problems).length === 0 ? good(values) : { problems }
}

function readItem(item: Item, draft: DraftItem): Read {
  if ('control' in item) return read(item.control, draft as Draft)
  const group = draft as Readonly<Record<string, Draft>>
  const values: Record<string, unknown> = {}
  const problems: Record<string, string> = {}
  for (const { path, control } of item.fields) {
    const each = read(control, group[path] ?? '')
    if (each.problems === null) values[path] = each.value
    else problems[path] = each.problems[''] ?? settingsWords.missing
  }
  return Object.keys(problems).length === 0 ? good(values) : { problems }
}
