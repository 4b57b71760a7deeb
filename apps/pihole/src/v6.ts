import { parseJsonAnswer } from '@tailboard/service/http'
import type * as v from 'valibot'
import type { Box } from './box.ts'
import { Optional } from './optional.ts'
import { toParts, toSoftware, unknownParts, versionSchema } from './software.ts'
import { failOnV6Error } from './v6-error.ts'
import {
  blockingSchema,
  historySchema,
  parseHistory,
  summarySchema,
  toBlocking,
  topClientsSchema,
  topDomainsSchema,
  toTopClients,
  toTopDomains,
  toTotals,
} from './v6-parse.ts'
import type { Session } from './v6-session.ts'

/** Pi-hole v6. Its own Pi serves /api/docs; one question after the other, since each holds up its DNS for a moment. */
export function v6(session: Session): Box {
  const get = async <S extends v.GenericSchema>(path: string, schema: S): Promise<v.InferOutput<S>> => {
    const answer = await session.ask({ path })
    failOnV6Error(answer)
    return parseJsonAnswer(answer, schema)
  }
  return {
    async read(topCount) {
      const blocking = toBlocking(await get('/api/dns/blocking', blockingSchema))
      const totals = toTotals(await get('/api/stats/summary', summarySchema))
      const rest = new Optional()
      const history = await rest.try(async () => parseHistory(await get('/api/history', historySchema)))
      const top = <T>(read: () => Promise<T>) => (topCount === 0 ? null : rest.try(read))
      const domains = async (query: string) =>
        toTopDomains(
          await get(`/api/stats/top_domains?${query}count=${topCount}`, topDomainsSchema),
          topCount,
        )
      const topBlocked = await top(() => domains('blocked=true&'))
      const topPermitted = await top(() => domains(''))
      const topClients = await top(async () =>
        toTopClients(await get(`/api/stats/top_clients?count=${topCount}`, topClientsSchema), topCount),
      )
      const parts = await rest.try(async () => toParts(await get('/api/info/version', versionSchema)))
      const software = toSoftware('v6', parts ?? unknownParts)
      const data = { blocking, ...totals, history, topBlocked, topPermitted, topClients, software }
      return { data, problem: rest.problem }
    },

    async setBlocking(isOn, forS) {
      // Asked for as true or false; answered as a word.
      const json = { blocking: isOn, timer: forS }
      const answer = await session.ask({ path: '/api/dns/blocking', method: 'POST', json })
      failOnV6Error(answer)
      return toBlocking(parseJsonAnswer(answer, blockingSchema))
    },
  }
}
