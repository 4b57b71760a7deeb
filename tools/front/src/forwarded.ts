import type { NetworkList } from './address.ts'

/** The headers that say on whose behalf a proxy calls: only a trusted peer's are kept. */
const managed = new Set([
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-method',
  'x-forwarded-port',
  'x-forwarded-prefix',
  'x-forwarded-proto',
  'x-forwarded-scheme',
  'x-forwarded-server',
  'x-forwarded-tls-client-cert',
  'x-forwarded-tls-client-cert-info',
  'x-forwarded-uri',
  'x-real-ip',
  'x-scheme',
])

/** Underscores too: some servers read `X_Forwarded_For` as the same header. */
const isManaged = (name: string) => managed.has(name.replaceAll('_', '-'))

const hopByHop = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]

export interface Peer {
  address: string
  host: string
  isWebSocket: boolean
  isTls: boolean
  trusted: NetworkList | null
}

/** The headers as they leave Traefik: hop-by-hop ones gone, forwarded ones its own (or, from a trusted peer, continued). */
export function forwardHeaders(incoming: ReadonlyMap<string, string[]>, peer: Peer): Map<string, string[]> {
  const headers = new Map(incoming)
  const named = (headers.get('connection') ?? [])
    .flatMap((v) => v.split(','))
    .map((v) => v.trim().toLowerCase())
  // `Connection: X-Forwarded-For` must not take away what we say ourselves.
  for (const name of [...hopByHop, ...named.filter((n) => !isManaged(n))]) headers.delete(name)

  const isTrusted = peer.trusted?.contains(peer.address) ?? false
  if (!isTrusted) for (const name of [...headers.keys()]) if (isManaged(name)) headers.delete(name)

  const set = (name: string, value: string) => {
    if ((headers.get(name)?.[0] ?? '') === '') headers.set(name, [value])
  }
  const scheme = `${peer.isWebSocket ? 'ws' : 'http'}${peer.isTls ? 's' : ''}`
  set('x-real-ip', peer.address)
  set('x-forwarded-proto', scheme)
  set(
    'x-forwarded-port',
    /:(\d+)$/.exec(peer.host)?.[1] ?? (/s$/.test(headers.get('x-forwarded-proto')?.[0] ?? '') ? '443' : '80'),
  )
  if (peer.host !== '') set('x-forwarded-host', peer.host)
  headers.set('x-forwarded-for', [[...(headers.get('x-forwarded-for') ?? []), peer.address].join(', ')])
  return headers
}

/** What of an upstream's answer is passed on, as a flat list for writeHead. */
export function answerHeaders(raw: readonly string[]): string[] {
  const kept: string[] = []
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] as string
    if (!hopByHop.includes(name.toLowerCase())) kept.push(name, raw[i + 1] as string)
  }
  return kept
}

/** A map of headers as node:http sends it. */
export function outgoing(headers: ReadonlyMap<string, string[]>): Record<string, string | string[]> {
  return Object.fromEntries(
    [...headers].map(([name, values]) => [name, values.length === 1 ? (values[0] as string) : values]),
  )
}
