import { restingState, type SourceView } from '@tailboard/contracts/state'
import type { Stamp } from '@tailboard/contracts/time'
import type { ShownState } from '../words.ts'

/** What a card says of itself: how its source stands; cut off from the server, nothing may pass for current. */
export function shownState(view: SourceView, now: Stamp, isCurrent: boolean): ShownState {
  const state = restingState(view, now)
  return !isCurrent && (state === 'ok' || state === 'partial') ? 'offline' : state
}
