import { parseOrThrow, TailboardError } from '@tailboard/contracts'
import type * as v from 'valibot'

/**
 * A part of tailscaled's answer as the schema's output.
 * @throws TailboardError `malformed` naming `what` and the field
 */
export function agreed<S extends v.GenericSchema>(schema: S, input: unknown, what: string): v.InferOutput<S> {
  try {
    return parseOrThrow(schema, input, what)
  } catch (error) {
    if (!(error instanceof TailboardError)) throw error
    throw new TailboardError(error.kind, error.message, {
      hint: 'Tailscale is much older or newer than Tailboard, or something else answers at its socket. Update both.',
      cause: error,
    })
  }
}
