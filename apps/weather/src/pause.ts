import { isBefore, type Stamp, stampPlus, stampSchema, TailboardError } from '@tailboard/contracts'
import type { RunContext } from '@tailboard/service/run-source'
import * as v from 'valibot'
import type { Provider } from './provider.ts'

/** How long a service is left alone that asks for it without saying how long (ms). */
const pauseMs = 10 * 60_000

const pauseSchema = v.object({ provider: v.string(), reason: v.string(), until: stampSchema })

/** @throws TailboardError `rate-limited` as long as the service wants to be left alone. */
export async function failWhilePaused(
  context: RunContext,
  { id, title }: Provider,
  now: Stamp,
): Promise<void> {
  const pause = await context.memory.recall('pause', pauseSchema)
  if (pause === null || pause.provider !== id || !isBefore(now, pause.until)) return
  const waitMs = pause.until.clock.ms - now.clock.ms
  throw new TailboardError('rate-limited', pause.reason, {
    hint: `${title} is left alone for another ${Math.ceil(waitMs / 60_000)} min.`,
    retryAfterMs: waitMs,
  })
}

/** Keeps for the runs to come that a service asked to be left alone, and until when. */
export async function rememberPause(
  { memory }: RunContext,
  { id }: Provider,
  now: Stamp,
  error: unknown,
): Promise<void> {
  if (!(error instanceof TailboardError) || error.kind !== 'rate-limited') return
  const until = stampPlus(now, error.retryAfterMs ?? pauseMs)
  await memory.set('pause', { provider: id, reason: error.message, until })
}
