import { settingsWords } from '../words/settings.ts'
import { type Field, fieldsOf } from './control.ts'
import type { JsonSchema } from './json-schema.ts'

/** Settings that belong together: the general ones, or those of one source. */
export interface Section {
  id: string
  title: string
  description: string | null
  fields: readonly Field[]
}

/** The whole form, in the order of the file, from what GET /api/config/schema answers. */
export function sectionsOf(schema: JsonSchema): Section[] {
  const { sources, ...top } = schema.properties ?? {}
  const groups = Object.entries(top).filter(([, each]) => each.properties !== undefined)
  const single = Object.entries(top).filter(([, each]) => each.properties === undefined)
  const general = {
    id: 'general',
    title: settingsWords.general,
    description: null,
    fields: fieldsOf(Object.fromEntries(single), ''),
  }
  return [
    general,
    ...groups.map(([id, group]) => sectionOf(id, group, id)),
    ...Object.entries(sources?.properties ?? {}).map(([id, group]) => sectionOf(id, group, `sources.${id}`)),
  ]
}

function sectionOf(id: string, group: JsonSchema, path: string): Section {
  return {
    id,
    title: group.title ?? settingsWords.groups[id] ?? id,
    description: group.description ?? null,
    fields: fieldsOf(group.properties ?? {}, path),
  }
}
