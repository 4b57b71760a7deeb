import type { Failure, RunRecord, Stamp } from '@tailboard/contracts'
import { exitCodes } from '@tailboard/service'
import type { StopReason } from './demand.ts'

export const whyStopped: Record<StopReason, string> = {
  unwatched: 'Nobody looked any more',
  left: 'The last viewer left',
  disabled: 'It was switched off',
  changed: 'Its settings were changed',
  shutdown: 'The orchestrator ended',
}
export const whySwept = 'Tidied up after a kill'

const byItself: readonly number[] = [exitCodes.ok, exitCodes.failed]
const beforeAnything: readonly number[] = [exitCodes.misconfigured, exitCodes.noRedis]

/** Whether a run with such an end may have left something behind; null when it never came so far as to touch anything. */
export function leftFiles(exitCode: number | null): boolean | null {
  if (exitCode === null) return true
  if (byItself.includes(exitCode)) return false
  return beforeAnything.includes(exitCode) ? null : true
}

/** What the run itself has said of its end, where the verdict adds nothing to it. */
export function said(
  stored: { failure: Failure | null } | null,
  result: RunRecord['result'] | null,
): Failure | null {
  return result === 'failed' ? (stored?.failure ?? null) : null
}

export function endedFromOutside(now: Stamp): Failure {
  return {
    kind: 'crashed',
    message: 'The camera was ended from outside while someone looked',
    hint: 'It is started again.',
    ...now,
  }
}
