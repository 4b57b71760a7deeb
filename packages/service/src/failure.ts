import { type Failure, type Stamp, TailboardError } from '@tailboard/contracts'
import type { Logger } from './log.ts'
import { redactor } from './redact.ts'

/** Anything thrown as a failure for the owner. What is no TailboardError is a bug: it is logged with its stack. */
export function toFailure(error: unknown, stamp: Stamp, log: Logger): Failure {
  if (error instanceof TailboardError) {
    log.warn('failed', { error })
    return {
      kind: error.kind,
      message: redactor.redact(error.message),
      hint: error.hint === null ? null : redactor.redact(error.hint),
      ...stamp,
    }
  }
  log.error('a fault in the program', { error })
  return {
    kind: 'crashed',
    message: `A fault in the program itself: ${redactor.redact(error instanceof Error ? error.message : String(error))}`,
    hint: 'Please report it, with the log of this run.',
    ...stamp,
  }
}
