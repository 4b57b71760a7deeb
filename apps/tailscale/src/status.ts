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
  User: v.optional(v.nullable(v.record(v.string(), v.object({ LoginName: string })))),
})
const wanted = new Set(Object.keys(statusSchema.entries))

export type Status = v.InferOutput<typeof statusSchema> & {
  self: Device
  peers: Device[]
}

/**
 * The body of GET status.
 * @throws TailboardError `malformed` naming the field
 */
export function parseStatus(body: Buffer): Status {
  const found: Record<string, unknown> = {}
  const nobody = Buffer.from('{}')
  let self: Buffer = nobody
  let peers: Buffer = nobody
  for (const [key, value] of members(body)) {
    if (key === 'Self') self = isNull(value) ? nobody : value
    else if (key === 'Peer') peers = isNull(value) ? nobody : value
    else if (wanted.has(key)) found[key] = parseValue(value)
  }
  return {
    ...agreed(statusSchema, found, 'The answer of Tailscale'),
    self: parseDevice(self, 'This device in the answer of Tailscale'),
    peers: Array.from(members(peers), ([, value]) =>
      parseDevice(value, 'A device in the answer of Tailscale'),
    ),
  }
}

function isNull(json: Buffer): boolean {
  return json.length === 4 && json.toString('latin1') === 'null'
}
