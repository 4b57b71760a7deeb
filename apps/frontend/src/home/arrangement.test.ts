import { expect, test } from 'vitest'
import { isSame, moved, placed, settingsOf } from './arrangement.ts'

const ids = ['weather', 'air', 'system']
const order = (cards: { id: string }[]) => cards.map(({ id }) => id)

test('without a word of the owner the cards stand as the contracts name them', () => {
  expect(placed(ids, { order: [], hidden: [] })).toEqual(ids.map((id) => ({ id, isHidden: false })))
})

test('named ones come first; a name twice counts once; names of no card are skipped', () => {
  const cards = placed(ids, { order: ['system', 'tide', 'system', 'air'], hidden: ['tide', 'air'] })
  expect(order(cards)).toEqual(['system', 'air', 'weather'])
  expect(cards.filter(({ isHidden }) => isHidden)).toEqual([{ id: 'air', isHidden: true }])
})

test('what another version’s cards were told stays in the settings', () => {
  const before = { order: ['tide', 'system'], hidden: ['tide'] }
  const cards = placed(ids, before)
  expect(settingsOf(cards, before)).toEqual({
    order: ['system', 'weather', 'air', 'tide'],
    hidden: ['tide'],
  })
})

test('a card moves to its place, and beyond the ends to the end', () => {
  const cards = placed(ids, { order: [], hidden: [] })
  expect(order(moved(cards, 0, 1))).toEqual(['air', 'weather', 'system'])
  expect(order(moved(cards, 2, -5))).toEqual(['system', 'weather', 'air'])
  expect(order(moved(cards, 0, 9))).toEqual(['air', 'system', 'weather'])
  expect(moved(cards, 1, 1)).toEqual(cards)
})

test('two arrangements differ by order or by what is hidden', () => {
  const page = { order: ['a', 'b'], hidden: [] }
  expect(isSame(page, { order: ['a', 'b'], hidden: [] })).toBe(true)
  expect(isSame(page, { order: ['b', 'a'], hidden: [] })).toBe(false)
  expect(isSame(page, { order: ['a', 'b'], hidden: ['a'] })).toBe(false)
})
