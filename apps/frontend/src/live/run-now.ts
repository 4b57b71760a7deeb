import type { Problem } from '@tailboard/contracts/problem'
import { words } from '../words.ts'

/** What came of asking for a run: a sentence and what to do, for a person. */
export interface Asked {
  isAccepted: boolean
  message: string
  hint: string | null
}

const refused = (message: string, hint: string | null = null): Asked => ({ isAccepted: false, message, hint })

/** Asks the gateway to measure now. Never throws: each answer is one in words. */
export async function askForRun(source: string): Promise<Asked> {
  let response: Response
  try {
    response = await fetch(`/api/sources/${encodeURIComponent(source)}/run`, {
      method: 'POST',
      signal: AbortSignal.timeout(10_000),
    })
  } catch {
    return refused(words.status.runNoAnswer)
  }
  if (response.ok) return { isAccepted: true, message: words.status.runAsked, hint: null }
  if (response.status === 409) return refused(words.status.runBusy)
  if (response.status === 403) return refused(words.status.runRefused, words.status.runRefusedHint)
  const problem = await readProblem(response)
  const known = response.status === 503 ? words.status.runAway : words.status.runFailed
  return refused(problem?.detail ?? known, problem?.hint ?? null)
}

async function readProblem(response: Response): Promise<Partial<Problem> | null> {
  try {
    const isProblem = response.headers.get('content-type')?.includes('problem+json') === true
    return isProblem ? ((await response.json()) as Partial<Problem>) : null
  } catch {
    return null
  }
}
