import { readFileSync } from 'node:fs'
import { BlockList, isIP } from 'node:net'
import type { FastifyInstance } from 'fastify'

declare module 'fastify' {
  interface FastifyRequest {
    /** Where the request came from: the visitor, when the proxy that we trust says so, else the socket's own end. */
    address: string
  }
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

export type TrustedProxy = 'network-gateway' | 'loopback'

/** Notes each request's address. X-Forwarded-For counts only when the socket's own end is the proxy. */
export function addAddress(app: FastifyInstance, proxy: TrustedProxy, procRoot = '/proc'): void {
  const gateways = proxy === 'network-gateway' ? defaultGateways(procRoot) : new Set<string>()
  const isProxy = (address: string) => (proxy === 'loopback' ? isLoopback(address) : gateways.has(address))
  app.decorateRequest('address', '')
  app.addHook('onRequest', async (request) => {
    const socket = plainAddress(request.raw.socket?.remoteAddress ?? '')
    const forwarded = request.headers['x-forwarded-for']
    request.address = isProxy(socket) && forwarded !== undefined ? visitor(String(forwarded), socket) : socket
  })
}

/**
 * The visitor in a list of forwarded addresses: the last that is not this machine itself. Traefik keeps a list that came
 * from loopback (`tailscale serve`) and adds loopback to it; any other list it replaces.
 */
function visitor(forwarded: string, socket: string): string {
  const addresses = forwarded.split(',').map((part) => plainAddress(part.trim()))
  const last = addresses.findLast((address) => !isLoopback(address))
  const found = last ?? addresses.at(-1) ?? ''
  return isIP(found) === 0 ? socket : found
}

function isLoopback(address: string): boolean {
  const family = isIP(address)
  return family !== 0 && loopback.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

/** An IPv4 address that a socket on `::` reports as IPv6, as itself; no zone. */
function plainAddress(address: string): string {
  return address
    .toLowerCase()
    .replace(/^::ffff:(?=\d+\.)/, '')
    .replace(/%.*$/, '')
}

/** The default gateways of this network namespace: in a container, the host. */
export function defaultGateways(procRoot: string): Set<string> {
  const found = new Set<string>()
  for (const line of readLines(`${procRoot}/net/route`).slice(1)) {
    const [, destination, gateway] = line.trim().split(/\s+/)
    if (destination !== '00000000' || gateway === undefined || !/^[0-9A-Fa-f]{8}$/.test(gateway)) continue
    // The kernel prints the number as the processor holds it: little-endian on all that we run on.
    found.add([...Buffer.from(gateway, 'hex')].reverse().join('.'))
  }
  for (const line of readLines(`${procRoot}/net/ipv6_route`)) {
    const fields = line.trim().split(/\s+/)
    const gateway = fields[4] ?? ''
    if (!/^0{32}$/.test(fields[0] ?? '') || fields[1] !== '00' || !/^[0-9a-f]{32}$/.test(gateway)) continue
    if (/^0{32}$/.test(gateway)) continue
    found.add(compactIpv6(gateway))
  }
  found.delete('0.0.0.0')
  return found
}

function compactIpv6(hex: string): string {
  const groups = hex.match(/.{4}/g) ?? []
  // A URL writes an address in its one canonical form, which is also how a socket reports it.
  return new URL(`http://[${groups.join(':')}]/`).hostname.slice(1, -1)
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n')
  } catch {
    return []
  }
}
