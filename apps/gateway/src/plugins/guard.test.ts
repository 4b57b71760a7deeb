import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keys, type TailscaleData } from '@tailboard/contracts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { node, TestGateway, until } from '../testing/test-gateway.ts'
import { defaultGateways } from './address.ts'

const it = new TestGateway()
beforeAll(async () => {
  await it.start({ variables: { TAILBOARD_HOSTS: 'pi.example.net, Dash.Example.org' } })
  const said = it.store.now()
  const beat = { service: 'orchestrator', version: '1', started: said, said, memoryBytes: 1 }
  await it.redis.set(keys.service(node, 'orchestrator'), JSON.stringify(beat))
})
afterAll(() => it[Symbol.asyncDispose]())

const run = '/api/sources/system/run'
const statusOf = async (path: string, headers: Record<string, string>) =>
  (await it.get(path, headers)).statusCode

describe('a page of another origin', () => {
  test.each([
    [{ origin: 'http://evil.example' }],
    [{ origin: 'null' }],
    [{ origin: 'http://localhost:3000' }],
    [{ origin: 'http://localhost.evil.example' }],
    [{ origin: 'ftp://localhost' }],
    [{ origin: 'garbage' }],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ origin: 'http://localhost', 'sec-fetch-site': 'cross-site' }],
  ])('may not change anything: %j', async (headers) => {
    const answer = await it.post(run, undefined, headers)
    expect(answer.statusCode).toBe(403)
    expect(answer.json().type).toBe('urn:tailboard:foreign-origin')
  })

  test('may not open a WebSocket', async () => {
    await expect(it.page('', { origin: 'http://evil.example' })).rejects.toThrow('403')
    await expect(it.page('', { 'sec-fetch-site': 'cross-site' })).rejects.toThrow('403')
  })

  test('nothing was ordered, and nothing says that another origin may read', async () => {
    expect(await it.redis.llen(keys.orders(node))).toBe(0)
    const answer = await it.get('/api/sources', { origin: 'http://evil.example' })
    expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([])
    const preflight = await it.app.inject({
      method: 'OPTIONS',
      url: run,
      headers: { host: 'localhost', origin: 'http://evil.example', 'access-control-request-method': 'POST' },
    })
    expect(preflight.headers['access-control-allow-origin']).toBeUndefined()
    expect(preflight.statusCode).toBe(404)
  })

  test('our own page may, by HTTP and by HTTPS, on any port', async () => {
    for (const [host, origin] of [
      ['localhost', 'http://localhost'],
      ['pi.example.net', 'https://pi.example.net'],
      ['kitchen.local:8088', 'http://kitchen.local:8088'],
      ['localhost:80', 'http://localhost'],
      ['[::1]:8080', 'http://[::1]:8080'],
    ] as const) {
      const answer = await it.post(run, undefined, { host, origin, 'sec-fetch-site': 'same-origin' })
      expect([202, 409], `${host} ${origin}`).toContain(answer.statusCode)
    }
    const page = await it.page('', { origin: it.url, host: `127.0.0.1:${it.port}` })
    page.close()
  })
})

