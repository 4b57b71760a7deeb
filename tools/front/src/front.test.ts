import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders, request, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { type Front, type FrontOptions, startFront } from './front.ts'
import { makeRouting, readRoutingSources } from './routing.ts'

const sources = readRoutingSources(join(import.meta.dirname, '../../..'))

interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: string
}

let gateway: Server
let frontend: Server
let front: Front
let seen: { name: string; url: string; headers: IncomingHttpHeaders; body: string }[]
const stops: (() => unknown)[] = []

async function serve(name: string): Promise<Server> {
  const server = createServer(async (req, res) => {
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks).toString()
    seen.push({ name, url: `${req.method} ${req.url}`, headers: req.headers, body })
    res.writeHead(req.url === '/api/forbidden' ? 403 : 200, { 'x-from': name, 'set-cookie': ['a=1', 'b=2'] })
    res.end(`${name} ${req.url} ${body}`)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  stops.push(() => {
    server.closeAllConnections()
    server.close()
  })
  return server
}

const port = (server: Server) => (server.address() as AddressInfo).port

async function startWith(env: Record<string, string>, more: Partial<FrontOptions> = {}): Promise<Front> {
  const started = await startFront({
    routing: makeRouting(sources, env),
    upstreams: {
      'web-gateway': { host: '127.0.0.1', port: port(gateway) },
      frontend: { host: '127.0.0.1', port: port(frontend) },
    },
    port: 0,
    ...more,
  })
  stops.push(() => started.stop())
  return started
}

function ask(
  path: string,
  options: {
    method?: string
    headers?: Record<string, string>
    body?: string
    from?: string
    at?: Front
  } = {},
) {
  return new Promise<Answer>((resolve, reject) => {
    const sent = request({
      host: '127.0.0.1',
      port: (options.at ?? front).port,
      path,
      method: options.method ?? 'GET',
      headers: options.headers ?? {},
      agent: false,
      ...(options.from === undefined ? {} : { localAddress: options.from }),
    })
    sent.on('error', reject)
    sent.on('response', async (answer) => {
      let body = ''
      try {
        for await (const chunk of answer) body += String(chunk)
      } catch (error) {
        reject(error)
      }
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body })
    })
    sent.end(options.body)
  })
}

beforeEach(async () => {
  seen = []
  gateway = await serve('gateway')
  frontend = await serve('frontend')
  front = await startWith({})
})
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop()
})

describe('passing on', () => {
  it('sends each path to its service, with status and headers of the answer', async () => {
    const page = await ask('/')
    expect([page.status, page.body, page.headers['set-cookie']]).toEqual([200, 'frontend / ', ['a=1', 'b=2']])
    expect((await ask('/api/sources?x=1')).body).toBe('gateway /api/sources?x=1 ')
    expect((await ask('/apix')).body).toBe('frontend /apix ')
    expect((await ask('/x/..//api/./sources')).body).toBe('gateway /api/sources ')
  })

  it('passes a gateway’s own 403 on as it is', async () => {
    const answer = await ask('/api/forbidden')
    expect([answer.status, answer.body]).toEqual([403, 'gateway /api/forbidden '])
  })

  it.each([
    ['of known length', { 'content-length': '11' }],
    ['in chunks', { 'transfer-encoding': 'chunked' }],
  ])('passes a body %s on, also with DELETE', async (_, headers) => {
    for (const method of ['POST', 'DELETE'])
      expect((await ask('/api/x', { method, headers, body: 'hello front' })).body).toBe(
        'gateway /api/x hello front',
      )
  })

  it('streams a slow body instead of collecting it', async () => {
    const slow = createServer((req, res) => req.pipe(res)).listen(0, '127.0.0.1')
    await once(slow, 'listening')
    stops.push(() => slow.close())
    const at = await startWith({}, { upstreams: { 'web-gateway': { host: '127.0.0.1', port: port(slow) } } })
    const sent = request({ host: '127.0.0.1', port: at.port, path: '/api/x', method: 'POST', agent: false })
    sent.write('first')
    const [answer] = await once(sent, 'response')
    const pieces: string[] = []
    for await (const piece of answer) {
      pieces.push(String(piece))
      // Only now: the first piece is back before the second has been sent.
      if (pieces.length === 1) sent.end('second')
    }
    expect(pieces).toEqual(['first', 'second'])
  })

  it('says 502 when a service is gone, and serves the others', async () => {
    gateway.closeAllConnections()
    gateway.close()
    const answer = await ask('/api/sources')
    expect([answer.status, answer.body]).toEqual([502, 'Bad Gateway'])
    expect((await ask('/')).status).toBe(200)
  })

  it('breaks off when a service breaks off in the middle of its answer', async () => {
    const torn = createServer((_, res) => {
      res.writeHead(200, { 'content-length': '100' })
      res.write('half')
      setTimeout(() => res.destroy(), 20)
    }).listen(0, '127.0.0.1')
    await once(torn, 'listening')
    stops.push(() => torn.close())
    const at = await startWith({}, { upstreams: { 'web-gateway': { host: '127.0.0.1', port: port(torn) } } })
    await expect(ask('/api/x', { at })).rejects.toThrow('aborted')
  })
})

