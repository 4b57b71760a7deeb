import { request as nodeRequest } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { TailboardError } from '@tailboard/contracts'
import { connect, type TlsTrust } from './http-connect.ts'
import { type Peer, toHttpError, toTooLarge } from './http-failure.ts'

export { failOnStatus, failOnWebPage, type HttpAnswer, parseJsonAnswer, serverTime } from './http-answer.ts'
export type { TlsTrust } from './http-connect.ts'

import type { HttpAnswer } from './http-answer.ts'

/** How much and how long, where the caller says nothing. A source's answers are kilobytes; a Pi has no memory for more. */
export const httpDefaults = { timeoutMs: 10_000, maxBytes: 1024 * 1024 } as const

export interface HttpRequest {
  /** http: or https:. It may hold a key in its query: no message ever shows more than its host. */
  url: URL
  /** Who is asked, as a person calls it: the first words of every message (`Open-Meteo`, `Pi-hole`). */
  who: string
  /** The run's signal; its reason is what is thrown when it aborts. */
  signal: AbortSignal
  method?: string
  headers?: Record<string, string>
  body?: string
  /** From the start of the connection to the last byte (ms). */
  timeoutMs?: number
  /** Of the body, before and after it is unpacked (B). */
  maxBytes?: number
  /** A Unix socket in place of the URL's host and port. The Host header stays the URL's. */
  socketPath?: string
  /** For https: what is trusted beside the certificates that everyone trusts. */
  trust?: TlsTrust
}

/**
 * One HTTP exchange, bounded in time and size, on a connection of its own. Redirects are not followed. Any status but a
 * redirect is an answer: what it means is the caller's to say (`failOnStatus`).
 *
 * @throws TailboardError `unresolved` (the name), `unreachable` (nothing listens, closed at once), `timeout`, `malformed`
 * (not HTTP, broken off, too large, a redirect), `misconfigured` (the certificate), `refused` (the socket's permissions).
 */
export async function httpRequest(request: HttpRequest): Promise<HttpAnswer> {
  const { url, who, signal, timeoutMs = httpDefaults.timeoutMs } = request
  const peer: Peer = { who, host: url.hostname, port: portOf(url), socketPath: request.socketPath ?? null }
  signal.throwIfAborted()
  const deadline = new AbortController()
  const timer = setTimeout(() => {
    deadline.abort(
      new TailboardError('timeout', `${who} did not finish its answer within ${timeoutMs / 1000} s`, {
        hint: 'It may be busy, or the way to it slow. It is asked again at the next run.',
      }),
    )
  }, timeoutMs)
  const both = AbortSignal.any([signal, deadline.signal])
  try {
    const answer = await exchange(request, peer, both)
    failOnRedirect(answer, peer)
    return { ...answer, body: unpack(answer, peer, request.maxBytes ?? httpDefaults.maxBytes) }
  } catch (error) {
    if (both.aborted) throw both.reason
    throw toHttpError(error, peer)
  } finally {
    clearTimeout(timer)
  }
}

async function exchange(request: HttpRequest, peer: Peer, signal: AbortSignal): Promise<HttpAnswer> {
  const { url, maxBytes = httpDefaults.maxBytes } = request
  const socket = await connect({ url, peer, trust: request.trust, signal })
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>()
  const onAbort = () => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  const outgoing = nodeRequest({
    createConnection: () => socket,
    method: request.method ?? 'GET',
    path: `${url.pathname}${url.search}`,
    headers: { host: url.host, connection: 'close', 'accept-encoding': 'gzip', ...request.headers },
  })
  outgoing.on('error', reject)
  outgoing.on('response', (incoming) => {
    const chunks: Buffer[] = []
    let bytes = 0
    if (Number(incoming.headers['content-length'] ?? 0) > maxBytes) reject(toTooLarge(peer, maxBytes))
    incoming.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > maxBytes) reject(toTooLarge(peer, maxBytes))
      else chunks.push(chunk)
    })
    incoming.on('error', () =>
      reject(
        new TailboardError('malformed', `${peer.who} broke off its answer after ${bytes} bytes`, {
          hint: 'It was restarted, or the connection is bad. It is asked again at the next run.',
        }),
      ),
    )
    incoming.on('end', () =>
      resolve({
        who: peer.who,
        status: incoming.statusCode ?? 0,
        headers: incoming.headers,
        body: Buffer.concat(chunks),
      }),
    )
  })
  outgoing.end(request.body)
  try {
    return await promise
  } finally {
    signal.removeEventListener('abort', onAbort)
    // Also what is still coming: 50 MB must not be read to its end.
    outgoing.destroy()
    socket.destroy()
  }
}

function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port)
  return url.protocol === 'https:' ? 443 : 80
}

function failOnRedirect({ status, headers }: HttpAnswer, { who }: Peer): void {
  if (status < 300 || status > 399 || headers.location === undefined) return
  throw new TailboardError('malformed', `${who} points elsewhere: to ${withoutQuery(headers.location)}`, {
    hint: 'Redirects are not followed. Something between here and there answers in its place (a login page, a proxy), or its address has changed.',
  })
}

/** A key may stand in a query or before the @. */
function withoutQuery(location: string): string {
  return location.replace(/[?#].*$/s, '').replace(/\/\/[^/@]*@/, '//')
}

function unpack({ headers, body }: HttpAnswer, peer: Peer, maxBytes: number): Buffer {
  const encoding = headers['content-encoding']?.toLowerCase() ?? 'identity'
  if (encoding === 'identity' || body.length === 0) return body
  if (encoding !== 'gzip' && encoding !== 'x-gzip') {
    throw new TailboardError('malformed', `${peer.who} packed its answer in a way that was not asked for`)
  }
  try {
    return gunzipSync(body, { maxOutputLength: maxBytes })
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw toTooLarge(peer, maxBytes)
    throw new TailboardError('malformed', `${peer.who} sent an answer that can’t be unpacked`, { cause })
  }
}
