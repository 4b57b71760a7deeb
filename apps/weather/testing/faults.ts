import type { ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'

type Fault = (response: ServerResponse, valid: string) => void

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Fault =>
  (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
  }
const openMeteoLimit = (reason: string) => json(429, { error: true, reason })

/** Everything that may come in place of an answer. `valid` is what would have come. */
export const faults = {
  truncated: (response, valid) => void response.end(valid.slice(0, Math.floor(valid.length / 2))),
  'a byte short': (response, valid) => {
    response.writeHead(200, { 'content-length': Buffer.byteLength(valid) })
    response.write(valid.slice(0, -1), () => response.destroy())
  },
  'closed at once': (response) => void response.destroy(),
  'closed half way': (response, valid) => {
    response.writeHead(200, { 'transfer-encoding': 'chunked' })
    response.write(valid.slice(0, 40), () => response.destroy())
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
  slow: (response, valid) => {
    let sent = 0
    const timer = setInterval(() => response.write(valid[sent++] ?? ' '), 100)
    response.once('close', () => clearInterval(timer))
  },
  silent: () => {},
  empty: (response) => void response.end(),
  'wrong type: a list': (response, valid) => void response.end(`[${valid}]`),
  'wrong type: text for numbers': (response, valid) =>
    void response.end(valid.replace(/:(-?\d[\d.]*)(?=[,}\]])/g, ':"$1"')),
  'only now': (response, valid) => {
    const { hourly: _, daily: __, ...rest } = JSON.parse(valid) as Record<string, unknown>
    response.end(JSON.stringify(rest))
  },
  'nothing in it': (response) => void response.end('{}'),
  'HTML with 200': (response) =>
    void response
      .writeHead(200, { 'content-type': 'text/html' })
      .end('<!doctype html><title>Welcome to the hotel</title>'),
  'HTML with 502': (response) =>
    void response
      .writeHead(502, { 'content-type': 'text/html' })
      .end('<html><head><title>502 Bad Gateway</title></head></html>'),
  'a redirect': (response) =>
    void response.writeHead(302, { location: 'https://login.example/?from=here' }).end(),
  'error:true with 200': json(200, { error: true, reason: 'Internal error' }),
  'error:true with 400': json(400, {
    error: true,
    reason: 'Latitude must be in range of -90 to 90°. Given: 300',
  }),
  '429, a minute': openMeteoLimit('Minutely API request limit exceeded. Please try again in one minute.'),
  '429, an hour': openMeteoLimit('Hourly API request limit exceeded. Please try again in the next hour.'),
  '429, a day': openMeteoLimit('Daily API request limit exceeded. Please try again tomorrow.'),
  '429, Retry-After': json(429, {}, { 'retry-after': '120' }),
  '429 of OpenWeatherMap': json(429, {
    cod: 429,
    message:
      'Your account is temporary blocked due to exceeding of requests limitation of your subscription type.',
  }),
  '404, cod as text': json(404, { cod: '404', message: 'city not found' }),
  '503': (response) => void response.writeHead(503).end(),
  '304 to a first question': (response) => void response.writeHead(304).end(),
} satisfies Record<string, Fault>
export type FaultName = keyof typeof faults
