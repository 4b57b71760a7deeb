import type * as v from 'valibot'

interface AnySchema {
  entries?: Record<string, v.GenericSchema>
  item?: v.GenericSchema
  wrapped?: AnySchema
  pipe?: AnySchema[]
}

/** The first answer of `look` on the way through optional, nullable and pipe to the schema itself. */
function within<T>(schema: unknown, look: (schema: AnySchema) => T | undefined): T | null {
  const candidate = schema as AnySchema
  const found = look(candidate)
  if (found !== undefined) return found
  if (candidate.wrapped !== undefined) return within(candidate.wrapped, look)
  const first = candidate.pipe?.[0]
  return first === undefined || first === candidate ? null : within(first, look)
}

/** The keys of objects below a schema. */
export function entriesOf(schema: unknown): Record<string, v.GenericSchema> | null {
  return within(schema, ({ entries }) => entries)
}

/** What a list holds. */
export function itemOf(schema: unknown): v.GenericSchema | null {
  return within(schema, ({ item }) => item)
}
