import { TailboardError } from '@tailboard/contracts'
import { failOnStatus, type HttpAnswer, parseJsonAnswer } from '@tailboard/service/http'
import * as v from 'valibot'
import type { Ask } from './connection.ts'
import { piholeErrorOf } from './v6-error.ts'

export type Api = 'v6' | 'v5'

const v6Schema = v.object({ dns: v.boolean() })
const v5Schema = v.union([v.array(v.unknown()), v.record(v.string(), v.unknown())])

/**
 * Which version answers there. No password is sent: it may be something else altogether.
 * @throws TailboardError `malformed` when it is no Pi-hole.
 */
export async function detect(ask: Ask): Promise<Api> {
  const answer = await ask({ path: '/api/info/login' })
  if (answer.status >= 500 || answer.status === 429) failOnStatus(answer)
  if (piholeErrorOf(answer) !== null) return 'v6'
  if (answer.status === 200 && !isWebPage(answer)) {
    parseJsonAnswer(answer, v6Schema)
    return 'v6'
  }
  const old = await ask({ path: '/admin/api.php?summaryRaw' })
  if (old.status === 200 && isJson(old)) return 'v5'
  throw notPihole(answer)
}

function isJson(answer: HttpAnswer): boolean {
  try {
    parseJsonAnswer(answer, v5Schema)
    return true
  } catch {
    return false
  }
}

function isWebPage({ headers, body }: HttpAnswer): boolean {
  return /^text\/html\b/i.test(headers['content-type'] ?? '') || /^\s*<(!doctype|html)/i.test(body.toString())
}

function notPihole(answer: HttpAnswer): TailboardError {
  const title = /<title[^>]*>([^<]{1,80})/i.exec(answer.body.toString())?.[1]
  const says = title === undefined ? '' : ` but “${title.trim()}”`
  return new TailboardError('malformed', `What answers there is no Pi-hole${says} (HTTP ${answer.status})`)
}
