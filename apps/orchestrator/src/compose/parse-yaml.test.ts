import { describe, expect, it } from 'vitest'
import { parseComposeYaml } from './parse-yaml.ts'

describe('parseComposeYaml', () => {
  it('takes anchors, merge keys and old octals as Compose does', () => {
    const text = 'x-a: &a { user: "1", mode: 01777 }\nservices:\n  s: { <<: *a, user: "2", on: yes }\n'
    expect(parseComposeYaml(text, 'f').services).toEqual({ s: { user: '2', mode: 0o1777, on: 'yes' } })
  })

  it.each([
    ['a broken line', 'services:\n  a:\n    image: [x\n', /^docker-compose.yml line \d: /],
    ['a key twice', 'services:\n  a: {}\n  a: {}\n', /^docker-compose.yml line 3: .*unique/],
    [
      'a tag that would be dropped in silence',
      'services:\n  a: !reset null\n',
      /^docker-compose.yml line 2: .*!reset/,
    ],
    ['a list at the top', '- a', /must be a mapping/],
    ['a file without end', `a: "${'x'.repeat(300_000)}"`, /is larger than 256 KiB/],
  ])('refuses %s with file and line', (_name, text, message) => {
    expect(() => parseComposeYaml(text, 'docker-compose.yml')).toThrow(
      expect.objectContaining({ kind: 'misconfigured', message: expect.stringMatching(message) }),
    )
  })

  it('refuses an alias bomb before it grows', () => {
    const levels = Array.from({ length: 9 }, (_, level) =>
      level === 0
        ? 'a0: &a0 [x, x, x, x, x, x, x, x, x]'
        : `a${level}: &a${level} [${Array(9)
            .fill(`*a${level - 1}`)
            .join(', ')}]`,
    )
    expect(() => parseComposeYaml(levels.join('\n'), 'docker-compose.yml')).toThrow(
      /docker-compose.yml: .*alias/i,
    )
  })
})
