import type { ServerResponse } from 'node:http'

type Fault = (response: ServerResponse, valid: string) => void

const plain =
  (status: number, body: string): Fault =>
  (response) =>
    void response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${body}\n`)

/** Everything that may come in place of an answer. `valid` is what would have come. */
export const faults = {
  truncated: (response, valid) => void response.end(valid.slice(0, Math.floor(valid.length / 2))),
  'a byte short': (response, valid) => {
    response.writeHead(200, { 'content-length': Buffer.byteLength(valid) })
    response.write(Buffer.from(valid).subarray(0, -1), () => response.destroy())
  },
  'a byte short, and said so': (response, valid) => void response.end(valid.slice(0, -1)),
  'closed at once': (response) => void response.destroy(),
  'closed half way': (response, valid) => {
    response.writeHead(200, { 'transfer-encoding': 'chunked' })
    response.write(valid.slice(0, 40), () => response.destroy())
  },
  '50 MB': (response) => {
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
  '7 MB of blanks': (response) => void response.end(Buffer.alloc(7 * 1024 * 1024, ' ')),
  'nested without end': (response) =>
    void response.end(`{"BackendState":"Running","Self":${'['.repeat(1024 * 1024)}`),
  'nested a million deep': (response) =>
    void response.end(`{"BackendState":"Running","Health":${'['.repeat(1e6)}${']'.repeat(1e6)}}`),
  'a million devices': (response) =>
    void response.end(`{"BackendState":"Running","Peer":{${Array(1e6).fill('"n":{}').join()}}}`),
  'a million users': (response) =>
    void response.end(`{"BackendState":"Running","User":{${Array(1e6).fill('"1":{}').join()}}}`),
  'a device with a million tags': (response) =>
    void response.end(`{"BackendState":"Running","Self":{"Tags":[${Array(1e6).fill('""').join()}]}}`),
  'a byte now and then': (response, valid) => {
    let sent = 0
    const timer = setInterval(() => response.write(valid[sent++] ?? ' '), 100)
    response.once('close', () => clearInterval(timer))
  },
  silence: () => {},
  empty: (response) => void response.end(),
  'a list': (response, valid) => void response.end(`[${valid}]`),
  'text for true and false': (response, valid) =>
    void response.end(valid.replace(/: (true|false)(?=[,\n])/g, ': "$1"')),
  'a list for the peers': (response, valid) =>
    void response.end(valid.replace(/"Peer": \{/, '"Peer": [], "Was": {')),
  'an empty object': (response) => void response.end('{}'),
  'a web page': (response) =>
    void response
      .writeHead(200, { 'content-type': 'text/html' })
      .end('<!doctype html><title>Welcome to the hotel</title>'),
  'a web page with 502': (response) =>
    void response
      .writeHead(502, { 'content-type': 'text/html' })
      .end('<html><head><title>502 Bad Gateway</title></head></html>'),
  'a redirect': (response) =>
    void response.writeHead(302, { location: 'https://login.example/?from=here' }).end(),
  'not HTTP': (response) => {
    response.socket?.end('hello, this is another program\n')
  },
  '403, status access denied': plain(403, 'status access denied'),
  '404, a path it does not know': plain(404, '404 page not found'),
  '500': plain(500, 'something broke'),
  '503, no backend yet': plain(503, 'no backend'),
} satisfies Record<string, Fault>
export type FaultName = keyof typeof faults
