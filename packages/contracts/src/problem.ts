import * as v from 'valibot'

/** An RFC 9457 problem document (application/problem+json). `issues` name each wrong field and the reason. */
export const problemSchema = v.object({
  /** Which kind of problem, as a name that stays: `urn:tailboard:unknown-source`. */
  type: v.string(),
  title: v.string(),
  status: v.number(),
  detail: v.optional(v.string()),
  /** What to do about it. */
  hint: v.optional(v.string()),
  issues: v.optional(v.array(v.object({ path: v.string(), reason: v.string() }))),
})
export type Problem = v.InferOutput<typeof problemSchema>
