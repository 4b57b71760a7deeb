import { createHmac, randomBytes } from 'node:crypto'
import { errorKinds, isBefore, stampPlus, stampSchema, TailboardError } from '@tailboard/contracts'
import { type Backoff, backoffMs } from '@tailboard/service/backoff'
import { stampNow } from '@tailboard/service/clock'
import type { RunContext } from '@tailboard/service/run-source'
import * as v from 'valibot'
import type { Gate } from './box.ts'

/** A wrong password stays wrong; an hour is what it may take until one that was mended at the Pi-hole is noticed. */
const afterRefusal: Backoff = { firstMs: 2 * 60_000, factor: 2, mostMs: 60 * 60_000 }
/** Seats and the limit of attempts get free by themselves. */
const whenBusy: Backoff = { firstMs: 60_000, factor: 2, mostMs: 15 * 60_000 }

const attemptSchema = v.object({
  salt: v.string(),
  mark: v.string(),
  failures: v.number(),
  until: stampSchema,
  kind: v.picklist(errorKinds),
  message: v.string(),
  hint: v.string(),
})

/** Remembers in the source's memory that a password was refused: not the password, and no more of its hash than tells another one. */
export function gateIn(context: RunContext, baseUrl: string, password: string): Gate {
  // 32 bits: enough to notice a change, too few to find a weak password by.
  const markOf = (salt: string) =>
    createHmac('sha256', salt).update(`${baseUrl}\n${password}`).digest('hex').slice(0, 8)
  const failedBefore = async () => {
    const kept = await context.memory.recall('login', attemptSchema)
    return kept?.mark === markOf(kept?.salt ?? '') ? kept : null
  }
  return {
    async failWhileClosed() {
      const kept = await failedBefore()
      const now = stampNow(context.time)
      if (kept === null || !isBefore(now, kept.until)) return
      const waitMs = kept.until.clock.ms - now.clock.ms
      const again = `Tried again in ${Math.ceil(waitMs / 60_000)} min, or at once when the password in .env changes.`
      throw new TailboardError(kept.kind, kept.message, {
        hint: `${kept.hint} ${again}`,
        retryAfterMs: waitMs,
      })
    },

    async note(failure) {
      // Only what the other side answered is a verdict on the password; a broken line is none.
      if (failure === null) return context.memory.delete('login')
      if (failure.kind !== 'refused' && failure.kind !== 'rate-limited') return
      const failures = ((await failedBefore())?.failures ?? 0) + 1
      const waitMs = backoffMs(failure.kind === 'refused' ? afterRefusal : whenBusy, failures)
      const salt = randomBytes(16).toString('hex')
      await context.memory.set('login', {
        salt,
        mark: markOf(salt),
        failures,
        until: stampPlus(stampNow(context.time), waitMs),
        kind: failure.kind,
        message: failure.message,
        hint: failure.hint ?? '',
      })
    },
  }
}
