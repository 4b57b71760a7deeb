import { readFileSync } from 'node:fs'
import { limits, TailboardError } from '@tailboard/contracts'
import { type PiholeData, piholeData } from '@tailboard/contracts/sources/pihole'
import { parseJsonAnswer } from '@tailboard/service/http'
import { mutations } from '@tailboard/service/testing/mutate'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import type { Ask } from './connection.ts'
import { detect } from './detect.ts'
import { toParts, toSoftware, versionSchema } from './software.ts'
import { v5 } from './v5.ts'
import * as old from './v5-parse.ts'
import { failOnV6Error } from './v6-error.ts'
import { logIn } from './v6-login.ts'
import * as v6 from './v6-parse.ts'

const count = process.env.SOAK === '1' ? 100_000 : 10_000
const read = (name: string) => readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8')
const answer = (text: string, status = 200) => ({
  who: 'Pi-hole',
  status,
  headers: {},
  body: Buffer.from(text),
})
const parse = <S extends v.GenericSchema>(text: string, schema: S) => parseJsonAnswer(answer(text), schema)
const replying =
  (text: string, status = 200): Ask =>
  async () =>
    answer(text, status)
const openGate = { failWhileClosed: async () => {}, note: async () => {} }

const good: PiholeData = {
  blocking: { state: 'enabled', remainingS: null },
  ...v6.toTotals(parse(read('v6/summary'), v6.summarySchema)),
  history: null,
  topBlocked: null,
  topPermitted: null,
  topClients: null,
  software: toSoftware('v6', toParts(parse(read('v6/version'), versionSchema))),
}

/** What reaches the page must be as the contract says: a reading that it refuses is a failure nobody foresaw. */
function check(part: Partial<PiholeData>): void {
  const data = v.parse(piholeData, { ...good, ...part })
  expect(data).toEqual({ ...good, ...part })
  expect(Buffer.byteLength(JSON.stringify(data))).toBeLessThan(limits.readingBytes)
}

const parsers: [name: string, valid: string, parse: (text: string) => unknown][] = [
  ['v6 summary', 'v6/summary', (text) => check(v6.toTotals(parse(text, v6.summarySchema)))],
  [
    'v6 blocking',
    'v6/blocking',
    (text) => check({ blocking: v6.toBlocking(parse(text, v6.blockingSchema)) }),
  ],
  ['v6 history', 'v6/history', (text) => check({ history: v6.parseHistory(parse(text, v6.historySchema)) })],
  [
    'v6 top domains',
    'v6/top-domains',
    (text) => check({ topBlocked: v6.toTopDomains(parse(text, v6.topDomainsSchema), 20) }),
  ],
  [
    'v6 top clients',
    'v6/top-clients',
    (text) => check({ topClients: v6.toTopClients(parse(text, v6.topClientsSchema), 20) }),
  ],
  [
    'v6 version',
    'v6/version',
    (text) => check({ software: toSoftware('v6', toParts(parse(text, versionSchema))) }),
  ],
  ['v6 login', 'v6/login', (text) => logIn(replying(text), 'secret')],
  ['v6 login, wrong', 'v6/login-wrong', (text) => logIn(replying(text, 401), 'secret')],
  ['v6 errors', 'v6/error-seats', (text) => failOnV6Error(answer(text, text.length % 2 === 0 ? 429 : 400))],
  ['which version', 'v6/info-login', (text) => detect(replying(text, text.length % 9 === 0 ? 404 : 200))],
  ['v5 summary', 'v5/summary-raw', (text) => check(old.toTotals(parse(text, old.summaryRawSchema)))],
  [
    'v5 lists',
    'v5/top-items',
    (text) => check({ topBlocked: old.toTopDomains(parse(text, old.topItemsSchema).top_ads, 20) }),
  ],
  [
    'v5 clients',
    'v5/top-clients',
    (text) => check({ topClients: old.toTopClients(parse(text, old.topClientsSchema).top_sources, 20) }),
  ],
  [
    'v5 history',
    'v5/over-time',
    (text) => check({ history: old.parseHistory(parse(text, old.overTimeSchema)) }),
  ],
  [
    'v5 versions',
    'v5/versions',
    (text) => check({ software: toSoftware('v5', old.toParts(parse(text, old.versionsSchema))) }),
  ],
  [
    'v5 whole',
    'v5/summary-raw',
    async (text) => check((await v5(replying(text), '', openGate).read(20)).data),
  ],
]

test.each(parsers)(
  `%s: ${count} mutations give a reading or a failure, and nothing else`,
  async (_name, valid, work) => {
    let readings = 0
    let failures = 0
    for (const text of mutations(read(valid), count)) {
      try {
        await work(text)
        readings++
      } catch (error) {
        if (!(error instanceof TailboardError))
          throw new Error(`threw ${error} at: ${text}`, { cause: error })
        failures++
      }
    }
    // Neither a parser that takes everything nor one that takes nothing would be worth the test.
    expect(readings + failures).toBe(count)
    expect(failures).toBeGreaterThan(0)
    if (valid !== 'v6/login-wrong' && valid !== 'v6/error-seats') expect(readings).toBeGreaterThan(0)
  },
)
