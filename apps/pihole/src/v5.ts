import { createHash } from 'node:crypto'
import { TailboardError } from '@tailboard/contracts'
import { failOnStatus, type HttpAnswer, parseJsonAnswer } from '@tailboard/service/http'
import * as v from 'valibot'
import type { Box, Gate } from './box.ts'
import type { Ask } from './connection.ts'
import { Optional } from './optional.ts'
import { toSoftware, unknownParts } from './software.ts'
import {
  overTimeSchema,
  parseHistory,
  statusSchema,
  summaryRawSchema,
  toBlocking,
  toParts,
  topClientsSchema,
  topItemsSchema,
  toTopClients,
  toTopDomains,
  toTotals,
  versionsSchema,
} from './v5-parse.ts'

const howToToken =
  'This Pi-hole is a v5: put its API token (Settings > API > Show API token) into .env as PIHOLE_PASSWORD.'

/** A v5 knows a token, which is the hash of a hash of its password; what looks like one is taken for it. */
export function v5Token(password: string): string {
  if (password === '' || /^[0-9a-f]{64}$/.test(password)) return password
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
  return sha256(sha256(password))
}

/** Pi-hole v5, no longer maintained since 2025 but still in many houses. */
export function v5(ask: Ask, token: string, gate: Gate): Box {
  const get = async <S extends v.GenericSchema>(query: string, schema: S): Promise<v.InferOutput<S>> => {
    await gate.failWhileClosed()
    const auth = token === '' ? '' : `&auth=${encodeURIComponent(token)}`
    const answer = await ask({ path: `/admin/api.php?${query}${auth}` })
    try {
      failOnV5Error(answer, token)
    } catch (error) {
      if (error instanceof TailboardError && error.kind === 'refused') await gate.note(error)
      throw error
    }
    return parseJsonAnswer(answer, schema)
  }
  return {
    async read(topCount) {
      const summary = await get('summaryRaw', summaryRawSchema)
      await gate.note(null)
      const level = Number(summary.privacy_level ?? 0)
      const rest = new Optional()
      const history = await rest.try(async () =>
        parseHistory(await get('overTimeData10mins', overTimeSchema)),
      )
      const items =
        topCount === 0 || level >= 1
          ? null
          : await rest.try(() => get(`topItems=${topCount}`, topItemsSchema))
      const clients =
        topCount === 0 || level >= 2
          ? null
          : await rest.try(() => get(`topClients=${topCount}`, topClientsSchema))
      const parts = await rest.try(async () => toParts(await get('versions', versionsSchema)))
      const data = {
        ...toTotals(summary),
        history,
        topBlocked: items && toTopDomains(items.top_ads, topCount),
        topPermitted: items && toTopDomains(items.top_queries, topCount),
        topClients: clients && toTopClients(clients.top_sources, topCount),
        software: toSoftware('v5', parts ?? unknownParts),
      }
      return { data, problem: rest.problem }
    },

    async setBlocking(isOn, forS) {
      // 0 is for ever.
      const { status } = await get(isOn ? 'enable' : `disable=${forS ?? 0}`, statusSchema)
      return { ...toBlocking(status), remainingS: isOn ? null : forS }
    },
  }
}

const isEmptyList = v.pipe(v.array(v.unknown()), v.maxLength(0))
const isDown = v.object({ FTLnotrunning: v.literal(true) })

/** A v5 says no by an empty list, with HTTP 200. */
function failOnV5Error(answer: HttpAnswer, token: string): void {
  failOnStatus(answer)
  const text = answer.body.toString('utf8').trim()
  const told = asJson(text)
  if (v.is(isDown, told)) {
    throw new TailboardError('unreachable', 'Pi-hole’s DNS is down (FTL is not running)', {
      hint: 'Nothing in the house resolves names through it now. Run on the Pi-hole: sudo service pihole-FTL restart',
    })
  }
  if (v.is(isEmptyList, told) || /^not authorized/i.test(text)) {
    const message = token === '' ? 'Pi-hole wants its API token' : 'Pi-hole does not accept the API token'
    throw new TailboardError('refused', message, { hint: howToToken })
  }
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
