import type { ErrorKind } from '@tailboard/contracts/error'
import { restingState, type SourceView } from '@tailboard/contracts/state'
import type { Stamp } from '@tailboard/contracts/time'
import type { ShownState } from '../words/first-load.ts'

/** What a source fails with that nobody has set up. Of one that has worked before, each of them is a fault. */
const unsetKinds: readonly ErrorKind[] = ['misconfigured', 'missing-hardware', 'unreachable']

/** What a card says of itself: how its source stands; cut off from the server, nothing may pass for current. */
export function shownState(view: SourceView, now: Stamp, isCurrent: boolean): ShownState {
  const state = restingState(view, now)
  if (state === 'failed' && isUnset(view)) return 'unset'
  return !isCurrent && (state === 'ok' || state === 'partial') ? 'offline' : state
}

/** Whether a source has never worked, for a reason that only its owner can mend. Nothing is broken. */
export function isUnset({ settings, reading, success, outcome, failure }: SourceView): boolean {
  if (!settings.enabled || outcome !== 'failed' || failure === null) return false
  return reading === null && success === null && unsetKinds.includes(failure.kind)
}
