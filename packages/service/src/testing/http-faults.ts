import type { ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'

/** Answers a request wrongly. `valid` is what would have come. */
export type HttpFault = (response: ServerResponse, valid: string) => void

const hugeBytes = 50 * 1024 * 1024

const html =
  (status: number, page: string): HttpFault =>
  (response) =>
    void response.writeHead(status, { 'content-type': 'text/html' }).end(page)

/** What may come in place of any answer, whoever is asked. A source adds the refusals of its own service. */
export const httpFaults = {
  truncated: (response, valid) => void response.end(valid.slice(0, Math.floor(valid.length / 2))),
  'a byte short': (response, valid) => {
    response.writeHead(200, { 'content-length': Buffer.byteLength(valid) })
    response.write(Buffer.from(valid).subarray(0, -1), () => response.destroy())
  },
  'closed at once': (response) => void response.destroy(),
  'closed half way': (response, valid) => {
    response.writeHead(200, { 'transfer-encoding': 'chunked' })
    response.write(valid.slice(0, 10), () => response.destroy())
  },
  'huge (50 MB)': (response) => {
    const chunk = Buffer.alloc(64 * 1024, ' ')
    let left = hugeBytes
    const more = () => {
      while (left > 0 && !response.destroyed) {
        left -= chunk.length
        if (!response.write(chunk)) return void response.once('drain', more)
      }
      response.end()
    }
    more()
  },
  'huge, packed': (response) =>
    void response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(hugeBytes, ' '))),
  slow: (response, valid) => {
    let sent = 0
    const timer = setInterval(() => response.write(valid[sent++] ?? ' '), 100)
    response.once('close', () => clearInterval(timer))
  },
  silent: () => {},
  empty: (response) => void response.end(),
  'wrong type: a list': (response, valid) => void response.end(`[${valid}]`),
  'nothing in it': (response) => void response.end('{}'),
  'HTML with 200': html(200, '<!doctype html><title>Welcome to the hotel</title>'),
  'HTML with 401': html(401, '<html><title>401 Authorization Required</title></html>'),
  'HTML with 502': html(502, '<html><head><title>502 Bad Gateway</title></head></html>'),
  'a redirect': (response) =>
    void response.writeHead(302, { location: 'https://login.example/?from=here' }).end(),
  '503': (response) => void response.writeHead(503).end(),
} satisfies Record<string, HttpFault>
