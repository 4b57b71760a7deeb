import { TailboardError } from '@tailboard/contracts'
import * as v from 'valibot'
import { agreed } from './agreed.ts'
import { type Device, parseDevice } from './device.ts'
import { members, parseValue } from './members.ts'

const string = v.optional(v.nullable(v.string()))
const flag = v.optional(v.nullable(v.boolean()), false)

/** What we read of tailscaled's ipnstate.Status besides the devices. */
const statusSchema = v.object({
  BackendState: v.string(),
  Version: string,
  /** Whoever opens it logs this Pi in: it must reach nobody. */
  AuthURL: string,
  Health: v.optional(v.nullable(v.array(v.string()))),
  CurrentTailnet: v.optional(
    v.nullable(v.object({ Name: string, MagicDNSSuffix: string, MagicDNSEnabled: flag })),
  ),
  ExitNodeStatus: v.optional(v.nullable(v.object({ Online: flag }))),
  /** Null unless tailscaled looks for updates. */
  ClientVersion: v.optional(
    v.nullable(v.object({ RunningLatest: flag, LatestVersion: string, UrgentSecurityUpdate: flag })),
  ),
})
const userSchema = v.object({ LoginName: string })

/** Of devices and of people. A run has 24 MB for all that it makes. */
const mostEntries = 5000
/** Of one part that is not taken apart further (B). */
const mostBytes = 64 * 1024

const wanted = new Set(Object.keys(statusSchema.entries))

export type Status = v.InferOutput<typeof statusSchema> & {
  self: Device
  peers: Device[]
  /** Login names by the text of their id. */
  logins: Map<string, string>
}

/**
 * The body of GET status.
 * @throws TailboardError `malformed` naming the field
 */
export function parseStatus(body: Buffer): Status {
  const found: Record<string, unknown> = {}
  const parts: Record<string, Buffer> = {}
  for (const [key, value] of members(body)) {
    if (key === 'Self' || key === 'Peer' || key === 'User') parts[key] = value
    else if (wanted.has(key)) found[key] = parseValue(value, mostBytes)
  }
  return {
    ...agreed(statusSchema, found, 'The answer of Tailscale'),
    self: parseDevice(orEmpty(parts.Self), 'This device in the answer of Tailscale'),
    peers: Array.from(entries(parts.Peer), ([, json]) =>
      parseDevice(json, 'A device in the answer of Tailscale'),
    ),
    logins: new Map(Array.from(entries(parts.User), ([id, json]) => [id, parseLogin(json)])),
  }
}

function parseLogin(json: Buffer): string {
  const user = agreed(userSchema, parseValue(json, mostBytes), 'A user in the answer of Tailscale')
  return user.LoginName ?? ''
}

function* entries(json: Buffer | undefined): Generator<[key: string, value: Buffer]> {
  let count = 0
  for (const entry of members(orEmpty(json))) {
    if (++count > mostEntries) {
      throw new TailboardError('malformed', `Tailscale tells of more than ${mostEntries} devices or users`, {
        hint: 'That is more than a Pi has memory for. Is it tailscaled that listens at that socket?',
      })
    }
    yield entry
  }
}

/** Go writes an empty map as null. */
function orEmpty(json: Buffer | undefined): Buffer {
  return json === undefined || json.toString('latin1', 0, 5) === 'null' ? Buffer.from('{}') : json
}
