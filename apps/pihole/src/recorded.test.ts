import { readFileSync } from 'node:fs'
import { parseJsonAnswer } from '@tailboard/service/http'
import type * as v from 'valibot'
import { expect, test } from 'vitest'
import type { Ask, Question } from './connection.ts'
import { toParts, toSoftware, unknownParts, versionSchema } from './software.ts'
import { v5Token } from './v5.ts'
import * as v5 from './v5-parse.ts'
import { logIn } from './v6-login.ts'
import * as v6 from './v6-parse.ts'

const read = (name: string) => readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url))
const answer = (name: string, status = 200) => ({ who: 'Pi-hole', status, headers: {}, body: read(name) })
const parse = <S extends v.GenericSchema>(name: string, schema: S) => parseJsonAnswer(answer(name), schema)

test('v6: totals, whose numbers need not add up', () => {
  expect(v6.toTotals(parse('v6/summary', v6.summarySchema))).toEqual({
    queries: {
      total: 7497,
      blocked: 3465,
      blockedPercent: 34.5,
      uniqueDomains: 445,
      forwarded: 4574,
      cached: 9765,
      perS: 1.1,
    },
    clients: { active: 10, known: 22 },
    lists: { domains: 104_756, updatedAt: '2024-09-01T12:43:59.000Z' },
  })
})

test('v6: blocking with its timer', () => {
  expect(v6.toBlocking(parse('v6/blocking', v6.blockingSchema))).toEqual({
    state: 'enabled',
    remainingS: 15,
  })
})

test('v6: the most frequent, and a device without a name', () => {
  expect(v6.toTopDomains(parse('v6/top-domains', v6.topDomainsSchema), 1)).toEqual([
    { domain: 'pi-hole.example', count: 8516 },
  ])
  expect(v6.toTopClients(parse('v6/top-clients', v6.topClientsSchema), 20)).toEqual([
    { name: 'raspberrypi.lan', address: '192.0.2.44', count: 5896 },
    { name: null, address: '127.0.0.1', count: 12 },
  ])
  expect(v6.toTopDomains(parse('v6/privacy', v6.topDomainsSchema), 5)).toBeNull()
})

test('v6: history, with a hole where Pi-hole has no slot', () => {
  expect(v6.parseHistory(parse('v6/history', v6.historySchema))).toEqual({
    from: '2017-11-27T21:58:21.000Z',
    slotS: 600,
    total: [2134, 2014, null, 14],
    blocked: [413, 43, null, 4],
  })
})

test('v6: versions; a part of which Pi-hole knows nothing is not out of date', () => {
  expect(toSoftware('v6', toParts(parse('v6/version', versionSchema)))).toEqual({
    api: 'v6',
    core: 'v6.0.5',
    web: 'v6.1',
    ftl: null,
    docker: null,
    updates: [{ part: 'core', installed: 'v6.0.5', latest: 'v6.1' }],
  })
  expect(toSoftware('v6', unknownParts).updates).toBeNull()
})

test('v6: in a container only its image is updated', () => {
  const parts = toParts(parse('v6/version', versionSchema))
  const inDocker = { ...parts, docker: { installed: '2025.03.0', latest: '2025.04.0' } }
  expect(toSoftware('v6', inDocker).updates).toEqual([
    { part: 'docker', installed: '2025.03.0', latest: '2025.04.0' },
  ])
})

test('v6: what a login answers', async () => {
  const asked: Question[] = []
  const replying =
    (name: string, status: number): Ask =>
    async (question) => {
      asked.push(question)
      return answer(name, status)
    }
  expect(await logIn(replying('v6/login', 200), 'secret')).toBe('vFA+EP4MQ5JJvJg+3Q2Jnw=')
  expect(asked[0]).toMatchObject({ path: '/api/auth', method: 'POST', json: { password: 'secret' } })
  expect(await logIn(replying('v6/no-password', 200), 'secret')).toBeNull()
  const failing = (name: string, status: number) => logIn(replying(name, status), 'secret')
  await expect(failing('v6/login-wrong', 401)).rejects.toMatchObject({ kind: 'refused' })
  await expect(failing('v6/error-seats', 429)).rejects.toMatchObject({ kind: 'rate-limited' })
  await expect(failing('v6/error-unauthorized', 401)).rejects.toMatchObject({ kind: 'refused' })
  await expect(failing('v6/blocking', 200)).rejects.toMatchObject({ kind: 'malformed' })
})

test('v5: totals, with and without what later versions added', () => {
  expect(v5.toTotals(parse('v5/summary-raw', v5.summaryRawSchema))).toEqual({
    blocking: { state: 'enabled', remainingS: null },
    queries: {
      total: 7497,
      blocked: 3465,
      blockedPercent: 46.218487,
      uniqueDomains: 445,
      forwarded: 2574,
      cached: 1458,
      perS: null,
    },
    clients: { active: 10, known: 22 },
    lists: { domains: 104_756, updatedAt: '2024-09-01T12:43:59.000Z' },
  })
  expect(v5.toTotals(parse('v5/summary-raw-empty', v5.summaryRawSchema))).toMatchObject({
    blocking: { state: 'disabled', remainingS: null },
    queries: { total: 0, blockedPercent: 0 },
    lists: { domains: 0, updatedAt: null },
  })
})

test('v5: lists in the order of their counts, history, versions', () => {
  const items = parse('v5/top-items', v5.topItemsSchema)
  expect(v5.toTopDomains(items.top_queries, 5)).toEqual([
    { domain: 'time.example', count: 340 },
    { domain: 'mail.example', count: 120 },
  ])
  expect(v5.toTopClients(parse('v5/top-clients', v5.topClientsSchema).top_sources, 5)).toEqual([
    { name: 'raspberrypi.lan', address: '192.0.2.44', count: 5896 },
    { name: null, address: '192.0.2.9', count: 12 },
  ])
  expect(v5.parseHistory(parse('v5/over-time', v5.overTimeSchema))).toMatchObject({
    from: '2017-11-27T21:55:00.000Z',
    total: [2134, 2014],
    blocked: [413, 43],
  })
  const software = toSoftware('v5', v5.toParts(parse('v5/versions', v5.versionsSchema)))
  expect(software.updates).toEqual([{ part: 'core', installed: 'v5.18.3', latest: 'v5.18.4' }])
})

test('v5: its token is the hash of the hash of its password; a token is left as it is', () => {
  const token = 'c0af77cf8294ff93a5cdb2963ca9f038dc517bf1c30e1e0bbc2ed6acc8c6e0f2'
  expect(v5Token(token)).toBe(token)
  expect(v5Token('')).toBe('')
  // printf %s "$(printf %s hello | sha256sum | cut -c-64)" | sha256sum
  expect(v5Token('hello')).toBe('d7914fe546b684688bb95f4f888a92dfc680603a75f23eb823658031fff766d9')
})
