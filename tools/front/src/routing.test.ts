import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { decide } from './decide.ts'
import { makeRouting, type Routing, type RoutingSources, readRoutingSources } from './routing.ts'
import type { Environment } from './template.ts'

const real = readRoutingSources(join(import.meta.dirname, '../../..'))

interface Ask {
  method?: string
  entryPoint?: string
  headers?: Record<string, string>
}

/** `web-gateway`, `frontend`, or the status; with `+page` where a page is shown in its place. */
function outcome(routing: Routing, address: string, target: string, ask: Ask = {}): string {
  const headers = new Map(
    Object.entries(ask.headers ?? {}).map(([name, value]) => [name.toLowerCase(), [value]]),
  )
  const decision = decide(routing, {
    entryPoint: ask.entryPoint ?? 'web',
    method: ask.method ?? 'GET',
    target,
    host: 'pi',
    address,
    headers,
  })
  return decision.kind === 'forward' ? decision.service : `${decision.status}${decision.page ? '+page' : ''}`
}

const routingWith = (env: Environment = {}, sources: RoutingSources = real) => makeRouting(sources, env)
const tailnet = '100.101.102.103'

describe('the routes of this repository', () => {
  const routing = routingWith()

  it('has no router out of service and nothing that Traefik would only log', () => {
    expect(routing.problems).toEqual([])
    expect(routing.routers.map((router) => [router.priority, router.name])).toEqual([
      [1000, 'funnel@file'],
      [20, 'api-write@docker'],
      [20, 'camera@docker'],
      [10, 'api@docker'],
      [10, 'ws@docker'],
      [5, 'refused-style@docker'],
      [1, 'frontend@docker'],
    ])
  })

  it.each([
    ['GET', '/', 'frontend'],
    ['GET', '/index.html?x=/api/', 'frontend'],
    ['GET', '/assets/app.js', 'frontend'],
    ['GET', '/api', 'web-gateway'],
    ['GET', '/api/', 'web-gateway'],
    ['GET', '/api/sources', 'web-gateway'],
    ['GET', '/api?x=1', 'web-gateway'],
    ['GET', '/apix', 'frontend'],
    ['GET', '/API/sources', 'frontend'],
    ['GET', '/ws', 'web-gateway'],
    ['GET', '/ws/live?since=1-0', 'web-gateway'],
    ['GET', '/wsx', 'frontend'],
    ['POST', '/api/sources/system/run', 'web-gateway'],
    ['DELETE', '/api/camera/watch', 'web-gateway'],
    ['GET', '/a/../api/sources', 'web-gateway'],
    ['GET', '/%61pi/sources', 'web-gateway'],
    ['GET', '/api%2Fsources', 'frontend'],
    ['GET', '/%zz', '400'],
    ['OPTIONS', '*', '400'],
  ])('%s %s from the tailnet goes to %s', (method, target, expected) => {
    for (const entryPoint of ['web', 'websecure'])
      expect(outcome(routing, tailnet, target, { method, entryPoint })).toBe(expected)
  })

  it.each([
    ['127.0.0.1', true],
    ['127.8.8.8', true],
    ['::1', true],
    ['100.64.0.0', true],
    ['100.127.255.255', true],
    ['::ffff:100.64.0.1', true],
    ['fd7a:115c:a1e0::1', true],
    ['fd7a:115c:a1e0:ab12:4843:cd96:6258:b240', true],
    ['100.63.255.255', false],
    ['100.128.0.0', false],
    ['fd7a:115c:a1e1::1', false],
    ['192.168.1.20', false],
    ['::ffff:192.168.1.20', false],
    ['10.0.0.1', false],
    ['172.17.0.1', false],
    ['8.8.8.8', false],
    ['2001:db8::1', false],
    ['fe80::1%eth0', false],
    ['', false],
  ])('%s gets in: %s', (address, isIn) => {
    expect(outcome(routing, address, '/')).toBe(isIn ? 'frontend' : '403+page')
    for (const target of ['/api/sources', '/ws/live', '/api/camera'])
      expect(outcome(routing, address, target)).toBe(isIn ? 'web-gateway' : '403')
    expect(outcome(routing, address, '/api/config', { method: 'PATCH' })).toBe(isIn ? 'web-gateway' : '403')
  })

  it('gives a refused visitor the style of his page, and only that', () => {
    expect(outcome(routing, '192.168.1.20', '/refused.css')).toBe('frontend')
    for (const target of ['/refused.css/', '/refused.css/../index.html', '/refused.html'])
      expect(outcome(routing, '192.168.1.20', target)).toBe('403+page')
  })

  it('judges the connection, not what a header claims', () => {
    const headers = { 'X-Forwarded-For': tailnet, 'X-Real-Ip': '127.0.0.1', Forwarded: 'for=127.0.0.1' }
    expect(outcome(routing, '192.168.1.20', '/api/sources', { headers })).toBe('403')
  })

  it.each(['/', '/api/sources', '/api/camera', '/ws/live', '/refused.html'])(
    'gives a request that came through Funnel nothing: %s',
    (target) => {
      for (const value of ['?1', '', 'x'])
        for (const address of ['127.0.0.1', tailnet])
          expect(outcome(routing, address, target, { headers: { 'tailscale-funnel-request': value } })).toBe(
            '403',
          )
    },
  )

  it.each(['/', '/api/sources', '/api/camera', '/ws/live'])(
    'lets no identity header through: %s',
    (target) => {
      const names = ['user-login', 'user-name', 'user-profile-pic', 'headers-info', 'app-capabilities']
      const headers = new Map(names.map((name) => [`tailscale-${name}`, ['alice@example.com']]))
      const decision = decide(routing, {
        entryPoint: 'web',
        method: 'GET',
        target,
        host: 'pi',
        address: '127.0.0.1',
        headers: new Map([...headers, ['accept', ['*/*']]]),
      })
      expect(decision.kind === 'forward' && [...decision.headers.keys()]).toEqual(['accept'])
    },
  )

  it('knows the port of each service', () => {
    expect([...routing.services]).toEqual([
      ['web-gateway@docker', 8080],
      ['frontend@docker', 3000],
    ])
  })

  it('keeps the dashboard on loopback and logs little', () => {
    const { entryPoints, isExposedByDefault, logLevel } = routing.static
    expect(entryPoints.get('traefik')?.host).toBe('127.0.0.1')
    expect([isExposedByDefault, logLevel]).toEqual([false, 'WARN'])
    for (const name of ['web', 'websecure']) {
      const trusted = entryPoints.get(name)?.trusted
      expect(trusted?.contains('127.0.0.1')).toBe(true)
      expect(trusted?.contains('::1')).toBe(true)
      expect(trusted?.contains(tailnet)).toBe(false)
    }
    expect(entryPoints.get('websecure')?.isTls).toBe(true)
    expect(entryPoints.get('web')?.isTls).toBe(false)
  })

  it('takes its ports from the environment', () => {
    const ports = (env: Environment) =>
      ['web', 'websecure'].map((name) => routingWith(env).entryPoints.get(name)?.port)
    expect(ports({})).toEqual([80, 443])
    expect(ports({ TAILBOARD_HTTP_PORT: '', TAILBOARD_HTTPS_PORT: '' })).toEqual([80, 443])
    expect(ports({ TAILBOARD_HTTP_PORT: '8088', TAILBOARD_HTTPS_PORT: '8443' })).toEqual([8088, 8443])
    expect(() => ports({ TAILBOARD_HTTP_PORT: '99999' })).toThrow('99999')
  })
})

