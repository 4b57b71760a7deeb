import { BlockList, isIP } from 'node:net'
import { RoutingError } from './routing-error.ts'

/** An address as lists compare it: no zone, and an IPv4 address that arrived on an IPv6 socket (`::ffff:a.b.c.d`) as IPv4. */
export function plainAddress(address: string): string {
  const bare = address.replace(/%.*$/, '')
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)
  return mapped?.[1] ?? bare
}

/** Networks and addresses, as Traefik's `sourceRange` and `trustedIPs` take them. */
export interface NetworkList {
  ranges: string[]
  contains(address: string): boolean
}

/** Throws RoutingError on an empty list or an entry that is neither an address nor a network: Traefik disables what uses it. */
export function networkList(ranges: string[]): NetworkList {
  if (ranges.length === 0) throw new RoutingError('the list of networks is empty')
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', bits, ...rest] = range.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    const max = family === 'ipv6' ? 128 : 32
    const isBitsValid = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= max)
    if (isIP(address) === 0 || address.includes('%') || rest.length > 0 || !isBitsValid)
      throw new RoutingError(`"${range}" is neither an address nor a network`)
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return {
    ranges,
    contains(address) {
      const plain = plainAddress(address)
      const family = isIP(plain)
      return family !== 0 && list.check(plain, family === 6 ? 'ipv6' : 'ipv4')
    },
  }
}
