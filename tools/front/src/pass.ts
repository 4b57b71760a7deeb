import { request as httpRequest, type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { answerHeaders, outgoing } from './forwarded.ts'

/** Where a service answers. */
export interface Upstream {
  host: string
  port: number
}

interface Pass {
  upstream: Upstream
  method: string
  target: string
  headers: ReadonlyMap<string, string[]>
  /** Absent: a request without body. */
  body?: IncomingMessage
  response: ServerResponse
  /** Answers that are not passed on, since a page stands for them. */
  isReplaced?: (status: number) => boolean
  /** Stands in place of the upstream's own status. */
  status?: number
  signal: AbortSignal
}

/** Passes one request on, bodies streamed both ways. Resolves to the status when the answer was withheld, else to null. */
export async function passRequest(pass: Pass): Promise<number | null> {
  const { upstream, body, response } = pass
  const headers = outgoing(pass.headers)
  // Node sends a body of unknown length only when told so, for methods that seldom have one.
  if (body?.headers['transfer-encoding'] !== undefined) headers['transfer-encoding'] = 'chunked'
  const sent = httpRequest({
    host: upstream.host,
    port: upstream.port,
    method: pass.method,
    path: pass.target,
    headers,
    setHost: false,
    agent: false,
    signal: pass.signal,
  })
  // A browser that goes away ends the upstream's work too.
  const giveUp = () => {
    if (!response.writableFinished) sent.destroy()
  }
  response.once('close', giveUp)
  try {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      sent.once('response', resolve)
      sent.once('error', reject)
      // The upstream may answer before it has read the whole body; then its answer counts, not the broken pipe.
      if (body) pipeline(body, sent).catch(() => {})
      else sent.end()
    })
    const status = answer.statusCode ?? 502
    if (pass.isReplaced?.(status)) {
      answer.resume()
      return status
    }
    response.writeHead(pass.status ?? status, answerHeaders(answer.rawHeaders))
    await pipeline(answer, response)
    return null
  } finally {
    response.off('close', giveUp)
  }
}

/** A plain answer of the front's own. */
export function answerText(response: ServerResponse, status: number): void {
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
    // What of a body is still to come is not waited for.
    connection: 'close',
  })
  response.end(STATUS_CODES[status])
}

/** The same on a socket that asked for an upgrade. */
export function refuseUpgrade(socket: Duplex, status: number): void {
  const text = STATUS_CODES[status] ?? ''
  socket.end(
    `HTTP/1.1 ${status} ${text}\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
  )
}

interface PassUpgrade {
  upstream: Upstream
  target: string
  headers: ReadonlyMap<string, string[]>
  socket: Duplex
  /** What came after the request's headers. */
  head: Buffer
  onOpen(socket: Duplex): void
}

/** Joins a browser's socket to the upstream's, once that has agreed to the upgrade; else its answer goes back. */
export function passUpgrade({ upstream, target, headers, socket, head, onOpen }: PassUpgrade): void {
  const sent = httpRequest({
    host: upstream.host,
    port: upstream.port,
    path: target,
    headers: { ...outgoing(headers), connection: 'Upgrade', upgrade: 'websocket' },
    setHost: false,
    agent: false,
  })
  socket.once('close', () => sent.destroy())
  sent.once('error', () => {
    if (!socket.destroyed) refuseUpgrade(socket, 502)
  })
  sent.once('upgrade', (answer: IncomingMessage, other: Duplex, first: Buffer) => {
    onOpen(other)
    for (const [from, to] of [
      [socket, other],
      [other, socket],
    ] as const) {
      from.on('error', () => to.destroy())
      // What is still on its way to the other side gets there first: a close frame above all.
      from.once('close', () => to.end(() => to.destroy()))
    }
    socket.write(head101(answer))
    if (first.length > 0) socket.write(first)
    if (head.length > 0) other.write(head)
    other.pipe(socket)
    socket.pipe(other)
  })
  sent.once('response', (answer: IncomingMessage) => {
    socket.write(
      `HTTP/1.1 ${answer.statusCode} ${answer.statusMessage ?? ''}\r\n${lines(answerHeaders(answer.rawHeaders))}Connection: close\r\n\r\n`,
    )
    answer.pipe(socket)
  })
  sent.end()
}

function head101(answer: IncomingMessage): string {
  return `HTTP/1.1 101 Switching Protocols\r\n${lines(answer.rawHeaders)}\r\n`
}

function lines(raw: readonly string[]): string {
  let text = ''
  for (let i = 0; i + 1 < raw.length; i += 2) text += `${raw[i]}: ${raw[i + 1]}\r\n`
  return text
}
