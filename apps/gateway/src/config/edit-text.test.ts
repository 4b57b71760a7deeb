import { configSchema, defaultConfig, sourceIds } from '@tailboard/contracts'
import { describe, expect, test } from 'vitest'
import { defaultText } from './default-text.ts'
import { editText } from './edit-text.ts'
import { parseConfig } from './parse-config.ts'
import { editsOf } from './patch.ts'

function edit(text: string, patch: object): string {
  const { edits, issues } = editsOf(configSchema, patch)
  expect(issues).toEqual([])
  return editText(text, edits)
}

const every = (seconds: number) => ({ sources: { system: { intervalSeconds: seconds } } })

describe('one value in a file', () => {
  test('of the first start: that line and no other', () => {
    const before = defaultText(defaultConfig)
    const after = edit(before, every(90)).split('\n')
    const differing = before
      .split('\n')
      .flatMap((line, index) => (line === after[index] ? [] : [[line, after[index]]]))
    expect(differing).toEqual([['    intervalSeconds: 60', '    intervalSeconds: 90']])
    expect(after).toHaveLength(before.split('\n').length)
  })

  const torture = `# head

# about version
version: 1 # format

# about sources
sources:
    # about system
    system:
        # why so often
        intervalSeconds: 60 # because
        # trailing in system
    weather: { intervalSeconds: 900 } # on one line
    # about pihole
    pihole:
        # topCount: 3
    later: [a, b] # nobody reads it
colour: "red" # nor this
# end
`
  test('of the owner’s own: every comment, the order, unknown keys and his indentation stay', () => {
    const after = edit(torture, {
      maxConcurrent: 2,
      sources: { system: { intervalSeconds: 90 }, weather: { place: 'Bern' }, pihole: { topCount: 5 } },
    })
    const comments = (text: string) => [...text.matchAll(/# .*/g)].map(([comment]) => comment)
    for (const comment of comments(torture)) expect(comments(after)).toContain(comment)
    expect(after).toContain('        # why so often\n        intervalSeconds: 90 # because\n')
    expect(after).toContain('weather: { intervalSeconds: 900, place: Bern } # on one line')
    expect(after).toContain('    later: [ a, b ] # nobody reads it\n')
    expect(after).toMatch(/# Length of the lists\.[^\n]*\n {8}topCount: 5\n/)
    expect(after).toMatch(/# Runs at the same time\.[^\n]*\nmaxConcurrent: 2\n/)
    expect(parseConfig(after)).toMatchObject({
      isGood: true,
      config: {
        maxConcurrent: 2,
        sources: { system: { intervalSeconds: 90 }, weather: { place: 'Bern' }, pihole: { topCount: 5 } },
      },
      unknownKeys: expect.arrayContaining(['colour', 'sources.later']),
    })
  })

  test('a second edit changes nothing but its value', () => {
    const once = edit(torture, every(90))
    expect(edit(once, every(91))).toBe(once.replace('intervalSeconds: 90', 'intervalSeconds: 91'))
  })

  test.each([
    ['an empty file', ''],
    ['comments alone', '# mine\n\n# and mine\n'],
    ['a blank group', '# mine\nsources:\n'],
    ['a blank source', 'sources:\n  system: # mine\n  weather: {enabled: false}\n'],
    ['a blank setting', 'sources:\n  system:\n    intervalSeconds: # mine\n    timeoutSeconds: 20\n'],
    ['all on one line', '{sources: {system: {intervalSeconds: 60}}} # mine\n'],
    ['an explicit document', '%YAML 1.2\n---\n# mine\nversion: 1\n...\n'],
    ['a key in quotes', '"sources":\n  \'system\':\n    "intervalSeconds": 60 # mine\n'],
    ['a number in hexadecimal', 'sources:\n  system:\n    intervalSeconds: 0x3C # mine\n'],
    ['a key with a question mark', '? sources\n: system:\n    intervalSeconds: 60 # mine\n'],
    ['no line break at the end', 'sources:\n  system:\n    intervalSeconds: 60 # mine'],
  ])('%s', (_name, text) => {
    const after = edit(text, every(90))
    expect(parseConfig(after)).toMatchObject({
      isGood: true,
      config: { sources: { system: { intervalSeconds: 90, timeoutSeconds: 20 } } },
    })
    expect(after.includes('mine')).toBe(text.includes('mine'))
    if (/and mine/.test(text)) expect(after).toMatch(/# mine\n+# and mine/)
  })

  test('where only values change, not one other byte does', () => {
    const odd = `# a


sources:   # b
      system:   {intervalSeconds:   60,timeoutSeconds: 20 ,  enabled:   true}   # c
      weather:
            place:     "Bern"     # d
            # e


# f
# g`
    const after = edit(odd, {
      sources: { system: { intervalSeconds: 90, enabled: false }, weather: { place: 'Olten, Aare' } },
    })
    expect(after).toBe(odd.replace('60', '90').replace('true', 'false').replace('"Bern"', '"Olten, Aare"'))
  })

  test('line ends of Windows stay', () => {
    const after = edit('# a\r\nsources:\r\n  system:\r\n    intervalSeconds: 60 # b\r\n', every(90))
    expect(after).toBe('# a\r\nsources:\r\n  system:\r\n    intervalSeconds: 90 # b\r\n')
    const more = edit(after, { maxConcurrent: 2 })
    expect(more.replaceAll('\r\n', '')).not.toContain('\n')
    expect(parseConfig(more)).toMatchObject({ isGood: true, config: { maxConcurrent: 2 } })
  })

  test.each([
    'yes',
    '60',
    'null',
    '# no',
    'a: b',
    '*x',
    '&x',
    '!!x',
    '- x',
    '"',
    "'",
    '{',
    '%',
    '@',
    'ünï 🏠',
    '~',
    '0x1f',
    'a, b',
    'a] #b',
    'a # b',
    'c\\d',
  ])('the text %j comes back as itself', (place) => {
    const forms = ['Bern', '"Bern"', "'Bern'"].flatMap((old) => [
      `sources:\n  weather:\n    place: ${old} # mine\n`,
      `sources: {weather: {place: ${old}, enabled: true}} # mine\n`,
      `sources:\n  weather:\n    place: ${old} # mine\n    # windUnit: kn\n`,
    ])
    for (const form of forms) {
      const after = edit(form, { sources: { weather: { place } } })
      expect(parseConfig(after)).toMatchObject({ isGood: true, config: { sources: { weather: { place } } } })
      expect(after).toContain('# mine')
    }
  })
})

describe('null is the default', () => {
  test('written out where the key stands, with its comment', () => {
    const after = edit('sources:\n  system:\n    # mine\n    intervalSeconds: 90 # too\n', {
      sources: { system: { intervalSeconds: null } },
    })
    expect(after).toBe('sources:\n  system:\n    # mine\n    intervalSeconds: 60 # too\n')
  })

  test('nothing where it does not, or has nothing behind it', () => {
    for (const text of [
      'version: 1\n',
      'version: 1\nsources:\n  system:\n',
      'version: 1\nsources:\n  system:\n    intervalSeconds:\n',
    ])
      expect(edit(text, { sources: { system: { intervalSeconds: null } } })).toBe(text)
  })
})

test.each(sourceIds)('every setting of %s that is missing comes with its comment', (id) => {
  const full = edit('version: 1\n', { sources: { [id]: { ...defaultConfig.sources[id], enabled: false } } })
  const written = defaultText(defaultConfig)
  const comments = full.split('\n').filter((line) => line.trim().startsWith('#'))
  expect(comments.length).toBeGreaterThan(2)
  for (const comment of comments) expect(written).toContain(comment)
  expect(parseConfig(full)).toMatchObject({ isGood: true, config: { sources: { [id]: { enabled: false } } } })
})
