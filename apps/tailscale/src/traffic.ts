import type { TailscaleData } from '@tailboard/contracts/sources/tailscale'
import type { TimeSource } from '@tailboard/service/clock'
import * as v from 'valibot'
import type { Device } from './device.ts'

export type Traffic = TailscaleData['traffic']

const count = v.pipe(v.number(), v.finite())

/** What one run counted, kept for the next. `daemon` names one start of tailscaled: its counters begin there. */
export const countedSchema = v.object({
  boot: v.string(),
  ms: count,
  daemon: v.string(),
  receivedBytes: count,
  sentBytes: count,
})
export type Counted = v.InferOutput<typeof countedSchema>

export function countTraffic(peers: Device[], time: TimeSource, daemon: string): Counted {
  const sum = (of: (peer: Device) => number) => peers.reduce((total, peer) => total + of(peer), 0)
  return {
    boot: time.boot,
    ms: time.monotonicMs(),
    daemon,
    receivedBytes: sum(({ RxBytes }) => RxBytes ?? 0),
    sentBytes: sum(({ TxBytes }) => TxBytes ?? 0),
  }
}

/** @param mostMs a run longer ago than this tells nothing of now */
export function trafficSince(last: Counted | null, now: Counted, mostMs: number): Traffic {
  const { receivedBytes, sentBytes } = now
  const unknown = { receivedBytes, sentBytes, receivedBytesPerS: null, sentBytesPerS: null }
  if (last === null || last.boot !== now.boot || last.daemon !== now.daemon) return unknown
  const passedMs = now.ms - last.ms
  if (passedMs <= 0 || passedMs > mostMs) return unknown
  const received = receivedBytes - last.receivedBytes
  const sent = sentBytes - last.sentBytes
  // A device has left, and took its counters with it.
  if (received < 0 || sent < 0) return unknown
  return {
    receivedBytes,
    sentBytes,
    receivedBytesPerS: (received * 1000) / passedMs,
    sentBytesPerS: (sent * 1000) / passedMs,
  }
}
