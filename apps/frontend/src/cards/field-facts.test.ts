import { systemData } from '@tailboard/contracts/sources/system'
import { expect, test } from 'vitest'
import { systemSample } from '../testing/samples.ts'
import { words } from '../words/first-load.ts'
import { fieldFacts } from './field-facts.ts'

test('every labelled field of the contract is told with its unit', () => {
  const facts = fieldFacts(systemData.entries.cpu, systemSample.cpu)
  expect(facts).toHaveLength(7)
  expect(facts).toContainEqual({ label: 'Processor', value: '12\u00a0%' })
  expect(facts).toContainEqual({ label: 'Clock', value: '1200\u00a0MHz' })
})

test('null is said, and so is what an older gateway does not send', () => {
  const facts = fieldFacts(systemData.entries.disk, { lifetimeWrittenBytes: null, isReadOnly: false })
  expect(facts).toContainEqual({ label: 'Written in its life', value: words.notAvailable })
  expect(facts).toContainEqual({ label: 'Card', value: words.notAvailable })
  expect(facts).toContainEqual({ label: 'Card read-only', value: words.no })
})
