import * as v from 'valibot'
import { amount, field } from '../field.ts'
import { defineSource } from '../source.ts'
import { text } from '../text.ts'
import { isoTime } from '../time.ts'

/** What keeps the reading within its 32 KB, whatever the tailnet holds. The listed peers are fewer where names are long. */
export const tailscaleLimits = {
  peers: 100,
  name: 63,
  dnsName: 253,
  login: 80,
  tags: 5,
  tag: 40,
  addresses: 4,
  health: 8,
  healthText: 300,
} as const

/**
 * What tailscaled says of itself (its BackendState). `running` is switched on and logged in, which is not yet connected:
 * that is `isUp`. `unknown`: a word that we don't know.
 */
export const tailscaleStates = [
  'running',
  'starting',
  'stopped',
  'needs-login',
  'needs-machine-auth',
  'in-use-by-other-user',
  'no-state',
  'unknown',
] as const
export type TailscaleState = (typeof tailscaleStates)[number]

/** How packets go to a peer now. `relay`: through a relay of Tailscale's. `peer-relay`: through another own device. */
export const tailscaleConnections = ['direct', 'peer-relay', 'relay', 'idle'] as const
export type TailscaleConnection = (typeof tailscaleConnections)[number]

/** `soon`: within 30 days. `never`: its expiry is switched off. */
export const tailscaleKeyStates = ['never', 'valid', 'soon', 'expired'] as const
export type TailscaleKeyState = (typeof tailscaleKeyStates)[number]

const count = v.pipe(amount, v.integer())
const flag = v.nullable(v.boolean())
const name = field(v.nullable(text(tailscaleLimits.name)), { label: 'Name' })

/** What is told of this Pi and of a peer alike. */
const device = {
  /** The first label of its name in the tailnet, which is unique there; else what it calls itself. */
  name,
  addresses: field(v.pipe(v.array(text(45)), v.maxLength(tailscaleLimits.addresses)), { label: 'Addresses' }),
  os: field(v.nullable(text(32)), { label: 'System' }),
  /** Who added it. Null: it belongs to its tags, or nobody tells. */
  owner: field(v.nullable(text(tailscaleLimits.login)), { label: 'Owner' }),
  tags: field(v.pipe(v.array(text(tailscaleLimits.tag)), v.maxLength(tailscaleLimits.tags)), {
    label: 'Tags',
  }),
  key: v.object({
    state: field(v.picklist(tailscaleKeyStates), { label: 'Key' }),
    expires: field(v.nullable(isoTime), { label: 'Key runs out' }),
  }),
}

const peer = v.object({
  ...device,
  /** In contact with Tailscale's servers. Null: this Pi is not in contact itself, so nobody tells. */
  isOnline: field(flag, { label: 'Online' }),
  /** Null: it is online, or was never seen. */
  lastSeen: field(v.nullable(isoTime), { label: 'Last seen' }),
  connection: field(v.picklist(tailscaleConnections), { label: 'Connection' }),
  /** The place of the relay, such as `fra`; only of a connection through one. */
  relay: v.nullable(text(32)),
  /** Since tailscaled started. */
  receivedBytes: field(amount, { label: 'Received', unit: 'B' }),
  sentBytes: field(amount, { label: 'Sent', unit: 'B' }),
  offersExitNode: field(v.boolean(), { label: 'Exit node' }),
})
export type TailscalePeer = v.InferOutput<typeof peer>

/** The tailnet as the tailscaled of this Pi sees it. */
export const tailscaleData = v.object({
  state: field(v.picklist(tailscaleStates), { label: 'Tailscale' }),
  /** Running and in contact with Tailscale's servers. */
  isUp: field(v.boolean(), { label: 'Tailnet up' }),
  /** Null: logged out. */
  tailnet: v.nullable(
    v.object({
      name: field(v.nullable(text(tailscaleLimits.login)), { label: 'Tailnet' }),
      /** What follows a peer's name and a dot in its full one. Null: names are switched off. */
      dnsSuffix: v.nullable(text(tailscaleLimits.dnsName)),
    }),
  ),
  self: v.object({
    ...device,
    /** The full name, without the dot at its end. */
    dnsName: field(v.nullable(text(tailscaleLimits.dnsName)), { label: 'Name in the tailnet' }),
    isOnline: field(v.boolean(), { label: 'Online' }),
    /** The relay that is nearest to it. */
    relay: field(v.nullable(text(32)), { label: 'Nearest relay' }),
  }),
  /** The way out to the internet that this Pi takes. Null: its own. */
  exitNode: v.nullable(
    v.object({
      name,
      isOnline: field(flag, { label: 'Exit node online' }),
      /** Where Mullvad has it. */
      place: v.nullable(text(80)),
    }),
  ),
  counts: v.object({
    /** The owner's own, this Pi not among them: `hidden` is not counted in. */
    peers: field(count, { label: 'Other devices' }),
    online: field(v.nullable(count), { label: 'Online', series: true }),
    /** Keys that run out within 30 days or have; this Pi's own among them. */
    keysRunningOut: field(count, { label: 'Keys that run out within 30 days' }),
  }),
  hidden: v.object({
    /** Devices of people with whom something here was shared. */
    shared: field(count, { label: 'Devices of others' }),
    /** Exit nodes that Mullvad rents out. */
    mullvad: field(count, { label: 'Mullvad exit nodes' }),
  }),
  /** Of all devices together, the hidden ones too. Bytes since tailscaled started; rates since the run before. */
  traffic: v.object({
    receivedBytes: field(amount, { label: 'Received', unit: 'B' }),
    sentBytes: field(amount, { label: 'Sent', unit: 'B' }),
    receivedBytesPerS: field(v.nullable(amount), { label: 'From the tailnet', unit: 'B/s', series: true }),
    sentBytesPerS: field(v.nullable(amount), { label: 'To the tailnet', unit: 'B/s', series: true }),
  }),
  /** The online ones first, then those seen last. Fewer than `counts.peers` where not all fit. */
  peers: field(v.pipe(v.array(peer), v.maxLength(tailscaleLimits.peers)), { label: 'Devices' }),
  /** What tailscaled itself finds wrong. */
  health: field(v.pipe(v.array(text(tailscaleLimits.healthText)), v.maxLength(tailscaleLimits.health)), {
    label: 'Warnings',
  }),
  software: v.object({
    version: field(v.nullable(text(40)), { label: 'Version' }),
    /** Null: it does not look for updates. */
    isUpdateAvailable: field(flag, { label: 'Update available' }),
    latestVersion: v.nullable(text(40)),
    isUpdateUrgent: v.boolean(),
  }),
})
export type TailscaleData = v.InferOutput<typeof tailscaleData>

export const tailscale = defineSource({
  id: 'tailscale',
  title: 'Tailnet',
  description: 'Whether the tailnet is up, and who is on it.',
  life: 'poll',
  schema: 1,
  data: tailscaleData,
  defaults: { enabled: true, intervalSeconds: 60, timeoutSeconds: 20 },
  settings: {},
  commands: {},
  variables: {
    TAILSCALE_SOCKET: {
      // 107 bytes is the longest name that a Unix socket can have.
      schema: v.pipe(v.string(), v.regex(/^\/[\x21-\x7e]{1,106}$/, 'must be the path of a socket')),
      default: '/var/run/tailscale/tailscaled.sock',
      description:
        'The socket of tailscaled. Its folder is mounted, not the file: tailscaled makes a new one at each start.',
    },
  },
  givesBack: false,
})