describe('the two lists', () => {
  it.each([
    ['192.168.1.0/24', ['192.168.1.20'], ['192.168.2.20']],
    ['192.168.1.7', ['192.168.1.7'], ['192.168.1.8']],
    [
      ' 192.168.1.0/24 , 10.1.0.0/16,2001:db8:1::/64, ',
      ['192.168.1.1', '10.1.2.3', '2001:db8:1::9'],
      ['10.2.0.1'],
    ],
  ])('adds what TAILBOARD_READ_FROM=%s names, for reading and for changing', (value, inside, outside) => {
    const routing = routingWith({ TAILBOARD_READ_FROM: value })
    expect(routing.problems).toEqual([])
    for (const address of [...inside, tailnet, '127.0.0.1']) {
      expect(outcome(routing, address, '/')).toBe('frontend')
      expect(outcome(routing, address, '/api/x', { method: 'POST' })).toBe('web-gateway')
    }
    for (const address of outside) expect(outcome(routing, address, '/')).toBe('403+page')
  })

  it.each([
    ['100.101.102.103', 1],
    ['100.101.102.103,192.168.1.5,192.168.9.0/24', 3],
  ])('narrows changing and the camera to TAILBOARD_WRITE_FROM=%s', (value) => {
    const routing = routingWith({ TAILBOARD_WRITE_FROM: value, TAILBOARD_READ_FROM: '192.168.1.0/24' })
    expect(routing.problems).toEqual([])
    const readers = ['100.64.0.9', '192.168.1.20', 'fd7a:115c:a1e0::7']
    for (const address of readers) {
      expect(outcome(routing, address, '/')).toBe('frontend')
      expect(outcome(routing, address, '/api/sources')).toBe('web-gateway')
      expect(outcome(routing, address, '/ws/live')).toBe('web-gateway')
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND'])
        expect(outcome(routing, address, '/api/sources/system/run', { method })).toBe('403')
      for (const target of [
        '/api/camera',
        '/api/camera/hls/live.m3u8',
        '/api/%63amera/watch',
        '/x/../api//camera/',
      ])
        expect(outcome(routing, address, target)).toBe('403')
      expect(outcome(routing, address, '/api/camerax')).toBe('web-gateway')
    }
    for (const address of ['100.101.102.103', '127.0.0.1', '::1']) {
      expect(outcome(routing, address, '/api/sources/system/run', { method: 'POST' })).toBe('web-gateway')
      expect(outcome(routing, address, '/api/camera')).toBe('web-gateway')
    }
  })

  it('lets who may change also read', () => {
    const routing = routingWith({ TAILBOARD_WRITE_FROM: '192.168.1.5' })
    expect(outcome(routing, '192.168.1.5', '/')).toBe('frontend')
    expect(outcome(routing, '192.168.1.6', '/')).toBe('403+page')
  })

  it.each(['home', '192.168.1.0/33', '192.168.1.0/24"]', '999.1.1.1'])(
    'shuts the door when an entry is no network: %s',
    (value) => {
      const routing = routingWith({ TAILBOARD_READ_FROM: value })
      expect(routing.problems.join()).toContain('neither an address nor a network')
      expect(outcome(routing, '8.8.8.8', '/')).toBe('404')
      expect(outcome(routing, '127.0.0.1', '/api/x', { method: 'POST' })).toBe('404')
    },
  )
})

