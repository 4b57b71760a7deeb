import { readFileSync } from 'node:fs'
import { type ErrorKind, TailboardError } from '@tailboard/contracts'

/** Who is asked and where, for messages. */
export interface Peer {
  who: string
  host: string
  port: number
  socketPath: string | null
}

type Told = [kind: ErrorKind, message: string, hint?: string]

/** Whatever connecting, TLS or HTTP threw, as a failure for a person. What is no system error is a bug and stays one. */
export function toHttpError(error: unknown, peer: Peer): unknown {
  if (error instanceof TailboardError || !(error instanceof Error)) return error
  const code = codeOf(error)
  if (code === undefined) return error
  const told = fromCode(code, peer)
  if (told === null) return error
  const [kind, message, hint] = told
  return new TailboardError(kind, message, { ...(hint === undefined ? {} : { hint }), cause: error })
}

export function toTooLarge({ who }: Peer, maxBytes: number): TailboardError {
  return new TailboardError('malformed', `${who} sent more than ${Math.round(maxBytes / 1024)} kB`, {
    hint: 'That is no answer to what was asked. Look at what listens at that address.',
  })
}

/** Of several addresses that were tried, the first one's failure stands for all. */
function codeOf(error: Error): string | undefined {
  const first = error instanceof AggregateError ? (error.errors[0] as unknown) : undefined
  return (error as NodeJS.ErrnoException).code ?? (first as NodeJS.ErrnoException | undefined)?.code
}

function fromCode(code: string, peer: Peer): Told | null {
  if (peer.socketPath !== null) {
    const told = ofSocket(code, peer.who, peer.socketPath)
    if (told !== null) return told
  }
  const { who, host, port } = peer
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NODATA':
    case 'EAI_NONAME':
    case 'EAI_FAIL':
      return ['unresolved', `The name ${host} has no address (${code})`, resolverHint()]
    case 'ECONNREFUSED':
      return [
        'unreachable',
        `${who} does not answer: nothing listens at ${host}, port ${port}`,
        'Is it running, and is the address right?',
      ]
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EADDRNOTAVAIL':
      return [
        'unreachable',
        `There is no way to ${host} (${code})`,
        'Is the network up? Wi-Fi, cable, router.',
      ]
    case 'ETIMEDOUT':
      return [
        'timeout',
        `${who} does not answer at ${host}, port ${port}`,
        'Is it on, and is the network up?',
      ]
    case 'ECONNRESET':
    case 'EPIPE':
      return [
        'unreachable',
        `${who} closed the connection without an answer`,
        'It may be starting: it is asked again.',
      ]
    case 'EMFILE':
    case 'ENFILE':
      return null
  }
  return ofCertificate(code, who) ?? ofProtocol(code, who)
}

function ofSocket(code: string, who: string, path: string): Told | null {
  if (code === 'ENOENT') return ['unreachable', `${who} is not running: ${path} is not there`]
  if (code === 'ECONNREFUSED') return ['unreachable', `${who} is not running: nobody listens at ${path}`]
  if (code === 'EACCES' || code === 'EPERM') return ['refused', `We may not open ${path} (${code})`]
  if (code === 'ENOTSOCK' || code === 'ENOTDIR') return ['misconfigured', `${path} is no socket`]
  return null
}

const selfSigned = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
])

function ofCertificate(code: string, who: string): Told | null {
  if (selfSigned.has(code)) {
    const hint =
      'It signed its certificate itself, or something between here and there reads along. At home: pin its certificate.'
    return ['misconfigured', `The certificate of ${who} is not one that everyone trusts (${code})`, hint]
  }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return [
      'misconfigured',
      `The certificate of ${who} is for another name (${code})`,
      'Use the name that is in the certificate, or pin the certificate.',
    ]
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
    const now = new Date().toISOString().slice(0, 16).replace('T', ' ')
    return [
      'misconfigured',
      `The certificate of ${who} is out of its time (${code})`,
      `By the clock of this Pi it is ${now} UTC. Is that right? After a power cut it may be hours wrong.`,
    ]
  }
  if (/^(CERT_|ERR_TLS_CERT|HOSTNAME_MISMATCH|CRL_|UNABLE_TO_)/.test(code)) {
    return ['misconfigured', `The certificate of ${who} can’t be trusted (${code})`]
  }
  return null
}

function ofProtocol(code: string, who: string): Told | null {
  if (/^(EPROTO|ERR_SSL_|ERR_TLS_|ERR_OSSL_)/.test(code)) {
    return [
      'malformed',
      `${who} does not speak HTTPS as it should (${code})`,
      'If it has no HTTPS there, its address must begin with http://',
    ]
  }
  if (/^HPE_/.test(code)) {
    return ['malformed', `${who} answered something that is not HTTP (${code})`, 'Is the port the right one?']
  }
  return null
}

function resolverHint(): string {
  const resolvers = readResolvers()
  const asked = resolvers.length === 0 ? 'No resolver is set' : `Asked: ${resolvers.join(', ')}`
  return `${asked} (/etc/resolv.conf). Is the name right, is the network up, and does that resolver answer? A Pi-hole on this Pi may be it.`
}

function readResolvers(): string[] {
  try {
    const lines = readFileSync('/etc/resolv.conf', 'utf8').matchAll(/^\s*nameserver\s+(\S+)/gm)
    return [...lines].map(([, address]) => address ?? '').slice(0, 3)
  } catch {
    return []
  }
}
