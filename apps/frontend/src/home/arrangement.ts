import type { Config } from '@tailboard/contracts/config'

/** Which cards the home page shows, and in which order. */
export type PageSettings = Config['page']

/** A card in its place. */
export interface Placed {
  id: string
  isHidden: boolean
}

/** The cards of `ids` in the owner's order. What he did not name comes after, in the order of `ids`. */
export function placed(ids: readonly string[], { order, hidden }: PageSettings): Placed[] {
  const named = [...new Set(order)].filter((id) => ids.includes(id))
  const others = ids.filter((id) => !named.includes(id))
  return [...named, ...others].map((id) => ({ id, isHidden: hidden.includes(id) }))
}

/** The settings that give this arrangement. What they say of cards that are not ours is another version's, and stays. */
export function settingsOf(cards: readonly Placed[], before: PageSettings): PageSettings {
  const isForeign = (id: string) => !cards.some((card) => card.id === id)
  const ids = (of: readonly Placed[]) => of.map(({ id }) => id)
  return {
    order: [...ids(cards), ...before.order.filter(isForeign)],
    hidden: [...ids(cards.filter(({ isHidden }) => isHidden)), ...before.hidden.filter(isForeign)],
  }
}

/** The list with the card at `from` at `to`, which may lie beyond its ends. */
export function moved(cards: readonly Placed[], from: number, to: number): Placed[] {
  const others = cards.filter((_, index) => index !== from)
  const place = Math.min(Math.max(to, 0), others.length)
  return [...others.slice(0, place), ...cards.slice(from, from + 1), ...others.slice(place)]
}

/** Whether two arrangements are the same for whoever looks. */
export function isSame(a: PageSettings, b: PageSettings): boolean {
  return String(a.order) === String(b.order) && String(a.hidden) === String(b.hidden)
}
