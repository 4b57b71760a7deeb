import { readFileSync } from 'node:fs'
import { limits } from '@tailboard/contracts'
import { type TailscaleData, tailscaleData } from '@tailboard/contracts/sources/tailscale'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { type StatusOptions, statusText } from '../testing/model.ts'
import { parseStatus } from './status.ts'
import { toData } from './to-data.ts'

const nowMs = Date.parse('2026-11-21T02:00:00Z')
const noTraffic = { receivedBytes: 0, sentBytes: 0, receivedBytesPerS: null, sentBytesPerS: null }

/** As the contract lets it through. */
function dataOf(text: string): TailscaleData {
  const data = toData(parseStatus(Buffer.from(text)), noTraffic, nowMs)
  expect(v.parse(tailscaleData, data), 'nothing is left for the contract to change').toEqual(data)
  return data
}
const fixture = (name: string) =>
  dataOf(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8'))
const made = (options: StatusOptions = {}) => dataOf(statusText(nowMs, options))
/** A status to turn as a test likes. */
// biome-ignore lint/suspicious/noExplicitAny: it is what tailscaled might send, of any shape.
type Anything = any
const altered = (change: (status: Anything) => void): TailscaleData => {
  const status = JSON.parse(statusText(nowMs))
  change(status)
  return dataOf(JSON.stringify(status))
}

test('running: every field', () => {
  expect(fixture('running')).toEqual({
    state: 'running',
    isUp: true,
    tailnet: { name: 'me@example.com', dnsSuffix: 'tail1234.ts.net' },
    self: {
      name: 'raspberrypi',
      dnsName: 'raspberrypi.tail1234.ts.net',
      addresses: ['100.101.102.103', 'fd7a:115c:a1e0::6a01:6667'],
      os: 'linux',
      owner: 'me@example.com',
      tags: [],
      key: { state: 'soon', expires: '2026-12-01T10:00:00Z' },
      isOnline: true,
      relay: 'fra',
    },
    exitNode: null,
    counts: { peers: 1, online: 1, keysRunningOut: 1 },
    hidden: { shared: 0, mullvad: 0 },
    traffic: noTraffic,
    peers: [
      {
        name: 'laptop',
        addresses: ['100.64.0.2'],
        os: 'macOS',
        owner: 'me@example.com',
        tags: [],
        key: { state: 'never', expires: null },
        isOnline: true,
        lastSeen: null,
        connection: 'direct',
        relay: null,
        receivedBytes: 123456,
        sentBytes: 654321,
        offersExitNode: false,
      },
    ],
    health: [],
    software: {
      version: '1.96.4',
      isUpdateAvailable: false,
      latestVersion: null,
      isUpdateUrgent: false,
    },
  })
})

test('logged out: a state, with the name that it calls itself', () => {
  expect(fixture('logged-out')).toMatchObject({
    state: 'needs-login',
    isUp: false,
    tailnet: null,
    self: { name: 'mp100', dnsName: null, addresses: [], owner: null, isOnline: false },
    counts: { peers: 0, online: null },
    peers: [],
    health: ['Tailscale is stopped.'],
  })
})

test('an old one that is logged out has no Self; its login link reaches nobody', () => {
  const data = fixture('needs-login-1.50')
  expect(data).toMatchObject({ state: 'needs-login', isUp: false, self: { name: null, os: null } })
  expect(JSON.stringify(data)).not.toContain('login.tailscale.com')
})

test('`tailscale down`: name and addresses are still there, and it is not up', () => {
  const data = fixture('stopped')
  expect(data).toMatchObject({
    state: 'stopped',
    isUp: false,
    self: { dnsName: 'raspberrypi.tail1234.ts.net', addresses: ['100.101.102.103', expect.anything()] },
    counts: { peers: 1, online: null },
  })
  // Who is online was last known when it was up.
  expect(data.peers[0]).toMatchObject({ name: 'laptop', isOnline: null, connection: 'idle' })
})

test.each([
  ['Running', 'running', true],
  ['Starting', 'starting', false],
  ['Stopped', 'stopped', false],
  ['NeedsLogin', 'needs-login', false],
  ['NeedsMachineAuth', 'needs-machine-auth', false],
  ['InUseOtherUser', 'in-use-by-other-user', false],
  ['NoState', 'no-state', false],
  ['Dreaming', 'unknown', false],
  ['constructor', 'unknown', false],
])('BackendState %s is %s', (backendState, state, isUp) => {
  expect(made({ backendState })).toMatchObject({ state, isUp, self: { isOnline: isUp } })
})

test.each(['NeedsLogin', 'Stopped'])('%s is not up, even if Self said that it is online', (BackendState) => {
  expect(altered((status) => Object.assign(status, { BackendState })).isUp).toBe(false)
})

test('the network is gone: running, but not up, and who is online is not known', () => {
  const health = ['Tailscale cannot connect because the network is down. Check your Internet connection.']
  expect(made({ isOnline: false, health })).toMatchObject({
    state: 'running',
    isUp: false,
    counts: { peers: 7, online: null },
    health,
  })
})

test('who is on it: the online ones first, then those seen last, those never seen at the end', () => {
  const { peers, counts, hidden } = made()
  expect(peers.map(({ name, isOnline, lastSeen }) => [name, isOnline, lastSeen])).toEqual([
    ['laptop', true, null],
    ['nas', true, null],
    ['phone', true, null],
    ['router', true, null],
    ['tablet', false, '2026-11-20T23:00:00Z'],
    ['old-pc', false, '2026-10-12T02:00:00Z'],
    ['never-seen', false, null],
  ])
  expect(counts).toEqual({ peers: 7, online: 4, keysRunningOut: 3 })
  expect(hidden).toEqual({ shared: 1, mullvad: 3 })
})

test('how packets go: direct, by a peer, by a relay and which, not at all', () => {
  const { peers } = made()
  expect(Object.fromEntries(peers.map(({ name, connection, relay }) => [name, [connection, relay]]))).toEqual(
    {
      laptop: ['direct', null],
      nas: ['peer-relay', null],
      phone: ['relay', 'fra'],
      router: ['idle', null],
      tablet: ['idle', null],
      'old-pc': ['idle', null],
      'never-seen': ['idle', null],
    },
  )
})

test('owners by ids that differ beyond 2^53 alone; what has tags has no owner', () => {
  const { peers, self } = made()
  const of = (name: string) => peers.find((peer) => peer.name === name)
  expect(self.owner).toBe('alice@example.com')
  expect(of('laptop')?.owner).toBe('alice@example.com')
  expect(of('phone')?.owner).toBe('bob@example.com')
  expect(of('nas')).toMatchObject({ owner: null, tags: ['tag:server'] })
})

test('keys: never, valid, within 30 days, expired', () => {
  const { peers, self } = made()
  expect(self.key).toEqual({ state: 'soon', expires: '2026-12-03T02:00:00Z' })
  expect(Object.fromEntries(peers.map(({ name, key }) => [name, key.state]))).toEqual({
    laptop: 'valid',
    phone: 'soon',
    nas: 'never',
    router: 'never',
    tablet: 'valid',
    'old-pc': 'expired',
    'never-seen': 'never',
  })
  const at = (KeyExpiry: string | undefined) =>
    altered((status) => Object.assign(status.Self, { KeyExpiry })).self.key
  expect(at('2026-12-21T02:00:00Z').state).toBe('soon')
  expect(at('2026-12-21T02:00:01Z').state).toBe('valid')
  expect(at('2026-11-21T02:00:00Z').state).toBe('expired')
  expect(at('0001-01-01T00:00:00Z')).toEqual({ state: 'never', expires: null })
  expect(at('no time')).toEqual({ state: 'never', expires: null })
  expect(at(undefined)).toEqual({ state: 'never', expires: null })
})

test('an exit node in use, also one of Mullvad’s that the list leaves out', () => {
  const use = (name: string, Online: boolean) =>
    altered((status) => {
      const found = Object.values<Anything>(status.Peer).find((peer) => peer.HostName === name)
      found.ExitNode = true
      status.ExitNodeStatus = { ID: found.ID, Online, TailscaleIPs: ['100.64.0.8/32'] }
    }).exitNode
  expect(use('router', true)).toEqual({ name: 'router', isOnline: true, place: null })
  expect(use('oslo-wg-001', false)).toEqual({ name: 'oslo-wg-001', isOnline: false, place: 'Oslo, Country' })
})

test('an update: there is one, an urgent one, none, nobody looks', () => {
  const of = (ClientVersion: unknown) =>
    altered((status) => Object.assign(status, { ClientVersion })).software
  expect(made().software).toMatchObject({
    isUpdateAvailable: true,
    latestVersion: '1.98.8',
    isUpdateUrgent: false,
  })
  expect(of({ LatestVersion: '1.98.8', UrgentSecurityUpdate: true }).isUpdateUrgent).toBe(true)
  expect(of({ RunningLatest: true }).isUpdateAvailable).toBe(false)
  expect(of({}).isUpdateAvailable).toBeNull()
  expect(of(null).isUpdateAvailable).toBeNull()
})

test('nulls for lists and maps, as Go writes what is empty', () => {
  const data = altered((status) => {
    Object.assign(status, { Health: null, Peer: null, User: null, CurrentTailnet: null })
    Object.assign(status.Self, { TailscaleIPs: null, Tags: null, KeyExpiry: null })
  })
  expect(data).toMatchObject({ isUp: true, peers: [], health: [], tailnet: null, self: { owner: null } })
})

test('a hostile name is text, and a login link in a warning is none', () => {
  const link = 'https://control.example/register/secret'
  const data = altered((status) => {
    status.AuthURL = link
    status.Health = [
      `log in at ${link} now`,
      'or https://login.tailscale.com/a/abc123!',
      '\u001b[31mred\u202e',
    ]
    const [first] = Object.values<Anything>(status.Peer)
    Object.assign(first, { DNSName: '', HostName: `\u0007<img src=x>\u2066${'x'.repeat(10_000)}` })
  })
  expect(data.health).toEqual(['log in at … now', 'or …', '[31mred'])
  const name = data.peers.find((peer) => peer.name?.startsWith('<img'))?.name
  expect(name).toHaveLength(63)
})

test('more warnings than there is room for: the last says how many', () => {
  const health = Array.from({ length: 20 }, (_, n) => `warning ${n}`)
  const told = made({ health }).health
  expect(told).toHaveLength(8)
  expect(told.at(-1)).toBe('and 13 more')
})

test('3000 devices: as many as a reading holds, online ones first, and the totals of all', () => {
  const text = statusText(nowMs, { extraPeers: 3000 })
  expect(text.length).toBeGreaterThan(5 * 1024 * 1024)
  const data = dataOf(text)
  expect(data.counts).toMatchObject({ peers: 3007, online: 1004 })
  expect(data.peers.length).toBeGreaterThan(50)
  expect(data.peers.every(({ isOnline }) => isOnline)).toBe(true)
  expect(Buffer.byteLength(JSON.stringify(data))).toBeLessThan(limits.readingBytes - 500)
})

test('the longest texts there can be still fit into a reading', () => {
  const long = 'ｗ'.repeat(300)
  const data = altered((status) => {
    Object.assign(status, { Version: long, Health: Array(50).fill(long) })
    Object.assign(status.CurrentTailnet, { Name: long, MagicDNSSuffix: long })
    for (const device of [status.Self, ...Object.values<Anything>(status.Peer)]) {
      Object.assign(device, { DNSName: long, OS: long, Relay: long, Tags: Array(16).fill(long) })
      device.TailscaleIPs = Array(16).fill(long)
      device.ExitNode = true
    }
  })
  expect(Buffer.byteLength(JSON.stringify(data))).toBeLessThan(limits.readingBytes - 500)
  expect(data.peers.length).toBeGreaterThan(0)
  expect(data.peers.length).toBeLessThanOrEqual(data.counts.peers)
})
