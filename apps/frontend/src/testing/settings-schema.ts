import { configSchema } from '@tailboard/contracts/config'
import { sourceContract } from '@tailboard/contracts/sources/index'
import { sourceIds } from '@tailboard/contracts/sources/known'
import { toJsonSchema } from '@valibot/to-json-schema'
import type { JsonSchema } from '../settings/json-schema.ts'

/** What GET /api/config/schema answers, made from the contract as the gateway makes it. */
export function settingsSchema(): JsonSchema {
  const options = { typeMode: 'input', errorMode: 'ignore', target: 'draft-2020-12' }
  const schema = toJsonSchema(configSchema as never, options as never) as JsonSchema
  const groups = schema.properties?.sources?.properties as Record<string, JsonSchema>
  for (const id of sourceIds) {
    const { title, description } = sourceContract(id)
    groups[id] = { title, description, ...groups[id] }
  }
  return schema
}
