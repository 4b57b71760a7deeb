import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { field, number } from './field.ts'
import { seriesOf, seriesPaths } from './series.ts'
import { sourceContract } from './sources/index.ts'
import { sourceIds } from './sources/known.ts'

const schema = v.object({
  room: v.nullable(
    v.object({
      warmth: field(v.nullable(number), { label: 'Warmth', unitFrom: 'units.warmth', series: true }),
      note: field(v.string(), { label: 'Note' }),
    }),
  ),
  units: v.object({ warmth: v.string() }),
  devices: field(
    v.array(
      v.object({ name: v.string(), level: field(number, { label: 'Level', unit: '%', series: true }) }),
    ),
    { label: 'Devices', seriesKey: 'name', maxSeries: 2 },
  ),
  cores: field(v.array(field(number, { label: 'Core', series: true })), { label: 'Cores', maxSeries: 3 }),
  byZone: field(v.record(v.string(), field(number, { label: 'Zone', series: true })), {
    label: 'Zones',
    maxSeries: 1,
  }),
})

const data = {
  room: { warmth: 21, note: 'x' },
  units: { warmth: '°F' },
  devices: [
    { name: 'a', level: 1 },
    { name: 'a', level: 2 },
    { name: 'b', level: 3 },
    { name: 'c', level: 4 },
  ],
  cores: [5, 6],
  byZone: { north: 7, south: 8 },
}
const short = (given: unknown) =>
  seriesOf(schema, given).map(({ path, key, unit, value }) => [path, key, unit, value])

describe('seriesOf', () => {
  test('tells each marked field, of a list or record the first elements that may be, each key once', () => {
    expect(short(data)).toEqual([
      ['room.warmth', null, '°F', 21],
      ['devices.level', 'a', '%', 1],
      ['devices.level', 'b', '%', 3],
      ['cores', '0', null, 5],
      ['cores', '1', null, 6],
      ['byZone', 'north', null, 7],
    ])
  })

  test('keeps the column of a field that has no value', () => {
    const nothing = { units: { warmth: '°F' }, devices: [], cores: [], byZone: {} }
    expect(short({ ...nothing, room: null })).toEqual([['room.warmth', null, '°F', null]])
    expect(short({ ...nothing, room: { warmth: null } })).toEqual([['room.warmth', null, '°F', null]])
  })

  test.each([null, 'x', [], { room: [], units: 1, devices: { a: 1 }, cores: 'x', byZone: [1] }])(
    'is not led astray by %j',
    (given) => {
      expect(short(given)).toEqual([['room.warmth', null, null, null]])
    },
  )
})

test('seriesPaths tells them whatever the data', () => {
  expect([...seriesPaths(schema)]).toEqual([
    ['room.warmth', { label: 'Warmth', most: 1 }],
    ['devices.level', { label: 'Level', most: 2 }],
    ['cores', { label: 'Core', most: 3 }],
    ['byZone', { label: 'Zone', most: 1 }],
  ])
})

test.each(sourceIds)('every list of %s with series in it says how many it may have', (id) => {
  for (const [path, { label, most }] of seriesPaths(sourceContract(id).data)) {
    expect([path, label, most]).toEqual([path, expect.stringMatching(/./), expect.any(Number)])
    expect(most).toBeGreaterThan(0)
  }
})
