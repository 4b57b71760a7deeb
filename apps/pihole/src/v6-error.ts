import { TailboardError } from '@tailboard/contracts'
import { failOnStatus, type HttpAnswer, parseJsonAnswer } from '@tailboard/service/http'
import * as v from 'valibot'

const errorSchema = v.object({
  error: v.object({ key: v.string(), message: v.string(), hint: v.optional(v.unknown()) }),
})
type PiholeError = v.InferOutput<typeof errorSchema>['error']

/** Pi-hole's own words for what went wrong; null when the answer is not of that form. */
export function piholeErrorOf(answer: HttpAnswer): PiholeError | null {
  try {
    return parseJsonAnswer(answer, errorSchema).error
  } catch {
    return null
  }
}

/**
 * Fails on an answer that is no success.
 * @throws TailboardError `rate-limited` (seats, logins), `unreachable` (its DNS is down), `refused`, `malformed`.
 */
export function failOnV6Error(answer: HttpAnswer): void {
  if (answer.status >= 200 && answer.status <= 299) return
  const error = piholeErrorOf(answer)
  if (error === null) failOnStatus(answer)
  else throw toFailure(error)
}

function toFailure(error: PiholeError): TailboardError {
  switch (error.key) {
    case 'api_seats_exceeded':
      return new TailboardError('rate-limited', 'Every seat of Pi-hole’s API is taken', {
        hint: 'Other programs hold them: log them out in Pi-hole (Settings > Web interface / API > Expert > Currently active sessions), or raise webserver.api.max_sessions. A seat that nobody uses is free after half an hour.',
      })
    case 'rate_limiting':
      return new TailboardError('rate-limited', 'Pi-hole takes no more logins for the moment', {
        hint: 'Other programs try to log in at the same time: it takes three a second.',
      })
    case 'dns_failure':
      return new TailboardError('unreachable', `Pi-hole’s DNS is down: ${error.message}`, {
        hint: 'Nothing in the house resolves names through it now. Look at Tools > Pi-hole diagnosis, or run on the Pi-hole: sudo service pihole-FTL restart',
      })
    case 'not_found':
    case 'method_not_allowed':
      return new TailboardError('malformed', `Pi-hole does not know what was asked: ${error.message}`, {
        hint: 'Its version may be too old or too new. Update Pi-hole (pihole -up), or Tailboard.',
      })
    default:
      return new TailboardError('refused', `Pi-hole says no: ${error.message}`, {
        hint: `Its word for it is ${error.key}${typeof error.hint === 'string' ? `, and it adds: ${error.hint}` : ''}.`,
      })
  }
}
