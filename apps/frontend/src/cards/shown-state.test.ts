import { stampPlus } from '@tailboard/contracts/time'
import { expect, test } from 'vitest'
import { modelWith, start } from '../testing/samples.ts'
import { shownState } from './shown-state.ts'

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
