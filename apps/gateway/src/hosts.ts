import { BlockList, isIP } from 'node:net'
import { hostname } from 'node:os'
import { type LiveModel, systemData, tailscaleData } from '@tailboard/contracts'
import * as v from 'valibot'

/** Addresses of house, tailnet and machine. A page of another site can't be rebound to them by name. */
const privateAddresses = new BlockList()
for (const [network, bits] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
] as const) {
  privateAddresses.addSubnet(network, bits, 'ipv4')
}
privateAddresses.addAddress('::1', 'ipv6')
privateAddresses.addSubnet('fc00::', 7, 'ipv6')
privateAddresses.addSubnet('fe80::', 10, 'ipv6')

/** Names of the container itself: health checks and other containers of the project use them. */
const internalNames = ['localhost', 'web-gateway', hostname().toLowerCase()]

/** The name in a Host header, in lower case, without port, brackets and trailing dot; null when there is none. */
export function hostNameOf(header: string | undefined): string | null {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]/@\s]+))(?::\d{1,5})?$/.exec(header ?? '')
  const name = (match?.[1] ?? match?.[2] ?? '').toLowerCase().replace(/\.$/, '')
  return name === '' ? null : name
}

/** Whether the dashboard is known by the name in this Host header (docs/adr/0004-host-check.md). */
export function isKnownHost(
  header: string | undefined,
  extra: readonly string[],
  model: LiveModel | null,
): boolean {
  const name = hostNameOf(header)
  if (name === null) return false
  const family = isIP(name)
  if (family !== 0 && privateAddresses.check(name, family === 6 ? 'ipv6' : 'ipv4')) return true
  if (internalNames.includes(name)) return true
  if (extra.some((known) => hostNameOf(known) === name)) return true
  return model !== null && namesOf(model).includes(name)
}

/** The names and addresses that readings tell of this node. */
function namesOf(model: LiveModel): string[] {
  const names = [model.node, `${model.node}.local`]
  const system = v.safeParse(systemData, model.sources.system.reading?.data)
  if (system.success) {
    const host = system.output.host.name?.toLowerCase()
    if (host !== undefined) names.push(host, `${host}.local`)
    for (const { addresses } of system.output.network) {
      names.push(...addresses.map((address) => address.toLowerCase().replace(/[/%].*$/, '')))
    }
  }
  const tailscale = v.safeParse(tailscaleData, model.sources.tailscale.reading?.data)
  if (tailscale.success) {
    const { self } = tailscale.output
    names.push(...self.addresses.map((address) => address.toLowerCase()))
    const full = self.dnsName?.toLowerCase()
    // Its short name too: MagicDNS answers to both.
    if (full !== undefined) names.push(full, full.replace(/\..*$/, ''))
  }
  return names
}
