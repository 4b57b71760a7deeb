import * as v from 'valibot'
import { text } from './text.ts'
import { stampSchema } from './time.ts'

/** How a version of the configuration came to be. `hand`: in an editor, or while the gateway did not run. */
export const configCauses = ['start', 'hand', 'page', 'restore'] as const
export type ConfigCause = (typeof configCauses)[number]

/** What the list of a version's changes and each value in it may hold at most. */
export const configChangeLimits = { changes: 10, value: 100 } as const

/** One value that differs between two configurations. */
export const configChangeSchema = v.object({
  /** Dotted: `sources.weather.place`. */
  path: text(200),
  /** The value before, as JSON, cut after 100 characters. */
  from: text(configChangeLimits.value),
  /** The value after, in the same form. */
  to: text(configChangeLimits.value),
})
export type ConfigChange = v.InferOutput<typeof configChangeSchema>

/** The name of a kept version: a number that only grows. */
export const configVersionId = v.pipe(
  v.string(),
  v.regex(/^[1-9]\d{0,8}$/, 'must be the number of a version'),
)

/** One of the kept versions of config/tailboard.yaml. */
export const configVersionSchema = v.object({
  /** A number that only grows, as text. */
  id: configVersionId,
  /** When it came into force. */
  stamp: stampSchema,
  /** `start`: the first one. `hand`: edited by hand. `page`: through the API. `restore`: a return to one before. */
  cause: v.picklist(configCauses),
  /** The address that asked for it; null for an edit by hand. */
  by: v.nullable(text(64)),
  /** The version that was returned to; null for any other cause. */
  restored: v.nullable(configVersionId),
  /** The ETag of its values. */
  version: text(64),
  /** What differs from the version before, at most ten. Empty: comments or order alone. */
  changes: v.pipe(v.array(configChangeSchema), v.maxLength(configChangeLimits.changes)),
  /** How many values differ, also those that `changes` leaves out. */
  changed: v.pipe(v.number(), v.integer(), v.minValue(0)),
})
export type ConfigVersion = v.InferOutput<typeof configVersionSchema>
