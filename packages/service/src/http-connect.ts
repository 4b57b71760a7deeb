import { connect as netConnect, type Socket } from 'node:net'
import { type TLSSocket, connect as tlsConnect } from 'node:tls'
import { TailboardError } from '@tailboard/contracts'
import type { Peer } from './http-failure.ts'

/**
 * What is trusted of one host beside the certificates that everyone trusts: the certificate with this SHA-256
 * fingerprint (hex, colons or none, any case) and no other, or, for that host alone, any.
 */
export type TlsTrust = { fingerprint256: string } | { insecure: true }

export interface ConnectRequest {
  url: URL
  peer: Peer
  trust: TlsTrust | undefined
  signal: AbortSignal
}

/** A connection on which a request may be sent: with TLS done and the other side's certificate approved. */
export async function connect(request: ConnectRequest): Promise<Socket> {
  const socket = open(request)
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const { signal } = request
  const onAbort = () => reject(signal.reason)
  const isTls = 'getPeerCertificate' in socket
  try {
    signal.addEventListener('abort', onAbort, { once: true })
    socket.once('error', reject)
    socket.once('close', () => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' })))
    socket.once(isTls ? 'secureConnect' : 'connect', () => resolve())
    await promise
    // Before the first byte is sent: a password must not go to whoever took the place of the pinned one.
    if (isTls) checkPin(socket as TLSSocket, request)
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  } finally {
    signal.removeEventListener('abort', onAbort)
    socket.off('error', reject)
    // Between two owners an error must not end the process.
    socket.on('error', () => {})
  }
}

function open({ url, peer, trust }: ConnectRequest): Socket {
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new TailboardError(
      'misconfigured',
      `The address of ${peer.who} must begin with http:// or https://`,
    )
  }
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const where = peer.socketPath === null ? { host, port: peer.port } : { path: peer.socketPath }
  if (url.protocol === 'http:') return netConnect(where)
  return tlsConnect({
    ...where,
    ...(/^[\d.]+$|:/.test(host) ? {} : { servername: host }),
    rejectUnauthorized: trust === undefined,
  })
}

function checkPin(socket: TLSSocket, { trust, peer }: ConnectRequest): void {
  if (trust === undefined || 'insecure' in trust) return
  const seen = socket.getPeerCertificate().fingerprint256 ?? 'none'
  if (plain(seen) === plain(trust.fingerprint256)) return
  throw new TailboardError('misconfigured', `${peer.who} shows another certificate than the pinned one`, {
    hint: `It shows ${seen}. If you renewed it, pin that one; if not, somebody else answers there.`,
  })
}

function plain(fingerprint: string): string {
  return fingerprint.replace(/[^0-9a-f]/gi, '').toLowerCase()
}
