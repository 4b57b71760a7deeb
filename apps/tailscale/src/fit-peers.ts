import { limits } from '@tailboard/contracts'
import {
  type TailscaleData,
  type TailscalePeer,
  tailscaleLimits,
} from '@tailboard/contracts/sources/tailscale'

/** Left for what a reading holds besides its data: node, times, clock (B). */
const envelopeBytes = 1024

/** As many of the peers as a reading has room for besides `rest`: the online ones first, then those seen last. */
export function fitPeers(peers: TailscalePeer[], rest: TailscaleData): TailscalePeer[] {
  let left = limits.readingBytes - envelopeBytes - bytesOf(rest)
  const fitting: TailscalePeer[] = []
  for (const peer of peers.toSorted(compare)) {
    // And a comma.
    left -= bytesOf(peer) + 1
    if (left < 0 || fitting.length === tailscaleLimits.peers) break
    fitting.push(peer)
  }
  return fitting
}

function bytesOf(value: object): number {
  return Buffer.byteLength(JSON.stringify(value))
}

function compare(a: TailscalePeer, b: TailscalePeer): number {
  return (
    Number(b.isOnline === true) - Number(a.isOnline === true) ||
    order(b.lastSeen ?? '', a.lastSeen ?? '') ||
    order(a.name ?? '', b.name ?? '')
  )
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
