import { readFileSync } from 'node:fs'
import { TailboardError } from '@tailboard/contracts'
import { tailscaleData } from '@tailboard/contracts/sources/tailscale'
import { mutations } from '@tailboard/service/testing/mutate'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { statusText } from '../testing/model.ts'
import { parseStatus } from './status.ts'
import { toData } from './to-data.ts'
import { countTraffic, trafficSince } from './traffic.ts'

const count = process.env.SOAK === '1' ? 100_000 : 10_000
const nowMs = Date.parse('2026-11-21T02:00:00Z')
const time = { boot: 'a', wallMs: () => nowMs, monotonicMs: () => 1000 }
const read = (name: string) => readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8')

test.each([
  ['running', read('running'), count],
  ['logged out', read('logged-out'), count],
  ['a whole tailnet', statusText(nowMs), count],
])('%s: each damaged answer is a reading or a failure, and throws nothing else', (name, valid, most) => {
  const outcomes = { read: 0, refused: 0 }
  for (const text of mutations(valid, most)) {
    try {
      const status = parseStatus(Buffer.from(text))
      const traffic = trafficSince(null, countTraffic(status.peers, time, 'a'), 1000)
      // What reaches the page must be as the contract says: a reading that it refuses is a failure nobody foresaw.
      v.parse(tailscaleData, toData(status, traffic, nowMs))
      outcomes.read++
    } catch (error) {
      if (!(error instanceof TailboardError))
        throw new Error(`${name}: ${text.slice(0, 300)}`, { cause: error })
      outcomes.refused++
    }
  }
  console.log(`${name}: ${outcomes.read} read, ${outcomes.refused} refused`)
  expect(Math.min(outcomes.read, outcomes.refused)).toBeGreaterThan(most / 20)
})
