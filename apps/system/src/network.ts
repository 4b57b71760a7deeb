import { TailboardError } from '@tailboard/contracts'
import { addressesByInterface } from './addresses.ts'
import { type HostRoots, listIfThere, readIfThere, readRequired } from './host-files.ts'

export interface NetworkInterface {
  name: string
  isUp: boolean
  addresses: string[]
  receivedBytes: number
  sentBytes: number
}

const mostInterfaces = 16
const mostAddresses = 16

/**
 * What containers, virtual machines and the kernel itself make. By name and not by "has hardware behind it": the
 * tailnet's, a VPN's, a bond or an access point's bridge have none and are the host's own all the same.
 */
const notTheHosts =
  /^(lo$|veth|br-[0-9a-f]{12}$|docker|podman|cni|flannel|cali|kube|virbr|vnet|lxc|lxdbr|ifb\d|dummy\d|teql\d|(tunl|sit|gre|gretap|erspan|ip6tnl|ip6gre|ip_vti|ip6_vti)0$)/

/** Whether an interface is the host's own. */
export function isHostInterface(name: string): boolean {
  return !notTheHosts.test(name)
}

/** /proc/1/net/dev: bytes since each came up. @throws TailboardError `malformed` */
export function parseNetDev(text: string): { name: string; receivedBytes: number; sentBytes: number }[] {
  const found = []
  for (const line of text.split('\n').slice(2)) {
    if (line.trim() === '') continue
    // The colon may touch the first number.
    const colon = line.indexOf(':')
    const numbers = line
      .slice(colon + 1)
      .trim()
      .split(/\s+/)
      .map(Number)
    const [receivedBytes, sentBytes] = [numbers[0], numbers[8]]
    if (colon < 0 || !isCount(receivedBytes) || !isCount(sentBytes)) {
      throw new TailboardError('malformed', `A line of /proc/1/net/dev is not as expected: ${line}`)
    }
    found.push({ name: line.slice(0, colon).trim(), receivedBytes, sentBytes })
  }
  return found
}

function isCount(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value) && value >= 0
}

/**
 * The host's own interfaces, those with hardware first. Through process 1, since /proc/net is a link to the reader's own.
 * @throws TailboardError when they can't be read at all
 */
export async function readNetwork(roots: HostRoots): Promise<NetworkInterface[]> {
  const net = `${roots.procPath}/1/net`
  const counted = parseNetDev(await readRequired(`${net}/dev`)).filter(({ name }) => isHostInterface(name))
  const addresses = addressesByInterface({
    names: counted.map(({ name }) => name),
    fibTrie: (await readIfThere(`${net}/fib_trie`)) ?? '',
    route: (await readIfThere(`${net}/route`)) ?? '',
    ifInet6: (await readIfThere(`${net}/if_inet6`)) ?? '',
  })
  const found = []
  for (const { name, ...counters } of counted) {
    const folder = `${roots.sysPath}/class/net/${name}`
    const own = (addresses.get(name) ?? []).slice(0, mostAddresses)
    const hasHardware = (await listIfThere(folder)).includes('device')
    found.push({ hasHardware, name, isUp: await isUp(folder, own), addresses: own, ...counters })
  }
  return found
    .sort((a, b) => Number(b.hasHardware) - Number(a.hasHardware))
    .slice(0, mostInterfaces)
    .map(({ hasHardware, ...shown }) => shown)
}

/** A tunnel's state is `unknown` while it works: then the flag that it was switched on decides. */
async function isUp(folder: string, addresses: string[]): Promise<boolean> {
  const state = (await readIfThere(`${folder}/operstate`))?.trim()
  if (state === undefined) return addresses.length > 0
  if (state !== 'unknown') return state === 'up'
  return (Number(await readIfThere(`${folder}/flags`)) & 1) === 1
}
