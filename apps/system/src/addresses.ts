/** The texts of /proc/1/net, and the interfaces that they are wanted for. */
export interface AddressFiles {
  names: string[]
  fibTrie: string
  route: string
  ifInet6: string
}

interface Route {
  name: string
  network: number
  mask: number
}

/**
 * Addresses by interface, IPv4 first. The kernel's text files say which IPv4 addresses are local and which network
 * lies behind which interface, not which address is whose: where two interfaces share one network, and nowhere else,
 * that can't be told, and the address is left out rather than guessed.
 */
export function addressesByInterface({
  names,
  fibTrie,
  route,
  ifInet6,
}: AddressFiles): Map<string, string[]> {
  const found = new Map<string, string[]>(names.map((name) => [name, []]))
  const routes = parseConnectedRoutes(route)
  const tunnels = names.filter((name) => name.startsWith('tailscale'))
  for (const address of parseLocalAddresses(fibTrie)) {
    const number = toNumber(address)
    const around = routes.filter(({ network, mask }) => (number & mask) >>> 0 === network)
    const narrowest = around.reduce((most, { mask }) => Math.max(most, mask), 0)
    const owners = new Set(around.filter(({ mask }) => mask === narrowest).map(({ name }) => name))
    // The tailnet's routes stand in a table of their own, which no file shows.
    const candidates = owners.size === 0 && isTailnet(number) ? tunnels : [...owners]
    if (candidates.length === 1) found.get(candidates[0] ?? '')?.push(address)
  }
  for (const { name, address } of parseIfInet6(ifInet6)) found.get(name)?.push(address)
  return found
}

/** Local IPv4 addresses of /proc/net/fib_trie, without loopback, each once. */
export function parseLocalAddresses(text: string): string[] {
  const found = new Set<string>()
  let leaf = ''
  for (const line of text.split('\n')) {
    const start = /\|-- (\d+\.\d+\.\d+\.\d+)$/.exec(line)
    if (start?.[1] !== undefined) leaf = start[1]
    else if (line.trim() === '/32 host LOCAL' && leaf !== '' && !leaf.startsWith('127.')) found.add(leaf)
  }
  return [...found]
}

/** Networks that lie directly behind an interface, of /proc/net/route. Its numbers are little-endian. */
export function parseConnectedRoutes(text: string): Route[] {
  const found: Route[] = []
  for (const line of text.split('\n').slice(1)) {
    const [name, destination, gateway, flags, , , , mask] = line.trim().split(/\s+/)
    if (name === undefined || destination === undefined || gateway !== '00000000' || mask === undefined)
      continue
    const isOn = (Number.parseInt(flags ?? '', 16) & 1) === 1
    const network = swap(destination)
    const bits = swap(mask)
    if (isOn && bits > 0 && Number.isFinite(network)) found.push({ name, network, mask: bits })
  }
  return found
}

/** Global addresses of /proc/net/if_inet6, without temporary and outdated ones. */
export function parseIfInet6(text: string): { name: string; address: string }[] {
  const found = []
  for (const line of text.split('\n')) {
    const match = /^([0-9a-f]{32}) [0-9a-f]+ [0-9a-f]+ ([0-9a-f]+) ([0-9a-f]+) +(\S+)$/.exec(line)
    if (match?.[1] === undefined || match[4] === undefined) continue
    const isGlobal = Number.parseInt(match[2] ?? '', 16) === 0
    const isPassing = (Number.parseInt(match[3] ?? '', 16) & 0x21) !== 0
    if (isGlobal && !isPassing) found.push({ name: match[4], address: shortIpv6(match[1]) })
  }
  return found
}

function shortIpv6(hex: string): string {
  const groups = (hex.match(/.{4}/g) ?? []).join(':')
  // The URL parser writes addresses as RFC 5952 wants them.
  return new URL(`http://[${groups}]`).hostname.slice(1, -1)
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}

function swap(hex: string): number {
  return Number.parseInt((hex.match(/../g) ?? []).reverse().join(''), 16)
}

/** 100.64.0.0/10 */
function isTailnet(address: number): boolean {
  return address >>> 22 === toNumber('100.64.0.0') >>> 22
}