describe('the Host', () => {
  test.each([
    'evil.example',
    'kitchen.evil.example',
    'localhost.evil.example',
    '8.8.8.8',
    '172.32.0.1',
    '100.128.0.1',
    '[2001:db8::1]',
    'kitchen@evil.example',
    'evil.example:80',
    '192.168.1.20.evil.example',
    '0x7f000001',
  ])('%s is a stranger', async (host) => {
    const answer = await it.get('/api/sources', { host })
    expect(answer.statusCode).toBe(421)
    expect(answer.json().hint).toContain('TAILBOARD_HOSTS')
    await expect(it.page('', { host })).rejects.toThrow('421')
  })

  test.each([
    'localhost',
    'LOCALHOST:8080',
    'kitchen',
    'Kitchen.local.',
    '127.0.0.1:99',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.20',
    '169.254.3.4',
    '100.64.0.1',
    '[::1]',
    '[fd7a:115c:a1e0::1]:80',
    '[fe80::1]',
    'pi.example.net',
    'dash.example.org',
    'web-gateway:8080',
  ])('%s is ours', async (host) => {
    expect(await statusOf('/health', { host })).toBe(200)
  })

  test('what the system reading tells of the machine is ours too', async () => {
    expect(await statusOf('/health', { host: 'larder' })).toBe(421)
    expect(await statusOf('/health', { host: '[2001:db8::20]' })).toBe(421)
    await it.store.publishReading(
      it.reading((data) => {
        data.host.name = 'Larder'
        for (const net of data.network) net.addresses = ['192.168.1.20', '2001:DB8::20/64']
      }),
      null,
    )
    await until(() => it.gateway.model().sources.system.reading !== null)
    for (const host of ['larder', 'larder.local', '[2001:db8::20]'])
      expect(await statusOf('/health', { host })).toBe(200)
  })

  test('what the tailscale reading tells of this node is ours too, and nothing of its peers', async () => {
    const key = { state: 'never' as const, expires: null }
    const device = { name: 'cellar', addresses: ['100.101.102.103'], os: 'linux', owner: null, tags: [], key }
    const tailnet: TailscaleData = {
      state: 'running',
      isUp: true,
      tailnet: { name: 'me@example.com', dnsSuffix: 'tail1234.ts.net' },
      self: { ...device, dnsName: 'Cellar.tail1234.ts.net', isOnline: true, relay: 'fra' },
      exitNode: null,
      counts: { peers: 1, online: 1, keysRunningOut: 0 },
      hidden: { shared: 0, mullvad: 0 },
      traffic: { receivedBytes: 0, sentBytes: 0, receivedBytesPerS: null, sentBytesPerS: null },
      health: [],
      software: { version: '1.98.8', isUpdateAvailable: null, isUpdateUrgent: false, latestVersion: null },
      peers: [
        {
          ...device,
          name: 'laptop',
          isOnline: true,
          lastSeen: null,
          connection: 'direct',
          relay: null,
          receivedBytes: 0,
          sentBytes: 0,
          offersExitNode: false,
        },
      ],
    }
    expect(await statusOf('/health', { host: 'cellar.tail1234.ts.net' })).toBe(421)
    await it.store.publishReading({ ...it.reading(), source: 'tailscale', data: tailnet }, null)
    await until(() => it.gateway.model().sources.tailscale.reading !== null)
    for (const host of ['cellar.tail1234.ts.net', 'CELLAR', '100.101.102.103'])
      expect(await statusOf('/health', { host })).toBe(200)
    for (const host of ['laptop', 'laptop.tail1234.ts.net', 'tail1234.ts.net', 'other.tail1234.ts.net'])
      expect(await statusOf('/health', { host })).toBe(421)
  })

  test('a client can’t choose it by another header', async () => {
    const headers = { host: 'evil.example', 'x-forwarded-host': 'localhost', forwarded: 'host=localhost' }
    expect(await statusOf('/health', headers)).toBe(421)
  })
})

describe('what a request may hold', () => {
  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/xml',
  ])('a body of %s is 415', async (type) => {
    const answer = await it.app.inject({
      method: 'POST',
      url: '/api/sources/system/commands',
      headers: { host: 'localhost', 'content-type': type },
      payload: '{"verb":"run"}',
    })
    expect(answer.statusCode).toBe(415)
  })

  test('a body with no type is 415', async () => {
    const status = await new Promise((resolve) => {
      const call = request(`${it.url}/api/sources/system/commands`, { method: 'POST' }, (answer) => {
        resolve(answer.statusCode)
        answer.resume()
      })
      call.end('{"verb":"run"}')
    })
    expect(status).toBe(415)
  })

  test.each([
    ['{"verb":', 422],
    [`{"verb":"run","x":"${'x'.repeat(17_000)}"}`, 413],
    ['null', 422],
    ['[]', 422],
    ['{"__proto__":{"verb":"run"}}', 422],
  ])('a bad body is refused', async (payload, status) => {
    const answer = await it.app.inject({
      method: 'POST',
      url: '/api/sources/system/commands',
      headers: { host: 'localhost', 'content-type': 'application/json' },
      payload,
    })
    expect(answer.statusCode).toBe(status)
    expect(answer.headers['content-type']).toContain('application/problem+json')
  })

  test('a long address is 414, long headers are 431', async () => {
    expect(await statusOf(`/api/sources?node=${'x'.repeat(2_100)}`, {})).toBe(414)
    const answer = await fetch(`${it.url}/health`, { headers: { 'x-long': 'x'.repeat(9_000) } })
    expect(answer.status).toBe(431)
  })

  test('a message of 10 MB is cut off while it comes, and the others go on', async () => {
    const socket = connect(it.port, '127.0.0.1')
    let answer = ''
    socket.on('data', (data) => {
      answer += data
    })
    socket.on('error', () => {})
    socket.write(
      'POST /api/sources/system/commands HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 10485760\r\n\r\n',
    )
    for (let sent = 0; sent < 10 && socket.writable; sent++) socket.write(Buffer.alloc(1_048_576, 0x20))
    await until(() => answer.includes('413') || socket.closed)
    expect(answer).toMatch(/HTTP\/1.1 413/)
    socket.destroy()
    expect(await statusOf('/health', {})).toBe(200)
  })
})

