import { configSchema, sourceContract, sourceIds } from '@tailboard/contracts'
import { toJsonSchema } from '@valibot/to-json-schema'

type Json = { [key: string]: unknown; properties?: Record<string, Json> }

/**
 * JSON Schema (2020-12) of the configuration, for a page that builds its form of it: type, limits, choices and `default`
 * as the standard has them, `label`, `unit` and `description` beside, a source's `title`. In the order of the file.
 */
export function describeSettings(): Json {
  const schema = toJsonSchema(
    configSchema as never,
    { typeMode: 'input', errorMode: 'ignore', target: 'draft-2020-12' } as never,
  ) as Json
  const groups = schema.properties?.sources?.properties ?? {}
  for (const id of sourceIds) {
    const { title, description } = sourceContract(id)
    groups[id] = { title, description, ...groups[id] }
  }
  return withoutEmpty(schema) as Json
}

/** A group is no setting: its empty default and its empty list of what must be there say nothing. */
function withoutEmpty(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const { properties, default: _, required: __, ...rest } = value as Json
  if (properties === undefined) return value
  const inner = Object.entries(properties).map(([key, each]) => [key, withoutEmpty(each)])
  return { ...rest, properties: Object.fromEntries(inner) }
}
