import { selfSigned } from '@tailboard/service/testing/certificate'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { DoubleOptions } from '../testing/double.ts'
import type { FaultName } from '../testing/faults.ts'
import { Bench } from '../testing/run.ts'

interface Case {
  pihole?: DoubleOptions
  fault?: FaultName
  /** Where a fault stands; everywhere, when absent. */
  at?: RegExp
  turn?: () => void
  environment?: Record<string, string>
  kind: string
  says: RegExp
  hint?: RegExp
}

const bench = new Bench()
const rows: string[][] = []
const certificate = selfSigned({ name: 'pi.hole' })
const other = selfSigned({ name: 'pi.hole' })

beforeAll(() => bench.start())
afterAll(async () => {
  await bench.stop()
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const line = (row: string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')
  console.log(['', ...rows.map(line)].join('\n'))
})

const anyVersion: Record<string, Case> = {
  truncated: { fault: 'truncated', kind: 'malformed', says: /is not JSON/ },
  'a byte short': { fault: 'a byte short', kind: 'malformed', says: /broke off its answer/ },
  'closed at once': { fault: 'closed at once', kind: 'unreachable', says: /closed the connection/ },
  'closed half way': {
    fault: 'closed half way',
    kind: 'malformed',
    says: /broke off its answer after 10 bytes/,
  },
  '50 MB': { fault: 'huge (50 MB)', kind: 'malformed', says: /more than 512 kB/ },
  '50 MB, packed': { fault: 'huge, packed', kind: 'malformed', says: /more than 512 kB/ },
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
  'HTML with 401': { fault: 'HTML with 401', kind: 'refused', says: /HTTP 401/ },
  'HTML with 502': { fault: 'HTML with 502', kind: 'unreachable', says: /HTTP 502\): “502 Bad Gateway”/ },
  '503': { fault: '503', kind: 'unreachable', says: /HTTP 503/ },
  'a redirect': {
    fault: 'a redirect to https',
    kind: 'malformed',
    says: /points elsewhere: to https:\/\/pi.hole/,
  },
}

const ofV6: Record<string, Case> = {
  'wrong password': {
    environment: { PIHOLE_PASSWORD: 'wrong-password' },
    kind: 'refused',
    says: /does not accept the password/,
    hint: /PIHOLE_PASSWORD.*app password/,
  },
  'no password in .env': {
    environment: { PIHOLE_PASSWORD: '' },
    kind: 'refused',
    says: /wants a password/,
    hint: /app password/,
  },
  'a second factor': {
    pihole: { totp: 1 },
    kind: 'refused',
    says: /second factor/,
    hint: /An app password needs none/,
  },
  'every seat taken': { fault: '429 seats', kind: 'rate-limited', says: /Every seat/, hint: /max_sessions/ },
  'every seat taken, at login': {
    turn: () => bench.double.sessions.occupy(16, bench.time.wallMs() / 1000),
    kind: 'rate-limited',
    says: /Every seat/,
    hint: /max_sessions/,
  },
  'too many logins': {
    fault: '429 rate_limiting',
    at: /auth/,
    kind: 'rate-limited',
    says: /takes no more logins/,
  },
  'its DNS is down': {
    turn: () => {
      bench.double.isDnsDown = true
    },
    kind: 'unreachable',
    says: /Pi-hole’s DNS is down/,
    hint: /pihole-FTL restart/,
  },
  forbidden: { fault: '403 forbidden', kind: 'refused', says: /Unable to change configuration/ },
  'unknown path': { fault: '404 not_found', kind: 'malformed', says: /does not know what was asked/ },
  'an odd error': { fault: 'an error whose hint is no text', kind: 'refused', says: /Bad request/ },
  'another certificate than the pinned one': {
    pihole: { tls: certificate },
    environment: { PIHOLE_TLS_FINGERPRINT: other.fingerprint256 },
    kind: 'misconfigured',
    says: /another certificate than the pinned one/,
    hint: /PIHOLE_TLS_FINGERPRINT/,
  },
  'a self-signed certificate': {
    pihole: { tls: certificate },
    environment: { PIHOLE_TLS_FINGERPRINT: '' },
    kind: 'misconfigured',
    says: /not one that everyone trusts/,
    hint: /tls\.pem.*PIHOLE_TLS_FINGERPRINT.*PIHOLE_TLS_INSECURE=1/,
  },
  'http where https is spoken': {
    pihole: { tls: certificate },
    environment: { PIHOLE_URL: 'http' },
    kind: 'unreachable',
    says: /closed the connection/,
  },
  'https where http is spoken': {
    environment: { PIHOLE_URL: 'https' },
    kind: 'malformed',
    says: /does not speak HTTPS/,
  },
  'nothing listens': {
    environment: { PIHOLE_URL: 'http://127.0.0.1:1' },
    kind: 'unreachable',
    says: /nothing listens at 127.0.0.1, port 1/,
  },
  'the name does not resolve': {
    environment: { PIHOLE_URL: 'http://no-such-host.invalid' },
    kind: 'unresolved',
    says: /no-such-host.invalid has no address/,
    hint: /resolv\.conf/,
  },
}

