import { cleanText } from '@tailboard/contracts'
import {
  tailscaleLimits as limits,
  type TailscaleData,
  type TailscalePeer,
  type TailscaleState,
} from '@tailboard/contracts/sources/tailscale'
import { connectionOf, type Device, isMullvad, keyOf, nameOf, timeOf, withoutDot } from './device.ts'
import { fitPeers } from './fit-peers.ts'
import type { Status } from './status.ts'
import type { Traffic } from './traffic.ts'

const states = new Map<string, TailscaleState>([
  ['Running', 'running'],
  ['Starting', 'starting'],
  ['Stopped', 'stopped'],
  ['NeedsLogin', 'needs-login'],
  ['NeedsMachineAuth', 'needs-machine-auth'],
  ['InUseOtherUser', 'in-use-by-other-user'],
  ['NoState', 'no-state'],
])

/** The status as the contract has it, with as many peers as a reading holds. */
export function toData(status: Status, traffic: Traffic, nowMs: number): TailscaleData {
  const { self, peers, logins, CurrentTailnet } = status
  const state = states.get(status.BackendState) ?? 'unknown'
  // Names and addresses outlive the connection: only these two together say that it stands.
  const isUp = state === 'running' && self.Online === true
  const own = peers.filter((peer) => peer.ShareeNode !== true && !isMullvad(peer))
  const shared = peers.filter((peer) => peer.ShareeNode === true).length

  const common = (device: Device) => ({
    name: clean(nameOf(device), limits.name),
    addresses: list(device.TailscaleIPs, limits.addresses, 45),
    os: clean(device.OS, 32),
    owner: device.Tags?.length ? null : clean(logins.get(device.userId ?? ''), limits.login),
    tags: list(device.Tags, limits.tags, limits.tag),
    key: keyOf(device, nowMs),
  })
  const toPeer = (peer: Device): TailscalePeer => {
    const connection = connectionOf(peer)
    return {
      ...common(peer),
      isOnline: isUp ? peer.Online === true : null,
      lastSeen: peer.Online ? null : timeOf(peer.LastSeen),
      connection,
      relay: connection === 'relay' ? clean(peer.Relay, 32) : null,
      receivedBytes: peer.RxBytes ?? 0,
      sentBytes: peer.TxBytes ?? 0,
      offersExitNode: peer.ExitNodeOption === true,
    }
  }
  const ofSelf = common(self)
  const listed = own.map(toPeer)
  const keys = [ofSelf, ...listed].map(({ key }) => key.state)
  const data: TailscaleData = {
    state,
    isUp,
    tailnet: CurrentTailnet
      ? {
          name: clean(CurrentTailnet.Name, limits.login),
          dnsSuffix: CurrentTailnet.MagicDNSEnabled
            ? clean(withoutDot(CurrentTailnet.MagicDNSSuffix), limits.dnsName)
            : null,
        }
      : null,
    self: {
      ...ofSelf,
      dnsName: clean(withoutDot(self.DNSName), limits.dnsName),
      isOnline: isUp,
      relay: clean(self.Relay, 32),
    },
    exitNode: exitNodeOf(status, isUp),
    counts: {
      peers: own.length,
      online: isUp ? listed.filter(({ isOnline }) => isOnline).length : null,
      keysRunningOut: keys.filter((key) => key === 'soon' || key === 'expired').length,
    },
    hidden: { shared, mullvad: peers.length - own.length - shared },
    traffic,
    peers: [],
    health: healthOf(status),
    software: softwareOf(status),
  }
  return { ...data, peers: fitPeers(listed, data) }
}

function exitNodeOf({ peers, ExitNodeStatus }: Status, isUp: boolean): TailscaleData['exitNode'] {
  const node = peers.find(({ ExitNode }) => ExitNode)
  if (node === undefined && !ExitNodeStatus) return null
  const { City, Country } = node?.Location ?? {}
  const place = [City, Country].filter((part) => part).join(', ')
  return {
    name: node ? clean(nameOf(node), limits.name) : null,
    isOnline: isUp ? (ExitNodeStatus?.Online ?? node?.Online ?? null) : null,
    place: clean(place, 80),
  }
}

function healthOf({ Health, AuthURL }: Status): string[] {
  const all = Health ?? []
  const most = limits.health
  const told = all.length > most ? [...all.slice(0, most - 1), `and ${all.length - most + 1} more`] : all
  return told.map((message) => {
    const safe = AuthURL ? message.replaceAll(AuthURL, '…') : message
    return cleanText(safe.replace(/https:\/\/login\.tailscale\.com\/a\/\S*/g, '…'), limits.healthText)
  })
}

function softwareOf({ Version, ClientVersion }: Status): TailscaleData['software'] {
  const latestVersion = clean(ClientVersion?.LatestVersion, 40)
  const isKnown = ClientVersion?.RunningLatest === true || latestVersion !== null
  return {
    // What follows is the commit that it was built from.
    version: clean(Version?.split('-')[0], 40),
    isUpdateAvailable: isKnown ? ClientVersion?.RunningLatest !== true : null,
    latestVersion,
    isUpdateUrgent: ClientVersion?.UrgentSecurityUpdate === true,
  }
}

function list(values: string[] | null | undefined, most: number, length: number): string[] {
  return (values ?? []).slice(0, most).map((value) => cleanText(value, length))
}

function clean(value: string | null | undefined, length: number): string | null {
  return cleanText(value ?? '', length) || null
}
