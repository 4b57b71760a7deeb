import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer as createHttpServer, type Server as HttpServer, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { createServer as createNetServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { gzipSync } from 'node:zlib'
import { errorKinds, TailboardError } from '@tailboard/contracts'
import * as v from 'valibot'
import { afterAll, afterEach, expect, test } from 'vitest'
import { failOnStatus, type HttpRequest, httpRequest, parseJsonAnswer } from './http.ts'
import { selfSigned } from './testing/certificate.ts'
import { seededRandom } from './testing/mutate.ts'

const servers: Server[] = []
const sockets = new Set<Socket>()
const folders: string[] = []

afterEach(async () => {
  for (const socket of sockets) socket.destroy()
  for (const server of servers.splice(0)) {
    server.close()
    await once(server, 'close')
  }
})
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true })
})

async function listen(server: Server, path?: string): Promise<number> {
  servers.push(server)
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
  })
  if (path === undefined) server.listen(0, '127.0.0.1')
  else server.listen(path)
  await once(server, 'listening')
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** An HTTP server that answers as `listener` does. */
async function http(listener: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listen(createHttpServer(listener) as HttpServer)}/`
}

/** A server that sends these bytes as soon as the request has come, then closes. */
async function raw(bytes: string | Buffer, { keepsOpen = false } = {}): Promise<string> {
  const server = createNetServer((socket) => {
    socket.once('data', () => (keepsOpen ? socket.write(bytes) : socket.end(bytes)))
  })
  return `http://127.0.0.1:${await listen(server)}/`
}

const ask = (url: string, options: Partial<HttpRequest> = {}) =>
  httpRequest({ url: new URL(url), who: 'The double', signal: new AbortController().signal, ...options })

async function failure(work: Promise<unknown>): Promise<TailboardError> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(TailboardError)
  return error as TailboardError
}

test('an answer is had whole: status, headers, body, also packed', async () => {
  const seen: unknown[] = []
  const url = await http((request, response) => {
    seen.push(request.method, request.url, request.headers.host, request.headers['x-mine'])
    response.setHeader('content-encoding', 'gzip')
    response.end(gzipSync('{"a":1}'))
  })
  const answer = await ask(`${url}path?key=value`, { headers: { 'x-mine': 'yes' } })
  expect(answer.status).toBe(200)
  expect(parseJsonAnswer(answer, v.object({ a: v.number() }))).toEqual({ a: 1 })
  expect(seen).toEqual(['GET', '/path?key=value', new URL(url).host, 'yes'])
})

test('a body is sent', async () => {
  const url = await http((request, response) => request.pipe(response))
  const answer = await ask(url, { method: 'POST', body: '{"password":"x"}' })
  expect(answer.body.toString()).toBe('{"password":"x"}')
})

test('a Unix socket is asked under the host name of the URL', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tailboard-http-'))
  folders.push(folder)
  const socketPath = join(folder, 'a.sock')
  await listen(
    createHttpServer((request, response) => response.end(request.headers.host)),
    socketPath,
  )
  const answer = await ask('http://local-tailscaled.sock/x', { socketPath })
  expect(answer.body.toString()).toBe('local-tailscaled.sock')
  expect(await failure(ask('http://h/', { socketPath: join(folder, 'none') }))).toMatchObject({
    kind: 'unreachable',
    message: expect.stringContaining('is not there'),
  })
  await writeFile(join(folder, 'file'), '')
  const notASocket = await failure(ask('http://h/', { socketPath: join(folder, 'file') }))
  expect(notASocket.kind).toMatch(/^(misconfigured|unreachable)$/)
})

const big = 50 * 1024 * 1024
const ok = 'HTTP/1.1 200 OK\r\n'