describe('a mistake in the files', () => {
  const change = (part: 'compose' | 'static' | string, from: string | RegExp, to: string): RoutingSources => {
    const text = part === 'compose' || part === 'static' ? real[part] : (real.dynamic[part] ?? '')
    const changed = text.replace(from, to)
    expect(changed).not.toBe(text)
    return part === 'compose' || part === 'static'
      ? { ...real, [part]: changed }
      : { ...real, dynamic: { ...real.dynamic, [part]: changed } }
  }

  it.each<[string, string, string | RegExp, string, string]>([
    ['an argument without quotes', 'compose', '"PathPrefix(`/`)"', '"PathPrefix(/)"', 'is not understood'],
    [
      'the list of v2',
      'compose',
      '"Path(`/ws`) || PathPrefix(`/ws/`)"',
      '"PathPrefix(`/ws`, `/ws/`)"',
      'takes 1 argument',
    ],
    ['an unknown matcher', 'compose', 'PathPrefix(`/ws/`)', 'Paths(`/ws/`)', 'Paths is not known'],
    [
      'a missing middleware',
      'compose',
      'routers.api.middlewares: api-read@file',
      'routers.api.middlewares: api-reed@file',
      'api-reed@file does not exist',
    ],
    [
      'a middleware sought in the wrong place',
      'compose',
      'routers.ws.middlewares: api-read@file',
      'routers.ws.middlewares: api-read',
      'api-read@docker does not exist',
    ],
    [
      'a missing service',
      'compose',
      'routers.frontend.service: frontend',
      'routers.frontend.service: page',
      'page@docker does not exist',
    ],
    [
      'an unknown entry point',
      'compose',
      /(routers\.api\.entrypoints): web,websecure/,
      '$1: http,websecure',
      'no entry point "http"',
    ],
    ['a lost entry point', 'static', '  websecure:', '  other:', 'no entry point "websecure"'],
    [
      'a network that is not its own',
      'compose',
      /\$\{COMPOSE_PROJECT_NAME\}_internal/,
      'internal',
      'in no network of the name "internal"',
    ],
    [
      'a lost port',
      'compose',
      / {6}traefik\.http\.services\.frontend\.loadbalancer\.server\.port.*\n/,
      '',
      'no label names its port',
    ],
    [
      'a renamed chain link',
      'routes.yml',
      'write-list, strip',
      'writer-list, strip',
      'writer-list@file does not exist',
    ],
    [
      'a chain in itself',
      'routes.yml',
      'middlewares: [write-list, strip-identity]',
      'middlewares: [api-write]',
      'in its own chain',
    ],
  ])('is told: %s', (_, part, from, to, expected) => {
    expect(routingWith({}, change(part, from, to)).problems.join('\n')).toContain(expected)
  })

  it.each<[string, string, string | RegExp, string, string]>([
    [
      'an unknown label',
      'compose',
      'traefik.http.routers.ws.priority',
      'traefik.http.routers.ws.prio',
      'prio is not known',
    ],
    ['an unknown middleware', 'routes.yml', 'chain:', 'chains:', '"chains" is not known'],
    [
      'an option that asks someone else for the address',
      'access.yml',
      'sourceRange:',
      'ipStrategy: { depth: 1 }\n        sourceRange:',
      'ipStrategy is not known',
    ],
    [
      'an unknown template function',
      'access.yml',
      'env "TAILBOARD_READ_FROM" | nospace',
      'env "TAILBOARD_READ_FROM" | trim',
      '"trim" is not known',
    ],
    [
      'an unknown option of a door',
      'static',
      'address: ":80"',
      'address: ":80"\n    proxyProtocol: {}',
      'proxyProtocol is not known',
    ],
    [
      'trust in everybody',
      'static',
      'trustedIPs: ["127.0.0.1/32", "::1/128"]',
      'insecure: true',
      'insecure is not known',
    ],
    [
      'a port that is none',
      'compose',
      'server.port: "3000"',
      'server.port: "three"',
      'a whole number expected',
    ],
  ])('is refused by name: %s', (_, part, from, to, expected) => {
    expect(() => routingWith({}, change(part, from, to))).toThrow(expected)
  })

  it('changes where things go when a priority is lower than the page', () => {
    const lower = routingWith(
      {},
      change('compose', 'routers.api.priority: "10"', 'routers.api.priority: "1"'),
    )
    const lowest = routingWith(
      {},
      change('compose', 'routers.frontend.priority: "1"', 'routers.frontend.priority: "50"'),
    )
    expect(outcome(lowest, tailnet, '/api/sources')).toBe('frontend')
    expect(lower.routers.find((r) => r.name === 'api@docker')?.priority).toBe(1)
  })

  it('takes the rule’s length where no priority stands', () => {
    const routing = routingWith(
      {},
      change('compose', / {6}traefik\.http\.routers\.frontend\.priority.*\n/, ''),
    )
    expect(routing.routers.find((r) => r.name === 'frontend@docker')?.priority).toBe('PathPrefix(`/`)'.length)
    expect(outcome(routing, tailnet, '/ws/live')).toBe('frontend')
  })

  it('shows a container that is not enabled to nobody', () => {
    const routing = routingWith({}, change('compose', 'traefik.enable: "true"', 'traefik.enable: "false"'))
    expect(outcome(routing, tailnet, '/api/sources')).toBe('frontend')
  })

  it('lets everybody in once the list is taken from the page: this test would see it', () => {
    const routing = routingWith(
      {},
      change('routes.yml', '[refused-page, read-list, strip-identity]', '[strip-identity]'),
    )
    expect(outcome(routing, '8.8.8.8', '/')).toBe('frontend')
  })
})
