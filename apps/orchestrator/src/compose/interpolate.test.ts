// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of Compose and Dockerfiles
import { describe, expect, it } from 'vitest'
import { interpolate } from './interpolate.ts'

const values: Record<string, string> = { SET: 'value', EMPTY: '' }
const at = (text: string) => interpolate(text, (name) => values[name], 'service x.environment.Y')

describe('interpolate', () => {
  it.each([
    ['a $SET b', 'a value b'],
    ['${SET}${SET}', 'valuevalue'],
    ['$MISSING|${MISSING}', '|'],
    ['${MISSING:-fallback}', 'fallback'],
    ['${EMPTY:-fallback}', 'fallback'],
    ['${EMPTY-fallback}', ''],
    ['${MISSING-fallback}', 'fallback'],
    ['${MISSING:-${SET:-x}}', 'value'],
    ['${MISSING:-{"a":1}', '{"a":1'],
    ['${SET:+there}|${EMPTY:+there}|${EMPTY+there}', 'there||there'],
    ['${SET:?must be set}', 'value'],
    ['$$SET $${SET}', '$SET ${SET}'],
  ])('%s becomes %s', (text, expected) => {
    expect(at(text)).toBe(expected)
  })

  it('names place, variable and reason when one is demanded', () => {
    expect(() => at('${EMPTY:?give the key}')).toThrow(
      expect.objectContaining({
        kind: 'misconfigured',
        message: 'service x.environment.Y: needs the variable EMPTY: give the key',
        hint: 'Set EMPTY in .env',
      }),
    )
  })

  it.each(['$', '${', '${SET', '${1}', '${SET!x}', '$ a'])('refuses %s', (text) => {
    expect(() => at(text)).toThrow('service x.environment.Y')
  })
})
