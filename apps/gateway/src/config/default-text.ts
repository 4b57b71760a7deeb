import {
  type Config,
  configSchema,
  fieldInfo,
  type SourceId,
  sourceContract,
  sourceIds,
  sourceSettingsSchema,
} from '@tailboard/contracts'
import type * as v from 'valibot'
import { Document, isMap, isScalar, type YAMLMap } from 'yaml'
import { entriesOf } from './schema-shape.ts'

const heading = ` Tailboard: what you decide. Edit it while it runs: a change is taken up within seconds.
 A mistake is answered on the dashboard with its line, and the last good settings stay in force.
 Addresses and passwords are not here: they stand in .env.`

/** The file as the first start writes it: every setting with its default, and what it means. */
export function defaultText(config: Config): string {
  const document = new Document(config)
  document.commentBefore = heading
  const root = document.contents as unknown as YAMLMap
  comment(root, configSchema.entries)
  comment(document.get('page') as YAMLMap, entriesOf(configSchema.entries.page) ?? {})
  const sources = document.get('sources') as YAMLMap
  for (const id of sourceIds) {
    const settings = sources.get(id) as YAMLMap
    comment(settings, sourceSettingsSchema(id).entries as Record<string, v.GenericSchema>)
  }
  for (const [index, { key }] of sources.items.entries()) {
    if (!isScalar(key)) continue
    key.commentBefore = sourceComment(key.value as SourceId)
    key.spaceBefore = index > 0
  }
  return document.toString({ lineWidth: 0 })
}

/** The comment above a source's group. */
export function sourceComment(id: SourceId): string {
  const { title, description } = sourceContract(id)
  return ` ${title}: ${description}`
}

/** The comment above a setting; null where its schema says nothing. */
export function settingComment(schema: v.GenericSchema): string | null {
  const info = fieldInfo(schema)
  if (info === null) return null
  const unit = info.unit === undefined ? '' : ` (${info.unit})`
  const description = info.description === undefined ? '' : `. ${info.description}`
  return ` ${info.label}${unit}${description}`
}

function comment(map: YAMLMap, entries: Record<string, v.GenericSchema>): void {
  if (!isMap(map)) return
  for (const [index, { key }] of map.items.entries()) {
    if (!isScalar(key)) continue
    const schema = entries[String(key.value)]
    const text = schema === undefined ? null : settingComment(schema)
    if (text === null) continue
    key.commentBefore = text
    key.spaceBefore = index > 0
  }
}
