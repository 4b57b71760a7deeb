import { cleanText } from '@tailboard/contracts'
import { type PiholeData, piholeLimits } from '@tailboard/contracts/sources/pihole'
import * as v from 'valibot'
import type { Blocking, TopClients, TopDomains } from './box.ts'
import { toHistory } from './history.ts'
import type { Parts } from './software.ts'
import { count, neededCount, share, toIsoTime } from './values.ts'

/** PHP writes an empty object as an empty list. */
const counts = v.pipe(
  v.nullish(v.union([v.pipe(v.array(v.unknown()), v.maxLength(0)), v.record(v.string(), count)]), null),
  v.transform((told) => (Array.isArray(told) || told === null ? [] : Object.entries(told))),
)

export const statusSchema = v.object({ status: v.picklist(['enabled', 'disabled']) })

const state = v.optional(v.fallback(v.picklist(['enabled', 'disabled', 'unknown']), 'unknown'), 'unknown')

export const summaryRawSchema = v.object({
  dns_queries_today: neededCount,
  ads_blocked_today: neededCount,
  ads_percentage_today: share,
  domains_being_blocked: count,
  unique_domains: count,
  queries_forwarded: count,
  queries_cached: count,
  clients_ever_seen: count,
  unique_clients: count,
  privacy_level: v.nullish(v.union([v.number(), v.string()])),
  status: state,
  gravity_last_updated: v.nullish(v.object({ absolute: v.nullish(v.number()) })),
})
export type SummaryRaw = v.InferOutput<typeof summaryRawSchema>

export function toTotals(told: SummaryRaw): Pick<PiholeData, 'blocking' | 'queries' | 'clients' | 'lists'> {
  return {
    blocking: toBlocking(told.status),
    queries: {
      total: told.dns_queries_today,
      blocked: told.ads_blocked_today,
      blockedPercent: told.ads_percentage_today,
      uniqueDomains: told.unique_domains,
      forwarded: told.queries_forwarded,
      cached: told.queries_cached,
      perS: null,
    },
    clients: { active: told.unique_clients, known: told.clients_ever_seen },
    lists: {
      domains: told.domains_being_blocked,
      updatedAt: toIsoTime(told.gravity_last_updated?.absolute),
    },
  }
}

/** A v5 does not tell its timer. */
export function toBlocking(status: SummaryRaw['status']): Blocking {
  return { state: status, remainingS: null }
}

export const overTimeSchema = v.object({ domains_over_time: counts, ads_over_time: counts })

export function parseHistory(told: v.InferOutput<typeof overTimeSchema>): PiholeData['history'] {
  const blocked = new Map(told.ads_over_time)
  return toHistory(
    told.domains_over_time.map(([at, total]) => ({
      at: Number(at),
      total,
      blocked: blocked.get(at) ?? null,
    })),
  )
}

export const topItemsSchema = v.object({ top_queries: counts, top_ads: counts })
export const topClientsSchema = v.object({ top_sources: counts })

/** The most frequent first, which an object does not promise for names that look like numbers. */
function mostFrequent(told: [string, number | null][], most: number): [string, number | null][] {
  return told.toSorted(([, a], [, b]) => (b ?? 0) - (a ?? 0)).slice(0, most)
}

export function toTopDomains(told: [string, number | null][], most: number): TopDomains {
  return mostFrequent(told, most).map(([domain, count]) => ({
    domain: cleanText(domain, piholeLimits.domain),
    count,
  }))
}

/** `NAME|ADDRESS`, or the address alone. */
export function toTopClients(told: [string, number | null][], most: number): TopClients {
  return mostFrequent(told, most).map(([client, count]) => {
    const at = client.lastIndexOf('|')
    return {
      name: cleanText(client.slice(0, Math.max(0, at)), piholeLimits.name) || null,
      address: cleanText(client.slice(at + 1), 45),
      count,
    }
  })
}

const word = v.nullish(v.string())

export const versionsSchema = v.object({
  core_current: word,
  core_latest: word,
  web_current: word,
  web_latest: word,
  FTL_current: word,
  FTL_latest: word,
})

export function toParts(told: v.InferOutput<typeof versionsSchema>): Parts {
  return {
    core: { installed: told.core_current, latest: told.core_latest },
    web: { installed: told.web_current, latest: told.web_latest },
    ftl: { installed: told.FTL_current, latest: told.FTL_latest },
    docker: { installed: null, latest: null },
  }
}