/** Each thing that may go wrong between here and there, and what is said of it. */
const cases: [name: string, make: () => Promise<unknown>, kind: string, says: RegExp][] = [
  [
    'nothing listens',
    async () => ask('http://127.0.0.1:1/'),
    'unreachable',
    /nothing listens at 127.0.0.1, port 1/,
  ],
  [
    'the name has no address',
    async () => ask('http://no-such-host.invalid/'),
    'unresolved',
    /no-such-host.invalid/,
  ],
  [
    'silence',
    async () => ask(await http(() => {}), { timeoutMs: 300 }),
    'timeout',
    /did not finish its answer within 0.3 s/,
  ],
  [
    'a byte now and then',
    async () => {
      const url = await http((_, response) => {
        const timer = setInterval(() => response.write('x'), 50)
        response.once('close', () => clearInterval(timer))
      })
      return ask(url, { timeoutMs: 500 })
    },
    'timeout',
    /did not finish/,
  ],
  [
    'headers a byte now and then',
    async () => {
      const server = createNetServer((socket) => {
        const timer = setInterval(() => socket.write('H'), 50)
        socket.once('close', () => clearInterval(timer))
      })
      return ask(`http://127.0.0.1:${await listen(server)}/`, { timeoutMs: 300 })
    },
    'malformed',
    /not HTTP/,
  ],
  [
    'closed at once',
    async () => ask(await raw('')),
    'unreachable',
    /closed the connection without an answer/,
  ],
  [
    'closed in the headers',
    async () => ask(await raw(`${ok}Content-Le`)),
    'unreachable',
    /without an answer/,
  ],
  [
    'closed half way',
    async () => ask(await raw(`${ok}Content-Length: 9\r\n\r\n{"a":`)),
    'malformed',
    /broke off .* after 5 bytes/,
  ],
  [
    'a byte short',
    async () => ask(await raw(`${ok}Content-Length: 8\r\n\r\n{"a":1}`)),
    'malformed',
    /broke off/,
  ],
  [
    'a chunk cut off',
    async () => ask(await raw(`${ok}Transfer-Encoding: chunked\r\n\r\n9\r\n{"a`)),
    'malformed',
    /broke off/,
  ],
  [
    'a wrong chunk',
    async () => ask(await raw(`${ok}Transfer-Encoding: chunked\r\n\r\nzz\r\n`)),
    'malformed',
    /not HTTP|broke off/,
  ],
  ['not HTTP', async () => ask(await raw('SSH-2.0-OpenSSH_9.9\r\n')), 'malformed', /not HTTP/],
  ['endless headers', async () => ask(await raw(`${ok}X: ${'x'.repeat(200_000)}`)), 'malformed', /not HTTP/],
  [
    '50 MB, said before',
    async () => ask(await raw(`${ok}Content-Length: ${big}\r\n\r\n`, { keepsOpen: true })),
    'malformed',
    /more than 1024 kB/,
  ],
  [
    '50 MB packed into little',
    async () => {
      const packed = gzipSync(Buffer.alloc(big))
      return ask(await http((_, response) => response.setHeader('content-encoding', 'gzip').end(packed)))
    },
    'malformed',
    /more than 1024 kB/,
  ],
  [
    'packed, but broken',
    async () => ask(await http((_, r) => r.setHeader('content-encoding', 'gzip').end('nonsense'))),
    'malformed',
    /unpacked/,
  ],
  [
    'packed, but cut',
    async () =>
      ask(
        await http((_, r) =>
          r.setHeader('content-encoding', 'gzip').end(gzipSync('{"a":1}').subarray(0, 15)),
        ),
      ),
    'malformed',
    /unpacked/,
  ],
  [
    'packed as nobody asked',
    async () => ask(await http((_, r) => r.setHeader('content-encoding', 'br').end('x'))),
    'malformed',
    /packed/,
  ],
  [
    'a redirect',
    async () =>
      ask(await http((_, r) => r.writeHead(302, { location: 'http://u:p@login.example/go?key=k1' }).end())),
    'malformed',
    /points elsewhere: to http:\/\/login.example\/go$/,
  ],
  ['another scheme', async () => ask('ftp://example.net/'), 'misconfigured', /must begin with http/],
  [
    'plain HTTP where HTTPS is expected',
    async () => ask((await http((_, r) => r.end())).replace('http:', 'https:')),
    'malformed',
    /does not speak HTTPS/,
  ],
]

test.each(cases)('%s', async (_name, make, kind, says) => {
  const error = await failure(make())
  expect(error.kind).toBe(kind)
  expect(error.message).toMatch(says)
  expect(error.message).not.toMatch(/k1/)
})

test('50 MB are cut off early', async () => {
  let sent = 0
  const url = await http((_, response) => {
    const chunk = Buffer.alloc(64 * 1024)
    const more = () => {
      while (sent < big && !response.destroyed) {
        sent += chunk.length
        if (!response.write(chunk)) return void response.once('drain', more)
      }
    }
    more()
  })
  expect((await failure(ask(url))).message).toContain('more than 1024 kB')
  expect(sent).toBeLessThan(big / 2)
})

test('an unresolved name is told with the resolver that was asked', async () => {
  const error = await failure(ask('http://no-such-host.invalid/'))
  expect(error.hint).toContain('/etc/resolv.conf')
})

test('the reason of the run’s own signal is what is thrown', async () => {
  const controller = new AbortController()
  const url = await http(() => controller.abort(new TailboardError('timeout', 'The run is over')))
  expect((await failure(ask(url, { signal: controller.signal }))).message).toBe('The run is over')
  expect((await failure(ask(url, { signal: controller.signal }))).message).toBe('The run is over')
})

const hour = 3_600_000

const localhost = { name: 'localhost' }
const past = { notBefore: new Date(Date.now() - 2 * hour), notAfter: new Date(Date.now() - hour) }
const future = { notBefore: new Date(Date.now() + hour) }

test.each([
  ['signed by itself', localhost, false, /not one that everyone trusts/],
  ['for another name', { name: 'pi.hole' }, true, /is for another name/],
  ['past its time', { ...localhost, ...past }, true, /out of its time \(CERT_HAS_EXPIRED\)/],
  ['before its time', { ...localhost, ...future }, true, /out of its time \(CERT_NOT_YET_VALID\)/],
])('a certificate that is %s is named', async (_name, options, isKnown, says) => {
  const { key, cert } = selfSigned(options)
  const known = getCACertificates()
  if (isKnown) setDefaultCACertificates([cert])
  try {
    const port = await listen(createHttpsServer({ key, cert }, (_, response) => response.end('ok')))
    const error = await failure(ask(`https://localhost:${port}/`))
    expect(error.kind).toBe('misconfigured')
    expect(error.message).toMatch(says)
    expect(error.hint).not.toBeNull()
  } finally {
    setDefaultCACertificates(known)
  }
})

