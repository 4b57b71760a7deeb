import type { ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'

type Fault = (response: ServerResponse, valid: string) => void

const error =
  (status: number, key: string, message: string, hint: unknown = null): Fault =>
  (response) => {
    response
      .writeHead(status, { 'content-type': 'application/json; charset=utf-8' })
      .end(JSON.stringify({ error: { key, message, hint }, took: 0.0003 }))
  }

/** Everything that may come in place of an answer. `valid` is what would have come. */
export const faults = {
  truncated: (response, valid) =>
    void response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(valid.slice(0, Math.floor(valid.length / 2))),
  'a byte short': (response, valid) => {
    response.writeHead(200, { 'content-length': Buffer.byteLength(valid) })
    response.write(valid.slice(0, -1), () => response.destroy())
  },
  'closed at once': (response) => void response.destroy(),
  'closed half way': (response, valid) => {
    response.writeHead(200, { 'transfer-encoding': 'chunked' })
    response.write(valid.slice(0, 10), () => response.destroy())
  },
  'huge (50 MB)': (response) => {
    const chunk = Buffer.alloc(64 * 1024, ' ')
    let left = 50 * 1024 * 1024
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
    void response
      .writeHead(200, { 'content-encoding': 'gzip' })
      .end(gzipSync(Buffer.alloc(50 * 1024 * 1024, ' '))),
  'slow (bytes now and then)': (response, valid) => {
    let sent = 0
    const timer = setInterval(() => response.write(valid[sent++] ?? ' '), 200)
    response.once('close', () => clearInterval(timer))
  },
  silent: () => {},
  empty: (response) => void response.end(),
  'wrong type: a list': (response, valid) => void response.end(`[${valid}]`),
  'wrong type: text for numbers': (response, valid) =>
    void response.end(valid.replace(/:(-?[\d.]+)/g, ':"many"').replace(/:(true|false)/g, ':"$1"')),
  'nothing in it': (response) => void response.end('{}'),
  'HTML with 200': (response) =>
    void response
      .writeHead(200, { 'content-type': 'text/html' })
      .end('<!doctype html><title>Welcome to the hotel</title>'),
  'HTML with 401 (a proxy with a password)': (response) =>
    void response
      .writeHead(401, { 'content-type': 'text/html' })
      .end('<html><title>401 Authorization Required</title></html>'),
  'HTML with 502': (response) =>
    void response
      .writeHead(502, { 'content-type': 'text/html' })
      .end('<html><head><title>502 Bad Gateway</title></head></html>'),
  'a redirect to https': (response) =>
    void response.writeHead(308, { location: 'https://pi.hole/api/info/login' }).end(),
  '403 forbidden': error(403, 'forbidden', 'Unable to change configuration', 'app session'),
  '404 not_found': error(404, 'not_found', 'Not found', '/api/dns/blocking'),
  '429 rate_limiting': error(429, 'rate_limiting', 'Rate-limiting login attempts'),
  '429 seats': error(429, 'api_seats_exceeded', 'API seats exceeded', 'increase webserver.api.max_sessions'),
  '500 dns_failure': error(500, 'dns_failure', 'DNS server failed', null),
  'an error whose hint is no text': error(400, 'bad_request', 'Bad request', { really: ['odd'] }),
  '503': (response) => void response.writeHead(503).end(),
} satisfies Record<string, Fault>
export type FaultName = keyof typeof faults
