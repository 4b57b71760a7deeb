import { cleanText } from '@tailboard/contracts'
import { type PiholeData, piholeBlockingStates, piholeLimits } from '@tailboard/contracts/sources/pihole'
import * as v from 'valibot'
import type { Blocking, TopClients, TopDomains } from './box.ts'
import { type Slot, toHistory } from './history.ts'
import { amount, count, neededCount, share, toIsoTime } from './values.ts'

export const blockingSchema = v.object({
  // A word that a later version may add is one that we don't know.
  blocking: v.fallback(v.picklist(piholeBlockingStates), 'unknown'),
  timer: amount,
})

export function toBlocking({ blocking, timer }: v.InferOutput<typeof blockingSchema>): Blocking {
  return { state: blocking, remainingS: timer === null ? null : Math.round(timer) }
}

export const summarySchema = v.object({
  queries: v.object({
    total: neededCount,
    blocked: neededCount,
    percent_blocked: share,
    unique_domains: count,
    forwarded: count,
    cached: count,
    frequency: amount,
  }),
  clients: v.optional(v.object({ active: count, total: count })),
  gravity: v.optional(v.object({ domains_being_blocked: count, last_update: v.nullish(v.number()) })),
})

export function toTotals(
  told: v.InferOutput<typeof summarySchema>,
): Pick<PiholeData, 'queries' | 'clients' | 'lists'> {
  const { queries, clients, gravity } = told
  return {
    queries: {
      total: queries.total,
      blocked: queries.blocked,
      blockedPercent: queries.percent_blocked,
      uniqueDomains: queries.unique_domains,
      forwarded: queries.forwarded,
      cached: queries.cached,
      perS: queries.frequency,
    },
    clients: { active: clients?.active ?? null, known: clients?.total ?? null },
    lists: {
      domains: gravity?.domains_being_blocked ?? null,
      updatedAt: toIsoTime(gravity?.last_update),
    },
  }
}

export const historySchema = v.object({
  history: v.array(v.object({ timestamp: v.number(), total: count, blocked: count })),
})

export function parseHistory({ history }: v.InferOutput<typeof historySchema>): PiholeData['history'] {
  return toHistory(history.map(({ timestamp, ...rest }): Slot => ({ at: timestamp, ...rest })))
}

/** Pi-hole's privacy level keeps the list to itself and says so by totals of -1. */
const totals = { total_queries: v.nullish(v.number()) }

export const topDomainsSchema = v.object({
  domains: v.array(v.object({ domain: v.string(), count })),
  ...totals,
})

export function toTopDomains(told: v.InferOutput<typeof topDomainsSchema>, most: number): TopDomains | null {
  if ((told.total_queries ?? 0) < 0) return null
  return told.domains
    .slice(0, most)
    .map(({ domain, count }) => ({ domain: cleanText(domain, piholeLimits.domain), count }))
}

export const topClientsSchema = v.object({
  clients: v.array(v.object({ ip: v.string(), name: v.nullish(v.string()), count })),
  ...totals,
})

export function toTopClients(told: v.InferOutput<typeof topClientsSchema>, most: number): TopClients | null {
  if ((told.total_queries ?? 0) < 0) return null
  return told.clients.slice(0, most).map(({ ip, name, count }) => ({
    name: cleanText(name ?? '', piholeLimits.name) || null,
    address: cleanText(ip, 45),
    count,
  }))
}
