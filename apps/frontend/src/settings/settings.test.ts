import { defaultConfig } from '@tailboard/contracts/config'
import { sourceContract } from '@tailboard/contracts/sources/index'
import { sourceIds } from '@tailboard/contracts/sources/known'
import { describe, expect, test } from 'vitest'
import { settingsSchema } from '../testing/settings-schema.ts'
import { settingsWords } from '../words/settings.ts'
import { type Control, controlOf, type Field } from './control.ts'
import { draftOf, emptyItem, read } from './draft.ts'
import { changesOf, conflictsOf, type Edits, fieldAt, patchOf, problemsOf } from './form.ts'
import type { JsonSchema } from './json-schema.ts'
import { nameOf, sayJson, sayValue } from './say.ts'
import { sectionsOf } from './sections.ts'

const sections = sectionsOf(settingsSchema())
const fields = sections.flatMap((section) => section.fields)
const field = (path: string): Field => {
  const found = fields.find((each) => each.path === path)
  if (found === undefined) throw new Error(`no field ${path}`)
  return found
}

/** Every setting's path in a schema, however deep. */
function leaves({ properties = {} }: JsonSchema, path = ''): string[] {
  return Object.entries(properties).flatMap(([key, schema]) => {
    const at = path === '' ? key : `${path}.${key}`
    return schema.properties === undefined ? [at] : leaves(schema, at)
  })
}

describe('the form of the real contract', () => {
  test('has a control for every setting, those within lists too', () => {
    expect(fields.map(({ path }) => path).sort()).toEqual(leaves(settingsSchema()).sort())
    expect(fields.length).toBeGreaterThan(20)
    const without = fields.filter(({ control }) => control.kind === 'unknown')
    expect(without.map(({ path }) => path)).toEqual([])
  })

  test('a setting of a kind that nobody thought of would be found', () => {
    const odd = { properties: { a: { properties: { b: { type: 'object' } } }, c: {} } }
    expect(
      sectionsOf(odd).flatMap((section) => section.fields.map(({ path, control }) => [path, control.kind])),
    ).toEqual([
      ['c', 'unknown'],
      ['a.b', 'unknown'],
    ])
  })

  test('has a section for every source, under its title, with every setting of it', () => {
    for (const id of sourceIds) {
      const section = sections.find((each) => each.id === id)
      const { title, settings } = sourceContract(id)
      expect(section?.title).toBe(title)
      expect(section?.fields.map(({ path }) => path)).toEqual(
        ['enabled', 'intervalSeconds', 'timeoutSeconds', ...Object.keys(settings)].map(
          (key) => `sources.${id}.${key}`,
        ),
      )
    }
    expect(sections[0]?.fields.map(({ path }) => path)).toContain('maxConcurrent')
  })

  test('every setting has a label of its own, and its default is what the contract says', () => {
    for (const { path, label, default: fallback } of fields) {
      expect(label, path).toMatch(/^[A-Z]/)
      const value = path.split('.').reduce<unknown>((group, key) => (group as never)[key], defaultConfig)
      expect(fallback, path).toEqual(value)
    }
  })

  test('every default passes its own control unchanged', () => {
    for (const { path, control, default: fallback } of fields) {
      if (control.kind === 'fixed') continue
      expect(read(control, draftOf(control, fallback)), path).toEqual({ value: fallback, problems: null })
    }
  })
})

describe('the control of a setting', () => {
  const nullable = { anyOf: [{ type: 'number', minimum: -90, maximum: 90 }, { type: 'null' }], default: null }
  test.each<[JsonSchema, Control]>([
    [{ type: 'boolean' }, { kind: 'switch' }],
    [
      { type: 'integer', minimum: 10, maximum: 20 },
      { kind: 'number', isWhole: true, least: 10, most: 20, isOptional: false },
    ],
    [nullable, { kind: 'number', isWhole: false, least: -90, most: 90, isOptional: true }],
    [
      { type: 'string', enum: ['kmh', 'ms'] },
      { kind: 'choice', options: ['kmh', 'ms'] },
    ],
    [
      { enum: [0, 90], type: 'number' },
      { kind: 'choice', options: [0, 90] },
    ],
    [
      { type: 'string', maxLength: 5 },
      { kind: 'text', longest: 5 },
    ],
    [{ type: 'string', pattern: '^#[0-9a-f]{6}$' }, { kind: 'colour' }],
    [{ type: 'string', pattern: '^(([01]\\d|2[0-3]):[0-5]\\d)?$' }, { kind: 'time' }],
    [
      { type: 'string', pattern: '(' },
      { kind: 'text', longest: null },
    ],
    [{ const: 1 }, { kind: 'fixed' }],
    [{ anyOf: [{ type: 'string' }, { type: 'number' }] }, { kind: 'unknown' }],
    [{ anyOf: [{ type: 'string' }, { type: 'null' }], default: null }, { kind: 'unknown' }],
    [{ type: 'array', items: { type: 'array', items: { type: 'string' } } }, { kind: 'unknown' }],
    [{ type: 'array', items: { properties: { a: { type: 'string' }, b: {} } } }, { kind: 'unknown' }],
    [
      { type: 'array', items: { properties: { a: { properties: { b: { type: 'string' } } } } } },
      { kind: 'unknown' },
    ],
    [
      { type: 'array', items: { type: 'string' }, maxItems: 3 },
      { kind: 'list', item: { control: { kind: 'text', longest: null } }, most: 3 },
    ],
  ])('of %j', (schema, control) => expect(controlOf(schema)).toEqual(control))
})