test('a pinned certificate is trusted, another one gets not a byte, and one host may be trusted blindly', async () => {
  const seen: string[] = []
  const pinned = selfSigned({ name: 'pi.hole' })
  const { key, cert } = pinned
  const port = await listen(
    createHttpsServer({ key, cert }, (request, response) => {
      seen.push(request.url ?? '')
      response.end('ok')
    }),
  )
  const url = `https://localhost:${port}/`
  const trust = { fingerprint256: pinned.fingerprint256.replaceAll(':', '').toLowerCase() }
  expect((await ask(url, { trust })).body.toString()).toBe('ok')
  expect((await ask(url, { trust: { insecure: true } })).body.toString()).toBe('ok')
  expect(seen).toHaveLength(2)
  const wrong = await failure(ask(url, { trust: { fingerprint256: 'ab'.repeat(32) } }))
  expect(wrong.kind).toBe('misconfigured')
  expect(wrong.hint).toContain(pinned.fingerprint256)
  expect(seen).toHaveLength(2)
})

const answer = (status: number, body: string, headers: Record<string, string> = {}) => ({
  who: 'The double',
  status,
  headers,
  body: Buffer.from(body),
})

test.each([
  ['', {}, /an empty answer/],
  ['<!DOCTYPE html><title>502 Bad Gateway</title>', {}, /a web page in place of data: “502 Bad Gateway”/],
  ['hello', { 'content-type': 'text/html; charset=utf-8' }, /a web page/],
  ['{"a":', {}, /is not JSON/],
  ['{"a":"1"}', {}, /a: /],
  ['[]', {}, /not as agreed/],
  ['['.repeat(400_000), {}, /not JSON|not as agreed/],
])('what is no such data is named: %.20s', (body, headers, says) => {
  const parse = () => parseJsonAnswer(answer(200, body, headers), v.object({ a: v.number() }))
  expect(parse).toThrow(TailboardError)
  expect(parse).toThrow(says)
})

test('a byte order mark is no part of the data', () => {
  expect(parseJsonAnswer(answer(200, '\ufeff{"a":1}'), v.object({ a: v.number() }))).toEqual({ a: 1 })
})

test.each([
  [401, {}, 'refused', null],
  [404, {}, 'malformed', null],
  [429, { 'retry-after': '120' }, 'rate-limited', 120_000],
  [429, { 'retry-after': '99999999' }, 'rate-limited', 86_400_000],
  [
    429,
    { date: 'Sat, 21 Nov 2026 02:00:00 GMT', 'retry-after': 'Sat, 21 Nov 2026 02:05:00 GMT' },
    'rate-limited',
    300_000,
  ],
  [429, { 'retry-after': 'soon' }, 'rate-limited', null],
  [502, {}, 'unreachable', null],
  [503, { 'retry-after': '60' }, 'unreachable', 60_000],
])('status %i with %o is %s', (status, headers, kind, retryAfterMs) => {
  expect(() => failOnStatus(answer(status, '', headers))).toThrow(
    expect.objectContaining({ kind, retryAfterMs }),
  )
  expect(() => failOnStatus(answer(204, ''))).not.toThrow()
})

test('whatever bytes come, an answer or one of our failures comes out', async () => {
  const random = seededRandom(7)
  const valid = `${ok}Content-Type: application/json\r\nContent-Length: 7\r\nDate: Sat, 21 Nov 2026 02:00:00 GMT\r\n\r\n{"a":1}`
  let next = valid
  const server = createNetServer(
    (socket) => void socket.once('data', () => socket.end(Buffer.from(next, 'latin1'))),
  )
  const url = `http://127.0.0.1:${await listen(server)}/`
  const outcomes = new Map<string, number>()
  for (let n = 0; n < 1500; n++) {
    const at = Math.floor(random() * valid.length)
    const junk = String.fromCharCode(Math.floor(random() * 256)).repeat(1 + Math.floor(random() * 3))
    next = valid.slice(0, at) + junk + valid.slice(at + Math.floor(random() * 4))
    const outcome = await ask(url, { timeoutMs: 2_000 }).then(
      (got) => {
        failOnStatusQuietly(got)
        return 'answer'
      },
      (error: unknown) => {
        if (!(error instanceof TailboardError)) throw error
        return error.kind
      },
    )
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
  }
  expect([...outcomes.keys()].every((kind) => kind === 'answer' || errorKinds.includes(kind as never))).toBe(
    true,
  )
  expect(outcomes.size).toBeGreaterThan(1)
})

function failOnStatusQuietly(got: Parameters<typeof failOnStatus>[0]): void {
  try {
    failOnStatus(got)
  } catch (error) {
    if (!(error instanceof TailboardError)) throw error
  }
}