test('every answer is closed to browsers', async () => {
  for (const path of ['/api/sources', '/api/nothing', '/metrics']) {
    const { headers } = await it.get(path)
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['cross-origin-resource-policy']).toBe('same-origin')
    expect(headers['x-powered-by']).toBeUndefined()
  }
})

describe('the forwarded address', () => {
  const askedBy = async (gateway: TestGateway, forwarded: string, remoteAddress: string) => {
    await gateway.redis.del(keys.orders(node))
    // Each order waits until its run begins; the state of a later run lets the next one through.
    const stamp = gateway.store.now()
    const last = {
      started: stamp,
      ended: stamp,
      durationMs: 1,
      cause: 'x',
      result: 'ok' as const,
      exitCode: 0,
      cost: null,
    }
    await gateway.store.publishRun('system', { running: null, next: null, failuresInARow: 0, last })
    await until(() => gateway.gateway.model().sources.system.run.last?.started.clock.ms === stamp.clock.ms)
    const answer = await gateway.app.inject({
      method: 'POST',
      url: run,
      headers: {
        host: 'localhost',
        'x-forwarded-for': forwarded,
        'tailscale-user-login': 'alice@example.com',
      },
      remoteAddress,
    })
    expect(answer.statusCode).toBe(202)
    const order = await gateway.redis.lindex(keys.orders(node), 0)
    expect(order).not.toContain('alice')
    return (JSON.parse(order ?? '') as { by: string }).by
  }

  test('is believed from loopback where the demo’s front is', async () => {
    expect(await askedBy(it, '100.64.1.2', '127.0.0.1')).toBe('100.64.1.2')
    expect(await askedBy(it, '100.64.1.3, 127.0.0.1', '::ffff:127.0.0.1')).toBe('100.64.1.3')
    expect(await askedBy(it, '9.9.9.9, 100.64.1.4', '::1')).toBe('100.64.1.4')
    expect(await askedBy(it, '<script>', '127.0.0.1')).toBe('127.0.0.1')
    expect(await askedBy(it, '100.64.1.2', '192.168.1.66')).toBe('192.168.1.66')
  })

  test('is believed from the network’s gateway alone in a container', async () => {
    const procRoot = await mkdtemp(join(tmpdir(), 'tailboard-proc-'))
    await mkdir(join(procRoot, 'net'))
    await writeFile(
      join(procRoot, 'net/route'),
      'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\neth0\t00000000\t010012AC\t0003\t0\t0\t0\t00000000\neth0\t000012AC\t00000000\t0001\t0\t0\t0\t0000FFFF\n',
    )
    await writeFile(
      join(procRoot, 'net/ipv6_route'),
      `${'0'.repeat(32)} 00 ${'0'.repeat(32)} 00 fd000000000000000000000000000001 00000400 00000001 00000000 00000003 eth0\n`,
    )
    expect([...defaultGateways(procRoot)]).toEqual(['172.18.0.1', 'fd00::1'])
    const contained = new TestGateway({ procRoot })
    try {
      await contained.start({ variables: { TRUSTED_PROXY: 'network-gateway' } })
      const said = contained.store.now()
      const beat = { service: 'orchestrator', version: '1', started: said, said, memoryBytes: 1 }
      await contained.redis.set(keys.service(node, 'orchestrator'), JSON.stringify(beat))
      expect(await askedBy(contained, '100.64.1.2', '172.18.0.1')).toBe('100.64.1.2')
      expect(await askedBy(contained, '100.64.1.2', 'fd00::1')).toBe('100.64.1.2')
      expect(await askedBy(contained, '100.64.1.2', '172.18.0.9')).toBe('172.18.0.9')
      expect(await askedBy(contained, '100.64.1.2', '127.0.0.1')).toBe('127.0.0.1')
    } finally {
      await contained[Symbol.asyncDispose]()
      await rm(procRoot, { recursive: true })
    }
  })
})
