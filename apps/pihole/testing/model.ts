/** A made-up household, the same whenever the same moment is asked for: busy in the evening, a third of it stopped. */
export const slotS = 600

const domains = [
  ['telemetry.example', 0.31],
  ['ads.example.net', 0.24],
  ['metrics.tv.example', 0.19],
  ['tracker.example.org', 0.09],
  ['pixel.example', 0.05],
  ['beacon.example.com', 0.04],
] as const
const permitted = [
  ['time.example', 0.22],
  ['mail.example.org', 0.18],
  ['photos.example', 0.16],
  ['news.example', 0.1],
  ['maps.example', 0.07],
  ['music.example.com', 0.06],
] as const
const clients = [
  ['192.0.2.21', 'tv.lan', 0.41],
  ['192.0.2.30', 'laptop.lan', 0.27],
  ['192.0.2.44', 'phone.lan', 0.2],
  ['192.0.2.60', '', 0.12],
] as const

export interface Totals {
  total: number
  blocked: number
}

/** What was asked in the slot around `atS`. */
export function slotAt(atS: number): Totals {
  const ofDay = (atS % 86_400) / 86_400
  const total = Math.round(40 + 35 * Math.sin(2 * Math.PI * (ofDay - 0.4)) + 5 * Math.sin(atS / 3_100))
  return { total, blocked: Math.round(total * (0.3 + 0.1 * Math.sin(atS / 8_000))) }
}

/** The 145 slots of 24 hours, the oldest first, each named by its middle. */
export function slots(nowS: number): (Totals & { atS: number })[] {
  const newest = Math.floor(nowS / slotS) * slotS + slotS / 2
  return Array.from({ length: 145 }, (_, n) => {
    const atS = newest - (144 - n) * slotS
    return { atS, ...slotAt(atS) }
  })
}

export function totals(nowS: number): Totals {
  const all = slots(nowS)
  return {
    total: all.reduce((sum, slot) => sum + slot.total, 0),
    blocked: all.reduce((sum, slot) => sum + slot.blocked, 0),
  }
}

const share = <T extends readonly (string | number)[]>(list: readonly T[], of: number, most: number) =>
  list.slice(0, most).map((entry) => ({ entry, count: Math.round(of * (entry.at(-1) as number)) }))

export const topBlocked = (of: number, most: number) =>
  share(domains, of, most).map(({ entry, count }) => ({ domain: entry[0], count }))
export const topPermitted = (of: number, most: number) =>
  share(permitted, of, most).map(({ entry, count }) => ({ domain: entry[0], count }))
export const topClients = (of: number, most: number) =>
  share(clients, of, most).map(({ entry, count }) => ({ ip: entry[0], name: entry[1], count }))
