import * as v from 'valibot'
import { expect, test } from 'vitest'
import { configSchema, defaultConfig } from './config.ts'
import { issuesOf } from './error.ts'
import { sourceContract } from './sources/index.ts'
import { sourceIds } from './sources/known.ts'

const issues = (input: unknown) => {
  const result = v.safeParse(configSchema, input)
  return result.success ? [] : issuesOf(result.issues)
}

test('an empty file is every default', () => {
  expect(defaultConfig.maxConcurrent).toBe(1)
  for (const id of sourceIds) expect(defaultConfig.sources[id]).toMatchObject(sourceContract(id).defaults)
})

test('the page: cards that no source has are kept, what is no list of names is refused', () => {
  expect(defaultConfig.page).toEqual({ order: [], hidden: [] })
  const page = { order: ['system', 'tide', 'system'], hidden: ['tide'] }
  expect(v.parse(configSchema, { page }).page).toEqual(page)
})

test('one setting leaves the others at their defaults', () => {
  const config = v.parse(configSchema, { sources: { system: { intervalSeconds: 30 } } })
  expect(config.sources.system).toEqual({ enabled: true, intervalSeconds: 30, timeoutSeconds: 20 })
})

test.each([
  [{ page: { order: 'system' } }, 'page.order', 'must be a list of sources'],
  [{ page: { hidden: ['This Pi'] } }, 'page.hidden.0', 'must be one lower-case word'],
  [{ page: { order: [null] } }, 'page.order.0', 'must be the name of a source'],
  [{ page: { order: Array(65).fill('system') } }, 'page.order', 'must be 64 sources or fewer'],
  [{ page: [] }, 'page', 'must be a group of settings'],
  [
    { sources: { system: { intervalSeconds: 9 } } },
    'sources.system.intervalSeconds',
    'must be 10 seconds or more',
  ],
  [
    { sources: { system: { intervalSeconds: 86_401 } } },
    'sources.system.intervalSeconds',
    'must be 86400 seconds or less',
  ],
  [
    { sources: { system: { intervalSeconds: 60.5 } } },
    'sources.system.intervalSeconds',
    'must be a whole number of seconds',
  ],
  [
    { sources: { system: { intervalSeconds: '60' } } },
    'sources.system.intervalSeconds',
    'must be a number of seconds',
  ],
  [
    { sources: { system: { intervalSeconds: Number.NaN } } },
    'sources.system.intervalSeconds',
    'must be a number of seconds',
  ],
  [
    { sources: { system: { timeoutSeconds: 4 } } },
    'sources.system.timeoutSeconds',
    'must be 5 seconds or more',
  ],
  [{ sources: { system: { enabled: 'yes' } } }, 'sources.system.enabled', 'must be true or false'],
  [{ maxConcurrent: 5 }, 'maxConcurrent', 'must be 4 or less'],
  [{ maxConcurrent: 0 }, 'maxConcurrent', 'must be 1 or more'],
  [{ maxConcurrent: 'two' }, 'maxConcurrent', 'must be a whole number'],
  [{ version: 2 }, 'version', 'must be 1'],
  [{ sources: { system: 5 } }, 'sources.system', 'must be a group of settings'],
  [{ sources: { system: null } }, 'sources.system', 'must be a group of settings'],
  [{ sources: [] }, 'sources', 'must be a group of settings'],
  ['text', '', 'must be a group of settings'],
])('%j is refused at %s: %s', (input, path, reason) => {
  expect(issues(input)).toEqual([{ path, reason }])
})

test('unknown keys are let through, for what a later version wrote', () => {
  expect(issues({ later: 1, sources: { tomorrow: {}, system: { colour: 'red' } } })).toEqual([])
})
