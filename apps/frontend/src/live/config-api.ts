import type { ConfigVersionAnswer, ConfigVersionsAnswer } from '@tailboard/contracts/api'
import type { PublishedConfig } from '@tailboard/contracts/config'
import type { Problem } from '@tailboard/contracts/problem'
import { words } from '../words/first-load.ts'
import { readProblem } from './ask.ts'

const answerMs = 15_000

/** What the gateway answered: what was asked for, or in words why not. */
export type Answer<T> = { isGood: true; value: T } | Refusal

export interface Refusal {
  isGood: false
  /** Null: nothing answered. */
  status: number | null
  message: string
  hint: string | null
  /** Each wrong setting by its path, and why. */
  issues: NonNullable<Problem['issues']>
}

/** Each answers in words, and never throws. A write names the version that it saw. */
export const configApi = {
  schema: () => request<unknown>('GET', '/api/config/schema'),
  read: () => request<PublishedConfig>('GET', '/api/config'),
  patch: (seen: string, patch: object) => request<PublishedConfig>('PATCH', '/api/config', seen, patch),
  versions: () => request<ConfigVersionsAnswer>('GET', '/api/config/versions'),
  version: (id: string) => request<ConfigVersionAnswer>('GET', `/api/config/versions/${id}`),
  restore: (seen: string, id: string) =>
    request<PublishedConfig>('POST', `/api/config/versions/${id}/restore`, seen),
}

async function request<T>(method: string, path: string, seen?: string, body?: object): Promise<Answer<T>> {
  try {
    const response = await fetch(path, {
      method,
      headers: {
        ...(seen === undefined ? {} : { 'if-match': `"${seen}"` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      cache: 'no-store',
      signal: AbortSignal.timeout(answerMs),
    })
    return response.ok
      ? { isGood: true, value: (await response.json()) as T }
      : refusal(response.status, await readProblem(response))
  } catch {
    return { isGood: false, status: null, message: words.status.runNoAnswer, hint: null, issues: [] }
  }
}

function refusal(status: number, problem: Partial<Problem> | null): Refusal {
  const refused = { isGood: false, status, issues: problem?.issues ?? [] } as const
  if (status === 403) {
    return { ...refused, message: words.status.runRefused, hint: words.status.runRefusedHint }
  }
  const said = [problem?.title, problem?.detail].filter((part) => part !== undefined).join('. ')
  return {
    ...refused,
    message: said === '' ? words.config.fault(status) : said,
    hint: problem?.hint ?? null,
  }
}
