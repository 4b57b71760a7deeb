import { describe, expect, it } from 'vitest'
import { renderTemplate } from './template.ts'

describe('a template', () => {
  it.each([
    ['plain: text', {}, 'plain: text'],
    ['a{{ env "X" }}b', { X: '1' }, 'a1b'],
    ['a  {{- env "X" }} b', { X: '1' }, 'a1 b'],
    ['a {{ env "X" -}}  b', { X: '1' }, 'a 1b'],
    ['{{ env "X" | nospace | quote }}', { X: ' a "b ' }, '"a\\"b"'],
    ['{{ $x := env "X" }}{{ if $x }}yes{{ else }}no{{ end }}', { X: '1' }, 'yes'],
    ['{{ $x := env "X" }}{{ if $x }}yes{{ else }}no{{ end }}', {}, 'no'],
    ['{{ $x := env "X" }}{{ if $x }}yes{{ end }}.', {}, '.'],
    ['{{ range splitList "," "a,b,," }}{{ if . }}<{{ . }}>{{ end }}{{ end }}', {}, '<a><b>'],
    ['{{ if env "N" }}{{ range splitList "," "a" }}{{ . }}{{ end }}{{ else }}none{{ end }}', {}, 'none'],
  ])('%s', (source, env, expected) => {
    expect(renderTemplate(source, env)).toBe(expected)
  })

  it.each([
    ['{{ include "x" }}', '"include" is not known'],
    ['{{ $x }}', '"$x" is not known'],
    ['{{ env "X" | upper }}', '"upper" is not known'],
    ['{{ if env "X" }}', 'without its "end"'],
    ['{{ end }}', 'without its beginning'],
    ['{{ range env "X" }}{{ end }}', '"range" takes a list'],
    ['{{ env "X" ', '"{{" without "}}"'],
    ['{{ with . }}{{ end }}', 'is not known here'],
  ])('%s is refused', (source, expected) => {
    expect(() => renderTemplate(source, {})).toThrow(expected)
  })
})