describe('what is typed', () => {
  const whole = controlOf({ type: 'integer', minimum: 10, maximum: 86_400 })
  test.each([
    ['', settingsWords.missing],
    ['soon', settingsWords.notANumber],
    ['1e9999', settingsWords.notANumber],
    ['0x10', settingsWords.notANumber],
    ['1,000,000', settingsWords.notANumber],
    ['60.5', settingsWords.notWhole],
    ['9', settingsWords.tooLittle(10)],
    ['86401', settingsWords.tooMuch(86_400)],
    ['9'.repeat(500), settingsWords.notANumber],
  ])('%j is no interval: %s', (typed, problem) => {
    expect(read(whole, typed)).toEqual({ problems: { '': problem } })
  })

  test('a number is read with blanks around it and a comma in it; nothing is null where that is the default', () => {
    expect(read(whole, ' 600 ')).toEqual({ value: 600, problems: null })
    const { control } = field('sources.weather.latitude')
    expect(read(control, '52,52')).toEqual({ value: 52.52, problems: null })
    expect(read(control, ' ')).toEqual({ value: null, problems: null })
  })

  test('a choice of numbers stays a number', () => {
    const control = controlOf({ enum: [0, 90], type: 'number' })
    expect(read(control, draftOf(control, 90))).toEqual({ value: 90, problems: null })
  })

  test('of a list, each wrong part is named', () => {
    const { control } = field('sources.aranet4.devices')
    if (control.kind !== 'list') throw new Error('devices are a list')
    expect(emptyItem(control.item)).toEqual({ address: '', name: '' })
    const draft = [
      { address: 'c7:18:1e:21:f4:87', name: 'x'.repeat(41) },
      { address: 'c7:18:1e:21:f4:88', name: '' },
    ]
    expect(read(control, draft)).toEqual({ problems: { '0.name': settingsWords.tooLong(40) } })
    expect(read(control, draft.slice(1))).toEqual({ value: draft.slice(1), problems: null })
    expect(read(control, Array(9).fill(draft[1]))).toEqual({ problems: { '': settingsWords.tooMany(8) } })
  })
})

describe('edits', () => {
  const edit = (draft: Edits[string]['draft'], from: unknown, more: Partial<Edits[string]> = {}) => ({
    draft,
    from,
    isReset: false,
    isIncomplete: false,
    ...more,
  })
  const weather = 'sources.weather.intervalSeconds'

  test('become a patch of only what changes, nested as in the file; the default as null', () => {
    const edits = {
      [weather]: edit('600', 900),
      'sources.weather.place': edit('', ''),
      'sources.system.enabled': edit(false, true),
      'sources.system.intervalSeconds': edit('60', 30, { isReset: true }),
      maxConcurrent: edit('5', 1),
    }
    const config = structuredClone(defaultConfig)
    config.sources.system.intervalSeconds = 30
    expect(patchOf(changesOf(fields, config, edits))).toEqual({
      sources: { weather: { intervalSeconds: 600 }, system: { enabled: false, intervalSeconds: null } },
    })
    expect(problemsOf(fields, edits, 'half')).toEqual({ maxConcurrent: settingsWords.tooMuch(4) })
  })

  test('that were overtaken are conflicts, unless both say the same', () => {
    const config = structuredClone(defaultConfig)
    config.sources.weather.intervalSeconds = 1200
    expect(conflictsOf(fields, defaultConfig, { [weather]: edit('600', 900) })).toEqual([])
    expect(conflictsOf(fields, config, { [weather]: edit('600', 900) })).toMatchObject([
      { field: { path: weather }, from: 1200, to: 600 },
    ])
    expect(conflictsOf(fields, config, { [weather]: edit('1200', 900) })).toEqual([])
    expect(conflictsOf(fields, config, { [weather]: edit('600', 1200) })).toEqual([])
  })

  test('half a time is a mistake, and changes nothing', () => {
    const edits = { maxConcurrent: edit('2', 1, { isIncomplete: true }) }
    expect(problemsOf(fields, edits, 'half')).toEqual({ maxConcurrent: 'half' })
    expect(changesOf(fields, defaultConfig, edits)).toEqual([])
  })
})

describe('in words', () => {
  test('values have their unit, lists their names', () => {
    expect(sayValue(field('sources.weather.intervalSeconds'), 900)).toBe('900\u00a0s')
    expect(sayValue(field('sources.weather.latitude'), 52.5)).toBe('52.5°')
    expect(sayValue(field('sources.weather.latitude'), null)).toBe(settingsWords.empty)
    expect(sayValue(field('sources.weather.enabled'), false)).toBe(settingsWords.off)
    const devices = field('sources.aranet4.devices')
    expect(sayValue(devices, [])).toBe(settingsWords.noEntries)
    const two = [{ address: 'a', name: 'Bedroom' }, { address: 'b' }]
    expect(sayValue(devices, two)).toBe('Bedroom (a), b')
    expect(sayJson(sections, 'sources.aranet4.devices', JSON.stringify(two))).toBe('Bedroom (a), b')
  })

  test('what this page does not know, or what was cut, is said as it came', () => {
    expect(sayJson(sections, 'sources.tomorrow.colour', '"red"')).toBe('"red"')
    expect(sayJson(sections, 'sources.aranet4.devices', '[{"addr…')).toBe('[{"addr…')
    expect(nameOf(sections, 'sources.weather.intervalSeconds')).toBe('Weather: Every')
    expect(nameOf(sections, 'sources.tomorrow.colour')).toBe('sources.tomorrow.colour')
  })

  test('a path within a list belongs to the list, one beside it does not', () => {
    expect(fieldAt(fields, 'sources.aranet4.devices.0.address')?.path).toBe('sources.aranet4.devices')
    expect(fieldAt(fields, 'sources.aranet4.devicesMore')).toBeNull()
  })
})
