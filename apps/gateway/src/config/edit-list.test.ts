import { field } from '@tailboard/contracts'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { editText } from './edit-text.ts'
import { editsOf } from './patch.ts'

/** As the list of a source's devices is written. */
const device = v.object({ address: v.string('must be an address'), name: v.optional(v.string(), '') })
const schema = v.object({
  sources: v.object({
    air: v.object({
      devices: field(v.optional(v.array(device, 'must be a list of devices'), []), {
        label: 'Devices',
        description: 'Each with its address.',
      }),
    }),
  }),
})
const patchOf = (devices: unknown) => ({ sources: { air: { devices } } })

function edit(text: string, devices: unknown): string {
  const { edits, issues } = editsOf(schema, patchOf(devices))
  expect(issues).toEqual([])
  const after = editText(text, edits, schema)
  expect(parse(after).sources.air.devices).toEqual(devices ?? [])
  return after
}

const kitchen = { address: 'aa', name: 'Kitchen' }
const bath = { address: 'bb' }

describe('a list', () => {
  test('gets its first element from none', () => {
    expect(edit('sources:\n  air:\n    # mine\n    devices: [] # none yet\n', [kitchen])).toBe(
      'sources:\n  air:\n    # mine\n    devices:\n      - address: aa\n        name: Kitchen\n      # none yet\n',
    )
  })

  test('that is missing comes with its comment', () => {
    expect(edit('sources:\n  air:\n', [bath])).toBe(
      'sources:\n  air:\n    # Devices. Each with its address.\n    devices:\n      - address: bb\n',
    )
  })

  const two = `sources:
  air:
    devices:
    # near the stove
    - address: aa # the white one
      name: Kitchen # and dining
    # upstairs
    - address: bb
`
  test('grows, and what stands beside the others stays, as the list is indented', () => {
    expect(edit(two, [kitchen, bath, { address: 'cc' }])).toBe(`${two}    - address: cc\n`)
  })

  test('shrinks, turns round and renames: each comment goes with its device', () => {
    expect(edit(two, [bath, { address: 'aa', name: 'Hall' }])).toBe(`sources:
  air:
    devices:
    # upstairs
    - address: bb
    # near the stove
    - address: aa # the white one
      name: Hall # and dining
`)
    expect(edit(two, [bath])).not.toContain('stove')
    expect(edit(two, null)).toContain('devices: []')
  })

  test('on one line stays there', () => {
    expect(edit('sources: { air: { devices: [ { address: aa } ] } }\n', [{ address: 'aa' }, bath])).toBe(
      'sources: { air: { devices: [ { address: aa }, { address: bb } ] } }\n',
    )
  })
})

test.each([
  [patchOf('aa'), 'sources.air.devices', 'must be a list of devices'],
  [patchOf([{ address: 5 }]), 'sources.air.devices.0.address', 'must be an address'],
  [patchOf([kitchen, { address: 'cc', url: 'x' }]), 'sources.air.devices.1.url', 'is no setting'],
  [patchOf([{ address: 'cc', name: 'a\u202eb' }]), 'sources.air.devices.0.name', 'can’t be seen'],
  [patchOf([{ address: '\ud800' }]), 'sources.air.devices.0.address', 'can’t be seen'],
  [{ sources: { air: null } }, 'sources.air', 'must be a group of settings'],
  [{ sources: { air: [] } }, 'sources.air', 'must be a group of settings'],
  [{ sources: { air: { colour: 'red' } } }, 'sources.air.colour', 'is no setting'],
  [{ sources: { constructor: {} } }, 'sources.constructor', 'is no setting'],
  [JSON.parse('{"__proto__": {"a": 1}}'), '__proto__', 'is no setting'],
  ['text', '', 'must be a group of settings'],
])('the patch %j is refused at %s', (patch, path, reason) => {
  const { edits, issues } = editsOf(schema, patch)
  expect(edits).toEqual([])
  expect(issues).toEqual([{ path, reason: expect.stringContaining(reason) }])
})

test('a patch that nests without end is refused where it leaves the settings', () => {
  const deep = (count: number) => JSON.parse(`${'{"a":'.repeat(count)}1${'}'.repeat(count)}`)
  expect(editsOf(schema, deep(2_000)).issues).toEqual([{ path: 'a', reason: 'is no setting' }])
  expect(editsOf(schema, patchOf([deep(2_000)])).issues.length).toBeGreaterThan(0)
})

test('no more than twenty issues are told', () => {
  const many = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`k${n}`, 1]))
  expect(editsOf(schema, many).issues).toHaveLength(20)
})
