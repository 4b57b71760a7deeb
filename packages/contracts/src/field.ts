import * as v from 'valibot'

/** What a person and a chart need to know of a field, beyond its type. */
export interface FieldInfo {
  /** The label on the page, with no unit in it. */
  label: string
  /** UCUM-like symbol: `%`, `°C`, `B`, `B/s`, `s`, `ppm`. */
  unit?: string
  /** Where the owner chooses the unit: the path in the data at which its symbol stands (`units.temperature`). */
  unitFrom?: string
  /** Kept for 24 hours. In an array or record, one series an element, at most `maxSeries` of them. */
  series?: true
  /** Which key of an array's element names its series (`name` for network interfaces). */
  seriesKey?: string
  maxSeries?: number
  /** A sentence for the settings page and docs/contract.md. */
  description?: string
}

/** A schema with its label, unit and so on: read by the page, the documents and the history. */
export function field<const S extends v.GenericSchema>(schema: S, info: FieldInfo) {
  return v.pipe(schema, v.metadata({ ...info }))
}

/** The info that `field` put on a schema, or null. Looks through nullable and optional. */
export function fieldInfo(schema: v.GenericSchema): FieldInfo | null {
  const candidate = schema as {
    pipe?: readonly { type: string; metadata?: unknown }[]
    wrapped?: v.GenericSchema
  }
  const found = candidate.pipe?.findLast((step) => step.type === 'metadata')
  if (found?.metadata !== undefined) return found.metadata as FieldInfo
  return candidate.wrapped === undefined ? null : fieldInfo(candidate.wrapped)
}

/** A finite number. JSON has no other, and a NaN that became null must not pass for a value. */
export const number = v.pipe(v.number(), v.finite())

/** A share of a whole, 0 to 100. */
export const percent = v.pipe(number, v.minValue(0), v.maxValue(100))

/** A count or an amount that can't be negative. */
export const amount = v.pipe(number, v.minValue(0))