const ofV5: Record<string, Case> = {
  'wrong token: an empty list': {
    environment: { PIHOLE_PASSWORD: 'wrong-password' },
    kind: 'refused',
    says: /does not accept the API token/,
    hint: /Show API token/,
  },
  'no token in .env': { environment: { PIHOLE_PASSWORD: '' }, kind: 'refused', says: /wants its API token/ },
  'FTL is not running': {
    turn: () => {
      bench.double.isDnsDown = true
    },
    kind: 'unreachable',
    says: /FTL is not running/,
  },
}

const all: [version: 'v6' | 'v5', name: string, each: Case][] = [
  ...Object.entries(anyVersion).map(([name, each]): ['v6', string, Case] => ['v6', name, each]),
  ...Object.entries(ofV6).map(([name, each]): ['v6', string, Case] => ['v6', name, each]),
  ...Object.entries(anyVersion).map(([name, each]): ['v5', string, Case] => ['v5', name, each]),
  ...Object.entries(ofV5).map(([name, each]): ['v5', string, Case] => ['v5', name, each]),
]

const pinned = { PIHOLE_TLS_FINGERPRINT: certificate.fingerprint256 }
const appPassword = 'app-password-of-44-characters'

test.each(all)('%s, %s: a failure beside the last good reading, exit 1', async (api, name, each) => {
  await bench.reset({ api, appPassword, ...each.pihole })
  const well = { ...pinned, ...(each.pihole?.totp ? { PIHOLE_PASSWORD: appPassword } : {}) }
  expect(await bench.run({}, well)).toBe(0)
  const { reading } = await bench.read()
  bench.time.advance(60_000)
  bench.double.fault = each.fault ?? null
  bench.double.faultAt = each.at ?? /./
  // What is told at a login is told only when there is one.
  if (each.at !== undefined || each.environment !== undefined || each.pihole?.totp || /login/.test(name)) {
    bench.double.sessions.forgetAll()
  }
  each.turn?.()

  expect(await bench.run({}, { ...pinned, ...addressed(each.environment) }), bench.logs).toBe(1)

  const after = await bench.read()
  expect(after.reading).toEqual(reading)
  expect(after.outcome).toBe('failed')
  const { failure } = after
  rows.push([api, name, failure?.kind ?? '', `${failure?.message} → ${failure?.hint ?? ''}`])
  expect(failure).toMatchObject({ kind: each.kind, message: expect.stringMatching(each.says) })
  expect(failure?.hint, 'what to do').toMatch(each.hint ?? /./)
  expect(failure?.hint, 'not cut off').not.toMatch(/…$/)
  expect((await bench.dump()) + bench.logs).not.toContain('double-password')
  // And it is over as soon as the other side is well again.
  bench.double.fault = null
  bench.double.isDnsDown = false
  bench.time.advance(40 * 60_000)
  expect(await bench.run({}, well), bench.logs).toBe(0)
})

