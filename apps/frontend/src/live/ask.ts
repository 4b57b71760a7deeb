import type { Problem } from '@tailboard/contracts/problem'
import { words } from '../words/first-load.ts'

/** What came of asking for something: a sentence and what to do, for a person. */
export interface Asked {
  isAccepted: boolean
  message: string
  hint: string | null
  /** The command's id, by which its outcome is known. Null: it was a run, or it was not taken. */
  id: string | null
}

const refused = (message: string, hint: string | null = null): Asked => ({
  isAccepted: false,
  message,
  hint,
  id: null,
})

/** Asks the gateway to measure now. Never throws: each answer is one in words. */
export function askForRun(source: string): Promise<Asked> {
  return post(`/api/sources/${encodeURIComponent(source)}/run`, null, words.status.runBusy)
}

/** Asks the gateway for a command of the source's contract. Never throws: each answer is one in words. */
export function askForCommand(source: string, verb: string, args: object): Promise<Asked> {
  const path = `/api/sources/${encodeURIComponent(source)}/commands`
  return post(path, { verb, args }, words.command.busy)
}

async function post(path: string, body: object | null, busy: string): Promise<Asked> {
  let response: Response
  try {
    response = await fetch(path, {
      method: 'POST',
      ...(body === null
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    })
  } catch {
    return refused(words.status.runNoAnswer)
  }
  if (response.ok) {
    const id = await idIn(response)
    return { isAccepted: true, message: words.status.runAsked, hint: null, id }
  }
  if (response.status === 409) return refused(busy)
  if (response.status === 403) return refused(words.status.runRefused, words.status.runRefusedHint)
  const problem = await readProblem(response)
  return refused(problem?.detail ?? known(response.status), problem?.hint ?? null)
}

function known(status: number): string {
  if (status === 503) return words.status.runAway
  return status === 429 ? words.command.tooMany : words.status.runFailed
}

async function idIn(response: Response): Promise<string | null> {
  try {
    const answer: unknown = await response.json()
    const id = (answer as { id?: unknown } | null)?.id
    return typeof id === 'string' ? id : null
  } catch {
    return null
  }
}

/** The problem document of an answer. Null: it has none, or none that can be read. */
export async function readProblem(response: Response): Promise<Partial<Problem> | null> {
  try {
    const isProblem = response.headers.get('content-type')?.includes('problem+json') === true
    return isProblem ? ((await response.json()) as Partial<Problem>) : null
  } catch {
    return null
  }
}