describe('forwarded headers', () => {
  const last = () => seen.at(-1)?.headers ?? {}

  it('tells the connection’s own address, and continues what a trusted peer said', async () => {
    await ask('/api/x', { headers: { host: 'pi:8088' } })
    expect(last()).toMatchObject({
      host: 'pi:8088',
      'x-forwarded-for': '127.0.0.1',
      'x-real-ip': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': 'pi:8088',
      'x-forwarded-port': '8088',
    })
    await ask('/api/x', { headers: { 'X-Forwarded-For': '100.64.0.7', 'X-Forwarded-Proto': 'https' } })
    expect(last()).toMatchObject({ 'x-forwarded-for': '100.64.0.7, 127.0.0.1', 'x-forwarded-proto': 'https' })
  })

  it('drops them from anybody else, underscores too, and does not let Connection take its own away', async () => {
    // Of the loopback network, yet not the one address that is trusted.
    await ask('/api/x', {
      from: '127.0.0.2',
      headers: {
        'X-Forwarded-For': '127.0.0.1',
        X_Forwarded_For: '127.0.0.1',
        'X-Real-Ip': '127.0.0.1',
        Connection: 'x-forwarded-for, x-secret',
        'X-Secret': '1',
        'Keep-Alive': '5',
      },
    })
    expect(last()['x-forwarded-for']).toBe('127.0.0.2')
    expect(last()['x-real-ip']).toBe('127.0.0.2')
    for (const name of ['x_forwarded_for', 'x-secret', 'keep-alive']) expect(last()).not.toHaveProperty(name)
  })

  it('strips identity headers, and refuses what came through Funnel', async () => {
    await ask('/api/x', {
      headers: { 'Tailscale-User-Login': 'alice@example.com', 'tailscale-user-name': 'Alice' },
    })
    expect(Object.keys(last()).filter((name) => name.startsWith('tailscale'))).toEqual([])
    const count = seen.length
    expect((await ask('/', { headers: { 'Tailscale-Funnel-Request': '?1' } })).status).toBe(403)
    expect(seen.length).toBe(count)
  })
})

describe('refusing', () => {
  // A list without loopback, so that a test on loopback can be a stranger.
  const closed = () => ({
    ...sources,
    dynamic: {
      ...sources.dynamic,
      'access.yml': (sources.dynamic['access.yml'] ?? '').replaceAll('127.0.0.0/8', '127.0.0.1/32'),
    },
  })

  it('shows a visitor the page with the line that lets him in, and a program a bare 403', async () => {
    const at = await startWith({}, { routing: makeRouting(closed(), {}) })
    const page = await ask('/settings', { from: '127.0.0.9', at })
    expect([page.status, page.body]).toEqual([403, 'frontend /refused.html '])
    const api = await ask('/api/sources', { from: '127.0.0.9', at })
    expect([api.status, api.body]).toEqual([403, 'Forbidden'])
    expect((await ask('/api/sources', { at })).status).toBe(200)
    expect(seen.map(({ url }) => url)).toEqual(['GET /refused.html', 'GET /api/sources'])
  })

  it('lets a reader read and only a writer write', async () => {
    const env = { TAILBOARD_WRITE_FROM: '127.0.0.9', TAILBOARD_READ_FROM: '127.0.0.8' }
    const at = await startWith({}, { routing: makeRouting(closed(), env) })
    const status = async (from: string, path: string, method = 'GET') =>
      (await ask(path, { from, at, method })).status
    expect(await status('127.0.0.8', '/')).toBe(200)
    expect(await status('127.0.0.8', '/api/sources/system/run', 'POST')).toBe(403)
    expect(await status('127.0.0.8', '/api/camera')).toBe(403)
    expect(await status('127.0.0.9', '/api/sources/system/run', 'POST')).toBe(200)
    expect(await status('127.0.0.9', '/api/camera')).toBe(200)
    expect(await status('127.0.0.7', '/')).toBe(403)
  })

  it('answers a broken request with 400', async () => {
    expect((await ask('/%zz')).status).toBe(400)
  })
})

