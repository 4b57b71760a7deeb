import { TailboardError } from '@tailboard/contracts'
import { type HttpAnswer, parseJsonAnswer } from '@tailboard/service/http'
import * as v from 'valibot'
import type { Ask } from './connection.ts'
import { failOnV6Error, piholeErrorOf } from './v6-error.ts'

/** It goes into a header and before a redactor: nothing but what Pi-hole's ids are made of, long enough to be one. */
const sessionId = v.pipe(v.string(), v.regex(/^[\w+/=-]{16,128}$/, 'must be a session id'))

const sessionSchema = v.object({ session: v.object({ valid: v.boolean(), sid: v.nullish(sessionId) }) })

/** Pi-hole takes its time for a password: on a Pi 3 its hash costs seconds while the house is busy. */
const timeoutMs = 12_000

const howToAppPassword =
  'Make an app password in Pi-hole (Settings > Web interface / API > Expert > Configure app password) and put it into .env as PIHOLE_PASSWORD.'

export const passwordMissing = () =>
  new TailboardError('refused', 'Pi-hole wants a password', { hint: howToAppPassword })

/**
 * Takes a seat. Null: this Pi-hole has no password, and needs none.
 * @throws TailboardError `refused`: the password is wrong, or a second factor is wanted; `rate-limited`: seats, attempts.
 */
export async function logIn(ask: Ask, password: string): Promise<string | null> {
  const answer = await ask({ path: '/api/auth', method: 'POST', json: { password }, timeoutMs })
  failOnSecondFactor(answer)
  // A wrong password comes as a session that is not valid, unlike every other error.
  const isSession = answer.status === 401 && piholeErrorOf(answer) === null
  if (!isSession) failOnV6Error(answer)
  const { valid, sid } = parseJsonAnswer(answer, sessionSchema).session
  if (valid && !isSession) return sid ?? null
  throw new TailboardError('refused', 'Pi-hole does not accept the password', {
    hint: `Is PIHOLE_PASSWORD in .env the right one? A new app password ends the one before. ${howToAppPassword}`,
  })
}

function failOnSecondFactor(answer: HttpAnswer): void {
  if (answer.status !== 400 && answer.status !== 401) return
  if (!/\b(2FA|TOTP)\b/i.test(piholeErrorOf(answer)?.message ?? '')) return
  throw new TailboardError('refused', 'Pi-hole wants a second factor (2FA), which no dashboard can give', {
    hint: `An app password needs none. ${howToAppPassword}`,
  })
}

/** Gives a seat back. One that is no longer ours is as good as given back. */
export async function logOut(ask: Ask, sid: string): Promise<void> {
  const answer = await ask({ path: '/api/auth', method: 'DELETE', headers: { 'x-ftl-sid': sid } })
  const isGone = answer.status === 401 || answer.status === 404 || answer.status === 410
  if (!isGone) failOnV6Error(answer)
}
