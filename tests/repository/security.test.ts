import { describe, expect, test } from 'vitest'
import { readText, trackedFiles } from './repository.ts'

const text = readText('docs/security.md')
/** Up to here every sentence is one that a test holds. */
const promises = text.slice(0, text.indexOf('## What is not defended'))
const sentences = promises.split(/^- /m).slice(1)
const references = [...text.matchAll(/^ {2}Shown by (\S+\.test\.ts): (.+)$/gm)].map(
  ([, file = '', name = '']) => ({ file, name }),
)

test('there is something to hold', () => {
  expect(sentences.length).toBeGreaterThan(15)
  expect(references.length).toBeGreaterThanOrEqual(sentences.length)
})

test.each(sentences.map((sentence) => [sentence.split('\n')[0] ?? '', sentence]))(
  '“%s” names its test',
  (_first, whole) => {
    expect(whole).toMatch(/^ {2}Shown by /m)
  },
)

describe('every test that is named exists', () => {
  const tracked = trackedFiles()
  test.each(references)('$file: $name', ({ file, name }) => {
    expect(tracked).toContain(file)
    const quoted = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    expect(readText(file)).toMatch(new RegExp(`['"\`]${quoted}['"\`]`))
  })
})
