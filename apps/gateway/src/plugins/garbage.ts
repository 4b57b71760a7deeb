import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { HttpProblem } from '../http-problem.ts'

/** Answers what is no HTTP request at all, which reaches no route, and hangs up. */
export function answerGarbage(code: string, socket: Pick<Socket, 'writable' | 'end' | 'destroy'>): void {
  // The other end is gone: nobody reads an answer.
  if (code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const { document } = new HttpProblem(problemOf(code))
  const body = JSON.stringify(document)
  socket.end(
    [
      `HTTP/1.1 ${document.status} ${STATUS_CODES[document.status]}`,
      'Content-Type: application/problem+json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n'),
  )
}

function problemOf(code: string) {
  if (code === 'HPE_HEADER_OVERFLOW') return 'headers-too-long'
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'timeout' : 'bad-request'
}
