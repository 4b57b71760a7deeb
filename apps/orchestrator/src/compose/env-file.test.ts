// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of Compose and Dockerfiles
import { describe, expect, it } from 'vitest'
import { parseEnvFile } from './env-file.ts'

describe('parseEnvFile', () => {
  it('reads what Compose reads', () => {
    const text = [
      '\uFEFF# a comment',
      '',
      'PLAIN=one two  ',
      'COMMENT=value # why',
      'HASH=a#b',
      'export SHELL_STYLE=yes',
      'YAML: style',
      "SINGLE='$PLAIN \\n # kept'",
      'DOUBLE="a\\tb $PLAIN \\"q\\" \\$PLAIN"',
      'BARE=${PLAIN}-${NONE:-none}',
      'LINES="first',
      'second"',
      'EMPTY=',
      'NO_VALUE',
      'SPACED = x',
    ].join('\r\n')
    expect(Object.fromEntries(parseEnvFile(text, '.env'))).toEqual({
      PLAIN: 'one two',
      COMMENT: 'value',
      HASH: 'a#b',
      SHELL_STYLE: 'yes',
      YAML: 'style',
      SINGLE: '$PLAIN \\n # kept',
      DOUBLE: 'a\tb one two "q" $PLAIN',
      BARE: 'one two-none',
      LINES: 'first\nsecond',
      EMPTY: '',
      SPACED: 'x',
    })
  })

  it('names the line that it can not read', () => {
    expect(() => parseEnvFile('A=1\n=x', '.env')).toThrow('.env line 2: is not NAME=value')
    expect(() => parseEnvFile('A=1\nB="open\n', '.env')).toThrow('.env line 2: the quote " is never closed')
  })
})
