import { readFileSync } from 'node:fs'
import { parseOrThrow } from '@tailboard/contracts'
import { sensehatData } from '@tailboard/contracts/sources/sensehat'
import { expect, test } from 'vitest'

test('the sample in the README is a reading, with no field that the contract does not know', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const sample: unknown = JSON.parse(/```json\n([\s\S]*?)\n```/.exec(readme)?.[1] ?? '')
  expect(parseOrThrow(sensehatData, sample, 'the sample')).toEqual(sample)
})
