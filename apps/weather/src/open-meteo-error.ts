import { parseJson, TailboardError } from '@tailboard/contracts'
import { failOnStatus, type HttpAnswer, serverTime } from '@tailboard/service/http'
import * as v from 'valibot'

const errorSchema = v.object({ error: v.literal(true), reason: v.string() })

/**
 * Fails when Open-Meteo says no, whatever the status: `error: true` has come with 200 too.
 * @throws TailboardError `refused` with its reason, `rate-limited` until the end of the window that it names.
 */
export function failOnOpenMeteoError(answer: HttpAnswer, nowMs: number): void {
  const reason = reasonOf(answer)
  if (reason === null) {
    failOnStatus(answer)
    return
  }
  const isLimit = answer.status === 429 || /limit exceeded|too many/i.test(reason)
  if (!isLimit) {
    throw new TailboardError('refused', `${answer.who} says no: ${reason}`, {
      hint: 'If it stays, look for a newer version of Tailboard, or choose another weather service in config/tailboard.yaml.',
    })
  }
  throw new TailboardError('rate-limited', `${answer.who} says: ${reason}`, {
    hint: 'It is asked again when that time is over. Other programs behind your router may be asking too.',
    retryAfterMs: windowMs(reason, serverTime(answer) ?? nowMs),
  })
}

function reasonOf(answer: HttpAnswer): string | null {
  if (!answer.body.includes('"error"')) return null
  try {
    return parseJson(errorSchema, answer.body.toString('utf8'), 'an error').reason
  } catch {
    // Not its way to say no: HTML of a proxy, or data.
    return null
  }
}

/** Until the window ends that the reason names: a minute, the next full hour, midnight UTC. */
function windowMs(reason: string, nowMs: number): number {
  const untilNext = (ms: number) => ms - (nowMs % ms)
  if (/daily|tomorrow/i.test(reason)) return untilNext(86_400_000)
  if (/hour/i.test(reason)) return untilNext(3_600_000)
  return 60_000
}
