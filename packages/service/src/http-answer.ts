import type { IncomingHttpHeaders } from 'node:http'
import { cleanText, parseJson, TailboardError } from '@tailboard/contracts'
import type * as v from 'valibot'

/** What the other side said, whole. */
export interface HttpAnswer {
  /** Who answered, for messages. */
  who: string
  status: number
  headers: IncomingHttpHeaders
  body: Buffer
}

/** A wait that was asked for is believed up to this (ms): a typing mistake there must not silence us for a year. */
const longestWaitMs = 24 * 3_600_000

/** The other side's own clock, ms since 1970; null when it does not tell. A Pi's may be hours wrong, theirs is not. */
export function serverTime({ headers }: HttpAnswer): number | null {
  const time = Date.parse(headers.date ?? '')
  return Number.isNaN(time) ? null : time
}

/** How much of a body is looked at to know that there is no data in it (B). */
const lookedAtBytes = 4096

/**
 * Fails on a body that holds no data whatever was asked for; also for those who parse it themselves.
 * @throws TailboardError `malformed`: empty, or a web page.
 */
export function failOnWebPage(answer: HttpAnswer): void {
  const { who, body } = answer
  const text = body.toString('utf8', 0, lookedAtBytes).replace(/^\ufeff/, '')
  if (body.length <= lookedAtBytes && text.trim() === '') {
    throw new TailboardError('malformed', `${who} sent an empty answer`, {
      hint: 'It has trouble of its own. It is asked again at the next run.',
    })
  }
  if (isWebPage(answer, text)) {
    const title = webPageTitle(text)
    throw new TailboardError('malformed', `${who} sent a web page in place of data${title}`, {
      hint: 'It has trouble of its own, or something between here and there answers in its place (a login page, a proxy).',
    })
  }
}

/**
 * The body as JSON of that schema.
 * @throws TailboardError `malformed`: empty, a web page in place of data, no JSON, or not of the schema (with the path).
 */
export function parseJsonAnswer<S extends v.GenericSchema>(answer: HttpAnswer, schema: S): v.InferOutput<S> {
  failOnWebPage(answer)
  const text = answer.body.toString('utf8').replace(/^\ufeff/, '')
  const { who } = answer
  try {
    return parseJson(schema, text, `The answer of ${who}`)
  } catch (error) {
    if (!(error instanceof TailboardError)) throw error
    const hint =
      'It was cut off, something else answers in its place, or the service has changed. If it stays, look for a newer version of Tailboard.'
    throw new TailboardError(error.kind, error.message, { hint, cause: error.cause })
  }
}

/**
 * Fails on a status that is no success, in the words that fit any service.
 * @throws TailboardError `refused` (401, 403), `rate-limited` (429, with the wait that it names), `unreachable` (5xx:
 * it has trouble of its own), `malformed` (anything else).
 */
export function failOnStatus(answer: HttpAnswer): void {
  const { who, status } = answer
  if (status >= 200 && status <= 299) return
  if (status === 429) throw rateLimited(answer)
  if (status === 401 || status === 403) {
    throw new TailboardError('refused', `${who} refused the request (HTTP ${status})`, {
      hint: 'Does it want a password or a key, and is it the right one?',
    })
  }
  const title = webPageTitle(answer.body.toString('utf8'))
  if (status >= 500) {
    throw new TailboardError('unreachable', `${who} has trouble of its own (HTTP ${status})${title}`, {
      hint: 'It is asked again at the next run.',
      ...withWait(retryAfter(answer)),
    })
  }
  throw new TailboardError('malformed', `${who} answered with HTTP ${status}${title}`, {
    hint: 'Something else may answer in its place, or the service has changed.',
  })
}

function rateLimited(answer: HttpAnswer): TailboardError {
  return new TailboardError('rate-limited', `${answer.who} asks us to come back later (HTTP 429)`, {
    hint: 'Ask less often: raise intervalSeconds of this source in config/tailboard.yaml.',
    ...withWait(retryAfter(answer)),
  })
}

/** Retry-After in ms: seconds, or a date by the server's own clock. */
function retryAfter(answer: HttpAnswer): number | null {
  const given = answer.headers['retry-after']
  if (given === undefined) return null
  const ms = /^\d{1,9}$/.test(given)
    ? Number(given) * 1000
    : Date.parse(given) - (serverTime(answer) ?? Date.now())
  return Number.isNaN(ms) ? null : Math.min(longestWaitMs, Math.max(0, ms))
}

function withWait(retryAfterMs: number | null): { retryAfterMs?: number } {
  return retryAfterMs === null ? {} : { retryAfterMs }
}

function isWebPage({ headers }: HttpAnswer, text: string): boolean {
  return (
    /^text\/html\b/i.test(headers['content-type'] ?? '') || /^\s*<(!doctype|html|head|body)\b/i.test(text)
  )
}

/** The page's title, as `: “502 Bad Gateway”`, or nothing. */
function webPageTitle(text: string): string {
  const title = cleanText(/<title[^>]*>([^<]{1,200})/i.exec(text.slice(0, 4096))?.[1] ?? '', 80)
  return title === '' ? '' : `: “${title}”`
}
