import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { selfSigned } from '@tailboard/service/testing/certificate'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { FaultName } from '../testing/faults.ts'
import { doubleKey } from '../testing/openweathermap.ts'
import { Bench } from '../testing/run.ts'

interface Case {
  provider?: 'open-meteo' | 'met-no' | 'openweathermap'
  fault?: FaultName
  settings?: Record<string, unknown>
  environment?: Record<string, string>
  kind: string
  says: RegExp
}

const bench = new Bench()
const { double } = bench
const rows: string[][] = []
let impostor: Server

beforeAll(async () => {
  await bench.start()
  const { key, cert } = selfSigned({ name: 'localhost' })
  impostor = createServer({ key, cert }, (_, response) => response.end('{}'))
  await new Promise<void>((resolve) => impostor.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  impostor.close()
  await bench.stop()
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const line = (row: string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')
  console.log(['', ...rows.map(line)].join('\n'))
})
beforeEach(async () => {
  await bench.redis.flushall()
  double.fault = null
  bench.time.advance(3 * 3_600_000)
})

const anyService: Record<string, Omit<Case, 'provider'>> = {
  truncated: { fault: 'truncated', kind: 'malformed', says: /is not JSON/ },
  'a byte short': { fault: 'a byte short', kind: 'malformed', says: /broke off its answer/ },
  'closed at once': { fault: 'closed at once', kind: 'unreachable', says: /closed the connection/ },
  'closed half way': {
    fault: 'closed half way',
    kind: 'malformed',
    says: /broke off its answer after 10 bytes/,
  },
  '50 MB': { fault: 'huge (50 MB)', kind: 'malformed', says: /more than 1024 kB/ },
  '50 MB, packed': { fault: 'huge, packed', kind: 'malformed', says: /more than 1024 kB/ },
  'a byte now and then': { fault: 'slow', kind: 'timeout', says: /longer than 1 s/ },
  silence: { fault: 'silent', kind: 'timeout', says: /longer than 1 s/ },
  empty: { fault: 'empty', kind: 'malformed', says: /an empty answer/ },
  'a list': { fault: 'wrong type: a list', kind: 'malformed', says: /not as agreed/ },
  'text for numbers': {
    fault: 'wrong type: text for numbers',
    kind: 'malformed',
    says: /not as agreed: \w+/,
  },
  'an empty object': { fault: 'nothing in it', kind: 'malformed', says: /not as agreed/ },
  'HTML with 200': {
    fault: 'HTML with 200',
    kind: 'malformed',
    says: /a web page in place of data: “Welcome to the hotel”/,
  },
  'HTML with 502': {
    fault: 'HTML with 502',
    kind: 'unreachable',
    says: /trouble of its own \(HTTP 502\): “502 Bad Gateway”/,
  },
  '503': { fault: '503', kind: 'unreachable', says: /HTTP 503/ },
  'a redirect': {
    fault: 'a redirect',
    kind: 'malformed',
    says: /points elsewhere: to https:\/\/login.example\/$/,
  },
}

const cases: Record<string, Case> = {
  'error:true with 200': { fault: 'error:true with 200', kind: 'refused', says: /says no: Internal error/ },
  'error:true with 400': { fault: 'error:true with 400', kind: 'refused', says: /Given: 300/ },
  '429, a minute': { fault: '429, a minute', kind: 'rate-limited', says: /Minutely/ },
  '429, an hour': { fault: '429, an hour', kind: 'rate-limited', says: /Hourly/ },
  '429, a day': { fault: '429, a day', kind: 'rate-limited', says: /Daily/ },
  '429 with Retry-After': {
    provider: 'met-no',
    fault: '429, Retry-After',
    kind: 'rate-limited',
    says: /later/,
  },
  '429 of its own': {
    provider: 'openweathermap',
    fault: '429 of OpenWeatherMap',
    kind: 'rate-limited',
    says: /blocked/,
  },
  '404, cod as text': {
    provider: 'openweathermap',
    fault: '404, cod as text',
    kind: 'malformed',
    says: /HTTP 404/,
  },
  'a wrong key': {
    provider: 'openweathermap',
    environment: { OPENWEATHERMAP_KEY: 'f'.repeat(32) },
    kind: 'refused',
    says: /does not accept the key: Invalid API key/,
  },
  'no key': {
    provider: 'openweathermap',
    environment: { OPENWEATHERMAP_KEY: '' },
    kind: 'misconfigured',
    says: /needs a key/,
  },
  'no contact': {
    provider: 'met-no',
    environment: { WEATHER_CONTACT: '' },
    kind: 'misconfigured',
    says: /whom it can reach/,
  },
  'a contact that is none': {
    provider: 'met-no',
    environment: { WEATHER_CONTACT: 'me' },
    kind: 'refused',
    says: /HTTP 403/,
  },
  '304 to a first question': {
    provider: 'met-no',
    fault: '304 to a first question',
    kind: 'malformed',
    says: /nobody asked/,
  },
  'no time zone': {
    provider: 'met-no',
    settings: { place: '', latitude: 60, longitude: 10 },
    kind: 'misconfigured',
    says: /time zone/,
  },
  'no place': { settings: { place: '' }, kind: 'misconfigured', says: /No place is set/ },
  'half a place': { settings: { latitude: 50 }, kind: 'misconfigured', says: /has no longitude/ },
  'an unknown place': {
    settings: { place: 'Atlantis' },
    kind: 'misconfigured',
    says: /No place is known as “Atlantis”/,
  },
  'nothing listens': {
    environment: { WEATHER_OPEN_METEO_URL: 'http://127.0.0.1:1' },
    kind: 'unreachable',
    says: /nothing listens/,
  },
  'the name does not resolve': {
    environment: { WEATHER_OPEN_METEO_URL: 'http://no-such-host.invalid' },
    kind: 'unresolved',
    says: /no-such-host.invalid has no address/,
  },
  'a self-signed certificate': {
    environment: { WEATHER_OPEN_METEO_URL: 'impostor' },
    kind: 'misconfigured',
    says: /not one that everyone trusts/,
  },
  'an address of somebody else': {
    environment: { WEATHER_OPEN_METEO_URL: 'double/elsewhere' },
    kind: 'malformed',
    says: /HTTP 404/,
  },
}

const all: [name: string, each: Case][] = [
  ...(['open-meteo', 'met-no', 'openweathermap'] as const).flatMap((provider) =>
    Object.entries(anyService).map(([name, each]): [string, Case] => [name, { ...each, provider }]),
  ),
  ...Object.entries(cases),
]

test.each(all)('%s: a failure beside the last good reading, exit 1', async (name, each) => {
  const settings = { place: 'Berlin', provider: each.provider ?? 'open-meteo' }
  expect(await bench.run(settings)).toBe(0)
  const { reading } = await bench.read()
  // Past Expires, and the forecast has changed: a whole answer would come.
  bench.time.advance(70 * 60_000)
  double.fault = each.fault ?? null
  // Then there is nothing to compare with.
  if (each.fault === '304 to a first question') await bench.redis.del('tailboard:kitchen:memory:weather')

  expect(await bench.run({ ...settings, ...each.settings }, addressed(each.environment))).toBe(1)

  const after = await bench.read()
  expect(after.reading).toEqual(reading)
  expect(after.outcome).toBe('failed')
  const { failure } = after
  rows.push([settings.provider, name, failure?.kind ?? '', `${failure?.message} → ${failure?.hint ?? ''}`])
  expect(failure).toMatchObject({ kind: each.kind, message: expect.stringMatching(each.says) })
  expect(failure?.hint, 'what to do').toBeTruthy()
  expect(await bench.dump()).not.toContain(doubleKey)
  // And it is over as soon as the other side is well again.
  double.fault = null
  if (each.kind !== 'rate-limited') expect(await bench.run(settings)).toBe(0)
})

function addressed(environment: Record<string, string> = {}): Record<string, string> {
  const url = environment.WEATHER_OPEN_METEO_URL
  if (url === 'impostor') {
    return { WEATHER_OPEN_METEO_URL: `https://localhost:${(impostor.address() as AddressInfo).port}` }
  }
  if (url === 'double/elsewhere') return { WEATHER_OPEN_METEO_URL: `${double.url}/elsewhere` }
  return environment
}