describe('WebSockets', () => {
  const live = (at: Front, from?: string) =>
    new WebSocket(
      `ws://127.0.0.1:${at.port}/ws/live?since=1-0`,
      from === undefined ? {} : { localAddress: from },
    )

  it('carries them both ways, with what was sent at once, and passes the end on', async () => {
    const sockets = new WebSocketServer({ server: gateway })
    const asked: IncomingHttpHeaders[] = []
    sockets.on('connection', (socket, req) => {
      asked.push(req.headers)
      socket.send(`hello ${req.url}`)
      socket.on('message', (data) => socket.send(`echo ${data}`))
      socket.on('message', (data) => String(data) === 'bye' && socket.close(4001, 'as you say'))
    })
    const client = live(front)
    const messages: string[] = []
    client.on('message', (data) => messages.push(String(data)))
    await once(client, 'open')
    client.send('x'.repeat(200_000))
    client.send('bye')
    const [code, reason] = await once(client, 'close')
    expect([code, String(reason)]).toEqual([4001, 'as you say'])
    expect(messages.map((message) => message.length)).toEqual([24, 200_005, 8])
    expect(messages[0]).toBe('hello /ws/live?since=1-0')
    expect(asked[0]).toMatchObject({ 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'ws' })
  })

  it.each<[string, () => unknown, number]>([
    [
      'passes the gateway’s refusal on',
      () =>
        gateway.on('upgrade', (_, s) =>
          s.end('HTTP/1.1 421 Misdirected Request\r\nContent-Length: 0\r\n\r\n'),
        ),
      421,
    ],
    ['says 502 when the gateway is gone', () => gateway.close(), 502],
  ])('%s', async (_, prepare, expected) => {
    prepare()
    const client = live(front)
    client.on('error', () => {})
    const [, answer] = await once(client, 'unexpected-response')
    expect(answer.statusCode).toBe(expected)
    client.terminate()
  })

  it('refuses a stranger before the gateway hears of him', async () => {
    let heard = 0
    gateway.on('upgrade', () => heard++)
    const closed = (sources.dynamic['access.yml'] ?? '').replaceAll('127.0.0.0/8', '127.0.0.1/32')
    const at = await startWith(
      {},
      { routing: makeRouting({ ...sources, dynamic: { ...sources.dynamic, 'access.yml': closed } }, {}) },
    )
    const client = live(at, '127.0.0.9')
    client.on('error', () => {})
    const [, answer] = await once(client, 'unexpected-response')
    expect([answer.statusCode, heard]).toEqual([403, 0])
    client.terminate()
  })

  it('serves another upgrade (h2c) as the request that it also is', async () => {
    expect((await ask('/', { headers: { Connection: 'Upgrade', Upgrade: 'h2c' } })).status).toBe(200)
  })
})

describe('stopping', () => {
  it('closes every connection, upgraded, slow and idle ones, and gives the port back', async () => {
    new WebSocketServer({ server: gateway })
    gateway.removeAllListeners('request')
    const client = new WebSocket(`ws://127.0.0.1:${front.port}/ws/live`)
    await once(client, 'open')
    const waiting = ask('/api/never').catch((error: Error) => error)
    const idle = connect(front.port, '127.0.0.1')
    await once(idle, 'connect')
    while (seen.length === 0 && (await connections(gateway)) < 2) await sleep(5)
    const ended = Promise.all([once(client, 'close'), once(idle, 'close')])
    await front.stop()
    await ended
    expect(await waiting).toBeInstanceOf(Error)
    while ((await connections(gateway)) > 0) await sleep(5)
    await expect(ask('/')).rejects.toThrow('ECONNREFUSED')
  })

  const connections = (server: Server) =>
    new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)))
})

describe('a folder in place of nginx', () => {
  let folder: string
  let site: Front
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tailboard-front-'))
    stops.push(() => rm(folder, { recursive: true }))
    await mkdir(join(folder, 'site/assets'), { recursive: true })
    await writeFile(join(folder, 'secret.txt'), 'secret')
    await writeFile(join(folder, 'site/index.html'), '<h1>page</h1>')
    await writeFile(join(folder, 'site/refused.html'), '<h1>refused</h1>')
    await writeFile(join(folder, 'site/assets/app.js'), 'let a')
    await writeFile(join(folder, 'site/assets/app.js.gz'), gzipSync('let a'))
    site = await startWith(
      {},
      {
        upstreams: {
          frontend: {
            folder: join(folder, 'site'),
            fallback: '/index.html',
            headers: (path) => ({ 'x-for': path }),
          },
        },
      },
    )
  })

  it('serves files with their types, headers and tags', async () => {
    const page = await ask('/', { at: site })
    expect([page.status, page.body, page.headers['content-type'], page.headers['x-for']]).toEqual([
      200,
      '<h1>page</h1>',
      'text/html; charset=utf-8',
      '/index.html',
    ])
    const etag = page.headers.etag ?? ''
    const again = await ask('/', { at: site, headers: { 'if-none-match': etag } })
    expect([again.status, again.body, again.headers['x-for']]).toEqual([304, '', '/index.html'])
    expect((await ask('/anything', { at: site })).body).toBe('<h1>page</h1>')
    expect((await ask('/', { at: site, method: 'HEAD' })).headers['content-length']).toBe('13')
    const posted = await ask('/', { at: site, method: 'POST' })
    expect([posted.status, posted.headers['x-for']]).toEqual([405, '/'])
  })

  it('sends the packed file to who takes it', async () => {
    const packed = await ask('/assets/app.js', { at: site, headers: { 'accept-encoding': 'gzip, br' } })
    expect(packed.headers).toMatchObject({
      'content-encoding': 'gzip',
      'content-type': 'application/javascript; charset=utf-8',
    })
    expect((await ask('/assets/app.js', { at: site })).body).toBe('let a')
  })

  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/assets/..%2f..%2f..%2fsecret.txt',
    '/..%5csecret.txt',
    '/%00',
  ])('never leaves the folder: %s', async (path) => {
    const answer = await ask(path, { at: site })
    expect(answer.body).not.toContain('secret')
  })
})
