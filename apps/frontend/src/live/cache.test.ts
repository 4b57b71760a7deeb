import { expect, test } from 'vitest'
import { modelWith, start } from '../testing/samples.ts'
import { loadSnapshot, type Store, saveSnapshot } from './cache.ts'

function store(first?: string): Store & { kept: Map<string, string> } {
  const kept = new Map<string, string>(first === undefined ? [] : [['tailboard-snapshot', first]])
  return {
    kept,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  }
}

const snapshot = { model: modelWith(start), now: start, keptMs: 1_000 }

test('gives back what was kept', () => {
  const kept = store()
  saveSnapshot(kept, snapshot)
  expect(loadSnapshot(kept)).toMatchObject(snapshot)
})

test.each([
  ['nothing', undefined],
  ['no JSON', '{'],
  ['another version', JSON.stringify({ version: 0, ...snapshot })],
  ['no model', JSON.stringify({ version: 1, ...snapshot, model: { node: 'pi' } })],
  ['no time', JSON.stringify({ version: 1, ...snapshot, now: {} })],
])('is null for %s', (_, json) => {
  expect(loadSnapshot(store(json))).toBeNull()
})

test('keeps nothing that is too long, and not the one before either', () => {
  const kept = store()
  saveSnapshot(kept, snapshot)
  saveSnapshot(kept, { ...snapshot, model: { ...snapshot.model, node: 'x'.repeat(600_000) } })
  expect(kept.kept.size).toBe(0)
})

test('a browser that refuses its store is no failure', () => {
  const no = () => {
    throw new Error('SecurityError')
  }
  const refusing = { getItem: no, setItem: no, removeItem: no }
  expect(() => saveSnapshot(refusing, snapshot)).not.toThrow()
  expect(loadSnapshot(refusing)).toBeNull()
})
