import { tailscaleStates } from '@tailboard/contracts/sources/tailscale'
import { expect, test } from 'vitest'
import { tailscaleSample } from '../testing/source-samples.ts'
import { words } from '../words/first-load.ts'
import { keyWarnings, presence, route, standing, versionWord } from './tailscale-view.ts'

const plain = (text: string) => text.replaceAll('\u00a0', ' ')
const nowMs = Date.parse('2031-03-04T05:06:07.000Z')
const sample = tailscaleSample()
const peerAt = (index: number) => {
  const peer = sample.peers[index]
  if (peer === undefined) throw new Error(`the sample has no peer ${index}`)
  return peer
}

test('only a tailnet that is up is called up', () => {
  expect(standing(sample)).toMatchObject({ tone: 'ok', text: words.tailscale.up, note: 'pi.tail1234.ts.net' })
  expect(standing({ ...sample, isUp: false })).toMatchObject({ tone: 'bad', text: words.tailscale.noContact })
  for (const state of tailscaleStates) {
    expect(standing({ ...sample, state, isUp: false }).tone).not.toBe('ok')
  }
  expect(standing({ ...sample, state: 'needs-login', isUp: false })).toMatchObject({ tone: 'bad' })
})

test('keys that run out are told with their days, this Pi’s own first', () => {
  expect(keyWarnings(sample, nowMs).map(({ message }) => plain(message))).toEqual([
    'The key of nas runs out in 12 days.',
  ])
  const self = { ...sample.self, key: { state: 'expired' as const, expires: null } }
  const counts = { ...sample.counts, keysRunningOut: 9 }
  expect(keyWarnings({ ...sample, self, counts }, nowMs).map(({ message }) => plain(message))).toEqual([
    'This Pi’s key has run out.',
    'The key of nas runs out in 12 days.',
    '7 more keys run out within 30 days.',
  ])
  const soon = { state: 'soon' as const, expires: '2031-03-04T09:00:00Z' }
  expect(keyWarnings({ ...sample, self: { ...sample.self, key: soon } }, nowMs)[0]?.message).toBe(
    'This Pi’s key runs out within a day.',
  )
})

test('a peer is online, offline since, never seen, or not known', () => {
  expect(presence(peerAt(0), nowMs)).toBe('online')
  expect(plain(presence(peerAt(4), nowMs))).toBe('offline, seen 3 days ago')
  expect(presence(peerAt(5), nowMs)).toBe('offline, never seen')
  expect(presence({ ...peerAt(0), isOnline: null }, nowMs)).toBe('not known')
})

test('how packets go, and what version runs', () => {
  expect(route(peerAt(1))).toBe('through a relay (fra)')
  expect(route(peerAt(0))).toBe('direct')
  expect(versionWord(sample.software)).toBe('1.96.4, update to 1.98.0')
  expect(versionWord({ ...sample.software, isUpdateAvailable: null })).toBe('1.96.4')
  expect(versionWord({ ...sample.software, version: null, latestVersion: null })).toBe(
    'unknown, update available',
  )
})
