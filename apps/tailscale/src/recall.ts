import { isSameBoot, type Stamp, TailboardError } from '@tailboard/contracts'
import type { RunContext } from '@tailboard/service/run-source'
import type * as v from 'valibot'

/** What a run before kept. What can't be read is as if it were not there: this run makes it anew. */
export async function recall<S extends v.GenericSchema>(
  { memory, log }: RunContext,
  name: string,
  schema: S,
): Promise<v.InferOutput<S> | null> {
  try {
    return await memory.get(name, schema)
  } catch (error) {
    if (!(error instanceof TailboardError)) throw error
    log.warn('what a run before kept can’t be read', { error })
    return null
  }
}

/** By the monotonic clock. What was noted before a boot is past. */
export function isBefore(now: Stamp, until: Stamp): boolean {
  return isSameBoot(now, until) && now.clock.ms < until.clock.ms
}
