import * as v from 'valibot'
import { cleanText, text } from './text.ts'
import { stampSchema } from './time.ts'

/**
 * Every way in which something can fail, as it crosses the wire.
 *
 * - `unreachable`: nothing answers there. `unresolved`: the name has no address. `timeout`: it answered too late.
 * - `refused`: it answered no (credentials, permission). `rate-limited`: it asks us to come back later.
 * - `malformed`: it answered what we can't read. `missing-hardware`: the device is not there.
 * - `missing-image`: the container image is not there. `misconfigured`: a setting is wrong.
 * - `crashed`: the run ended without a word (killed, out of memory, a bug).
 */
export const errorKinds = [
  'unreachable',
  'unresolved',
  'timeout',
  'refused',
  'rate-limited',
  'malformed',
  'missing-hardware',
  'missing-image',
  'misconfigured',
  'crashed',
] as const
export type ErrorKind = (typeof errorKinds)[number]

/** A failure as a value: what happened in a sentence for a person, and what to do. Stands beside the last good reading. */
export const failureSchema = v.object({
  kind: v.picklist(errorKinds),
  message: text(400),
  hint: v.nullable(text(400)),
  /** The last lines of the log of the run that failed, oldest first. */
  log: v.optional(v.pipe(v.array(text(400)), v.maxLength(20))),
  ...stampSchema.entries,
})
export type Failure = v.InferOutput<typeof failureSchema>

/**
 * The one error that crosses a seam. Anything else that is thrown is a bug, and is logged with its stack.
 * `message` is a sentence for a person; `hint` says what to do about it.
 */
export class TailboardError extends Error {
  override readonly name = 'TailboardError'
  readonly kind: ErrorKind
  readonly hint: string | null
  /** How long to leave the other side alone (ms), when it said so. */
  readonly retryAfterMs: number | null

  constructor(
    kind: ErrorKind,
    message: string,
    options: { hint?: string; cause?: unknown; retryAfterMs?: number } = {},
  ) {
    super(cleanText(message, 400), options.cause === undefined ? undefined : { cause: options.cause })
    this.kind = kind
    this.hint = options.hint === undefined ? null : cleanText(options.hint, 400)
    this.retryAfterMs = options.retryAfterMs ?? null
  }
}

/** One thing that is wrong with an input: where, and why. `path` is dotted, empty for the whole. */
export interface Issue {
  path: string
  reason: string
}

/** Valibot's issues as paths and reasons, at most 20. */
export function issuesOf(issues: readonly v.BaseIssue<unknown>[]): Issue[] {
  return issues
    .slice(0, 20)
    .map((issue) => ({ path: v.getDotPath(issue) ?? '', reason: cleanText(issue.message, 200) }))
}

/**
 * `input` as the schema's output.
 * @throws TailboardError of `kind` (default `malformed`), naming `what`, each path and each reason.
 */
export function parseOrThrow<S extends v.GenericSchema>(
  schema: S,
  input: unknown,
  what: string,
  kind: ErrorKind = 'malformed',
): v.InferOutput<S> {
  const result = v.safeParse(schema, input)
  if (result.success) return result.output
  const reasons = issuesOf(result.issues).map(({ path, reason }) =>
    path === '' ? reason : `${path}: ${reason}`,
  )
  throw new TailboardError(kind, `${what} is not as agreed: ${reasons.join('; ')}`)
}

/**
 * JSON text as the schema's output.
 * @throws TailboardError `malformed` when it is no JSON or not of that schema.
 */
export function parseJson<S extends v.GenericSchema>(
  schema: S,
  json: string,
  what: string,
): v.InferOutput<S> {
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (cause) {
    throw new TailboardError('malformed', `${what} is not JSON`, { cause })
  }
  return parseOrThrow(schema, value, what)
}