function addressed(environment: Record<string, string> = {}): Record<string, string> {
  const { PIHOLE_URL } = environment
  if (PIHOLE_URL !== 'http' && PIHOLE_URL !== 'https') return environment
  return { PIHOLE_URL: bench.double.url.replace(/^https?/, PIHOLE_URL) }
}

test.each([
  ['nothing listens', { PIHOLE_URL: 'http://127.0.0.1:1' }, /nothing listens/],
  ['no such name', { PIHOLE_URL: 'http://host.docker.invalid' }, /has no address/],
  ['our own page', {}, /no Pi-hole but “Tailboard” \(HTTP 403\)/],
] as const)('a house without a Pi-hole (%s): how to switch it off', async (name, environment, says) => {
  await bench.reset()
  if (name === 'our own page') bench.double.pageForAll = '<title>Tailboard</title>'
  expect(await bench.run({}, environment)).toBe(1)
  const { failure } = await bench.read()
  rows.push(['none', name, failure?.kind ?? '', `${failure?.message} → ${failure?.hint}`])
  expect(failure?.message).toMatch(says)
  expect(failure?.hint).toMatch(/PIHOLE_URL.*No Pi-hole in the house\? .*enabled: false/)
  expect(failure?.hint).not.toMatch(/…$/)
  expect(bench.double.headers.every((headers) => headers.authorization === undefined)).toBe(true)
  expect(bench.double.asked.join(), 'no password goes to whoever answers').not.toMatch(/POST|auth/)
})

test('a certificate that is pinned, with colons or as openssl prints it, or any at all', async () => {
  await bench.reset({ tls: certificate })
  const plain = certificate.fingerprint256.replaceAll(':', '').toLowerCase()
  for (const pin of [certificate.fingerprint256, plain, `sha256 Fingerprint=${certificate.fingerprint256}`]) {
    expect(await bench.run({}, { PIHOLE_TLS_FINGERPRINT: pin })).toBe(0)
  }
  expect(await bench.run({}, { PIHOLE_TLS_INSECURE: '1' })).toBe(0)
  const both = { PIHOLE_TLS_INSECURE: '1', PIHOLE_TLS_FINGERPRINT: other.fingerprint256 }
  expect(await bench.run({}, both), 'the pin counts').toBe(1)
  expect(await bench.run({}, { PIHOLE_TLS_FINGERPRINT: 'AB:CD' }), 'no fingerprint').toBe(78)
})

test.each([
  ['http://192.0.2.1/admin', 'http://192.0.2.1'],
  ['http://192.0.2.1:8081/admin/index.php', 'http://192.0.2.1:8081'],
  ['https://pi.hole/', 'https://pi.hole'],
  ['http://[fd00::53]:8081/api', 'http://[fd00::53]:8081'],
  ['http://proxy.example/pihole/admin/', 'http://proxy.example/pihole'],
])('the address %s as people copy it', async (given, asked) => {
  const { pihole } = await import('@tailboard/contracts/sources/pihole')
  const { parse } = await import('valibot')
  expect(parse(pihole.variables.PIHOLE_URL?.schema as never, given)).toBe(asked)
})

test.each(['192.0.2.1', 'http://user:pass@192.0.2.1', 'ftp://192.0.2.1', 'http://a b', 'http://x/?auth=1'])(
  'the address %s is refused at start',
  async (PIHOLE_URL) => {
    await bench.reset()
    expect(await bench.run({}, { PIHOLE_URL })).toBe(78)
    expect(bench.logs).toContain('PIHOLE_URL must be an address such as')
    expect(bench.logs).not.toContain('user:pass')
  },
)
