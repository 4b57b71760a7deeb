import { settingsWords } from '../words/settings.ts'
import type { Control, Field, Item } from './control.ts'

/** A setting's value in words: `900 s`, `on`, `Bedroom (c7:18:1e:21:f4:87)`. */
export function sayValue({ control, unit }: Pick<Field, 'control' | 'unit'>, value: unknown): string {
  return say(control, unit, value)
}

function say(control: Control, unit: string | null, value: unknown): string {
  if (value === null || value === undefined || value === '') return settingsWords.empty
  if (typeof value === 'boolean') return value ? settingsWords.on : settingsWords.off
  if (Array.isArray(value)) {
    if (value.length === 0) return settingsWords.noEntries
    const item = control.kind === 'list' ? control.item : null
    return value.map((each) => (item === null ? JSON.stringify(each) : sayItem(item, each))).join(', ')
  }
  if (typeof value === 'object') return JSON.stringify(value)
  if (unit === null) return String(value)
  return unit === '°' || unit === '%' ? `${value}${unit}` : `${value}\u00a0${unit}`
}

/** What a person gave it (a name) first, what it is (an address) in brackets. */
function sayItem(item: Item, value: unknown): string {
  if ('control' in item) return say(item.control, null, value)
  const group = (value ?? {}) as Record<string, unknown>
  const filled = item.fields.flatMap((field) => {
    const said = sayValue(field, group[field.path])
    return said === settingsWords.empty ? [] : said
  })
  const [what = settingsWords.empty, ...names] = filled
  return names.length === 0 ? what : `${names.join(' ')} (${what})`
}

type Sections = readonly { title: string; fields: readonly Field[] }[]

/** A value that the gateway tells as JSON, of a setting that may be one of a newer version's; a long one is cut. */
export function sayJson(sections: Sections, path: string, json: string): string {
  const field = sections.flatMap(({ fields }) => fields).find((each) => each.path === path)
  try {
    const value: unknown = JSON.parse(json)
    return field === undefined ? json : sayValue(field, value)
  } catch {
    return json === '' ? settingsWords.empty : json
  }
}

/** The name of a setting where its section is not in sight: `Weather: Every`. */
export function nameOf(sections: Sections, path: string): string {
  for (const { title, fields } of sections) {
    const field = fields.find((each) => each.path === path)
    if (field !== undefined) return settingsWords.named(title, field.label)
  }
  return path
}

/** What a control takes at most and at least, as a sentence. */
export function limitsOf(control: Control): string {
  if (control.kind === 'number') return settingsWords.range(control.least, control.most)
  if (control.kind === 'text' && control.longest !== null) return settingsWords.letters(control.longest)
  if (control.kind === 'list' && control.most !== null) return settingsWords.entries(control.most)
  return ''
}
