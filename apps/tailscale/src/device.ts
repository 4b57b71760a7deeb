import type { TailscaleConnection, TailscaleKeyState } from '@tailboard/contracts/sources/tailscale'
import * as v from 'valibot'
import { agreed } from './agreed.ts'
import { members, parseValue } from './members.ts'

const string = v.optional(v.nullable(v.string()))
/** A reading shows fewer; what is kept of each of thousands is bounded here. */
const strings = v.optional(
  v.nullable(
    v.pipe(
      v.array(v.string()),
      v.transform((list) => list.slice(0, 8)),
    ),
  ),
)
const flag = v.optional(v.nullable(v.boolean()), false)
const bytes = v.optional(v.nullable(v.pipe(v.number(), v.finite(), v.minValue(0))))

/** What we read of tailscaled's PeerStatus. It says of itself that it may change: only a wrong type is refused. */
const deviceSchema = v.object({
  HostName: string,
  DNSName: string,
  OS: string,
  TailscaleIPs: strings,
  Tags: strings,
  CurAddr: string,
  PeerRelay: string,
  Relay: string,
  RxBytes: bytes,
  TxBytes: bytes,
  LastSeen: string,
  KeyExpiry: string,
  Online: flag,
  Active: flag,
  Expired: flag,
  ExitNode: flag,
  ExitNodeOption: flag,
  ShareeNode: flag,
  Location: v.optional(v.nullable(v.object({ City: string, Country: string }))),
})
/** Of one field (B): the longest that we read is a list of tags. */
const mostBytes = 16 * 1024
const wanted = new Set(Object.keys(deviceSchema.entries))

/** One device of the tailnet as tailscaled tells it. `userId` is the text of the number: it may be beyond 2^53. */
export type Device = v.InferOutput<typeof deviceSchema> & { userId: string | null }

/** @throws TailboardError `malformed` naming `what` and the field */
export function parseDevice(json: Buffer, what: string): Device {
  const found: Record<string, unknown> = {}
  let userId: string | null = null
  for (const [key, value] of members(json)) {
    if (key === 'UserID') userId = value.toString('latin1', 0, 24)
    else if (wanted.has(key)) found[key] = parseValue(value, mostBytes)
  }
  return { ...agreed(deviceSchema, found, what), userId }
}

/** The first label of the DNS name, which is unique in a tailnet; HostName is not, and may hold anything. */
export function nameOf({ DNSName, HostName }: Device): string | null {
  return DNSName?.split('.')[0] || HostName || null
}

/** Whether it is one of the many exit nodes that Mullvad rents out. */
export function isMullvad({ Location, ExitNodeOption }: Device): boolean {
  return Location != null && ExitNodeOption === true
}

/** An address in CurAddr is one that packets take right now. A relay stands in Relay also while nothing is sent. */
export function connectionOf({ CurAddr, PeerRelay, Relay, Active }: Device): TailscaleConnection {
  if (CurAddr) return 'direct'
  if (PeerRelay) return 'peer-relay'
  return Relay && Active ? 'relay' : 'idle'
}

const soonMs = 30 * 86_400_000

/** Without a time of expiry a key never runs out: that is how tailscaled tells it. */
export function keyOf(
  { KeyExpiry, Expired }: Device,
  nowMs: number,
): { state: TailscaleKeyState; expires: string | null } {
  const expires = timeOf(KeyExpiry)
  if (Expired) return { state: 'expired', expires }
  if (expires === null) return { state: 'never', expires }
  const leftMs = Date.parse(expires) - nowMs
  return { state: leftMs <= 0 ? 'expired' : leftMs <= soonMs ? 'soon' : 'valid', expires }
}

/** Go writes a time that is none as the year 1. Seconds are enough for a person, and a list of them is long. */
export function timeOf(text: string | null | undefined): string | null {
  const time = new Date(text ?? '')
  const year = time.getUTCFullYear()
  // Also what is no time at all: then the year is NaN.
  if (!(year >= 1970 && year <= 9999)) return null
  return `${time.toISOString().slice(0, 19)}Z`
}

export function withoutDot(dnsName: string | null | undefined): string | null {
  return dnsName?.replace(/\.$/, '') || null
}
