import { type PiholeData, piholeLimits } from '@tailboard/contracts/sources/pihole'
import { toIsoTime } from './values.ts'

/** Pi-hole counts in slots of ten minutes, v5 and v6 alike. */
const slotS = 600

export interface Slot {
  /** Seconds since 1970. */
  at: number
  total: number | null
  blocked: number | null
}

/** The slots of the last 24 hours, each in its place: after a jump of Pi-hole's clock there are holes. */
export function toHistory(slots: readonly Slot[]): NonNullable<PiholeData['history']> | null {
  const dated = slots.filter(({ at }) => toIsoTime(at) !== null)
  const newest = dated.reduce((latest, { at }) => Math.max(latest, at), 0)
  const recent = dated.filter(({ at }) => newest - at < (piholeLimits.slots - 0.5) * slotS)
  const oldest = recent.reduce((earliest, { at }) => Math.min(earliest, at), newest)
  const from = toIsoTime(oldest)
  if (from === null) return null
  const length = Math.round((newest - oldest) / slotS) + 1
  const total = Array<number | null>(length).fill(null)
  const blocked = Array<number | null>(length).fill(null)
  for (const slot of recent) {
    const index = Math.round((slot.at - oldest) / slotS)
    total[index] = slot.total
    blocked[index] = slot.blocked
  }
  return { from, slotS, total, blocked }
}
