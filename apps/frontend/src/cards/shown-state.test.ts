import type { ErrorKind } from '@tailboard/contracts/error'
import { stampPlus } from '@tailboard/contracts/time'
import { expect, test } from 'vitest'
import { modelWith, start } from '../testing/samples.ts'
import { isUnset, shownState } from './shown-state.ts'

const view = modelWith(start).sources.system

test('turns stale as time passes, with no message at all', () => {
  expect(shownState(view, stampPlus(start, 119_000), true)).toBe('ok')
  expect(shownState(view, stampPlus(start, 121_000), true)).toBe('stale')
})

test('nothing passes for current while the page is cut off, and worse is still told', () => {
  expect(shownState(view, start, false)).toBe('offline')
  expect(shownState({ ...view, outcome: 'failed' }, start, false)).toBe('failed')
  expect(shownState(view, stampPlus(start, 121_000), false)).toBe('stale')
})

test('what was never set up is no alarm; what has worked before is', () => {
  const never = { ...view, reading: null, success: null, outcome: 'failed' as const }
  const failure = (kind: ErrorKind) => ({ ...never, failure: { kind, message: 'No.', hint: null, ...start } })
  for (const kind of ['misconfigured', 'missing-hardware', 'unreachable'] as const) {
    expect(shownState(failure(kind), start, true)).toBe('unset')
    expect(shownState({ ...failure(kind), reading: view.reading }, start, true)).toBe('failed')
    expect(shownState({ ...failure(kind), success: start }, start, true)).toBe('failed')
    expect(isUnset({ ...failure(kind), settings: { ...view.settings, enabled: false } })).toBe(false)
  }
  for (const kind of ['refused', 'crashed', 'malformed', 'missing-image'] as const) {
    expect(shownState(failure(kind), start, true)).toBe('failed')
  }
})
