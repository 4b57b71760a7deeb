import { command, Project, tryCommand, until, without } from '@tailboard/stack'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const project = new Project('access')
const namespace = `tb-${process.pid}`
const link = `tbv${process.pid % 10_000}`

/**
 * Clients of other networks, as real hosts: a network namespace of the test's own with one address of each kind. The front
 * stands at 10.99.0.1 on this side of the cable.
 */
const front = '10.99.0.1'
const clients = {
  tailnet: '100.64.0.7',
  home: '192.168.77.5',
  internet: '203.0.113.9',
} as const

const root = typeof process.getuid === 'function' && process.getuid() === 0

describe.skipIf(without.has('engine') || without.has('netns'))(
  'who gets in, through a front made from the labels and Traefik’s files',
  () => {
    let port = 0

    beforeAll(async () => {
      if (!root) throw new Error('network namespaces take root; leave this out with TAILBOARD_WITHOUT=netns')
      await project.create()
      await project.build('source-system')
      await project.up()
      await ip('netns', 'add', namespace)
      await ip('link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace)
      await ip('addr', 'add', `${front}/32`, 'dev', link)
      await ip('link', 'set', link, 'up')
      await inside('ip', 'link', 'set', 'lo', 'up')
      await inside('ip', 'link', 'set', 'eth0', 'up')
      for (const address of Object.values(clients)) {
        await inside('ip', 'addr', 'add', `${address}/32`, 'dev', 'eth0')
        await ip('route', 'add', `${address}/32`, 'dev', link)
      }
      await inside('ip', 'route', 'add', `${front}/32`, 'dev', 'eth0')
      await open({})
      await until('the stack', async () => (await ask('tailnet', '/api/sources')).status === 200)
    })
    afterAll(async () => {
      await tryCommand('ip', ['netns', 'del', namespace])
      await tryCommand('ip', ['link', 'del', link])
      await project.remove()
    })

    const ip = (...args: string[]) => command('ip', args)
    const inside = (...args: string[]) => command('ip', ['netns', 'exec', namespace, ...args])
    const open = async (env: Record<string, string>) => {
      port = (await project.front(env, front)).port
    }
    const ask = async (from: keyof typeof clients, path: string, ...options: string[]) => {
      const url = `http://${front}:${port}${path}`
      const args = [
        'netns',
        'exec',
        namespace,
        'curl',
        '-s',
        '-i',
        '--max-time',
        '20',
        '--interface',
        clients[from],
        // One Host header and no second: which of two curl sends is its own affair.
        ...(options.some((option) => option.startsWith('Host:')) ? [] : ['-H', 'Host: localhost']),
        ...options,
        url,
      ]
      const answer = await command('ip', args)
      return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]), body: answer }
    }
    const post = ['-X', 'POST', '-H', 'Content-Type: application/json', '-d', '{}']

    test('a client of the tailnet gets page and API; one of the house or the internet gets 403', async () => {
      expect((await ask('tailnet', '/')).status).toBe(200)
      expect((await ask('tailnet', '/')).body).toContain('<!doctype html>')
      expect((await ask('tailnet', '/api/sources')).status).toBe(200)
      for (const stranger of ['home', 'internet'] as const) {
        expect((await ask(stranger, '/')).status).toBe(403)
        expect((await ask(stranger, '/api/sources')).status).toBe(403)
        expect((await ask(stranger, '/api/sources', '-H', 'X-Forwarded-For: 100.64.0.7')).status).toBe(403)
      }
    })

    test('the refused visitor of the page reads which line lets him in', async () => {
      expect((await ask('home', '/')).body).toContain('TAILBOARD_READ_FROM')
      expect((await ask('home', '/refused.css')).status).toBe(200)
      for (const path of ['/index.html', '/manifest.webmanifest'])
        expect((await ask('home', path)).status).toBe(403)
    })

    test('a network that the owner adds gets in', async () => {
      await open({ TAILBOARD_READ_FROM: '192.168.77.0/24' })
      expect((await ask('home', '/')).status).toBe(200)
      expect((await ask('internet', '/')).status).toBe(403)
      await open({})
    })

    test('one who may only read gets the page, and 403 for what changes something', async () => {
      await open({ TAILBOARD_READ_FROM: '192.168.77.0/24', TAILBOARD_WRITE_FROM: '100.64.0.0/10' })
      expect((await ask('home', '/api/sources')).status).toBe(200)
      expect((await ask('home', '/api/sources/system/run', ...post)).status).toBe(403)
      expect((await ask('home', '/api/camera')).status).toBe(403)
      expect([202, 409]).toContain((await ask('tailnet', '/api/sources/system/run', ...post)).status)
      await open({})
    })

    test('a write is an event with the address that it came from, whatever the client says of itself', async () => {
      const claims = ['-H', 'X-Forwarded-For: 1.2.3.4', '-H', 'Tailscale-User-Login: alice@example.com']
      await until(
        'a free source',
        async () => (await ask('tailnet', '/api/sources/system/run', ...post, ...claims)).status === 202,
      )
      const redis = await project.redis()
      const events = await redis.xrevrange('tailboard:events', '+', '-', 'COUNT', 50)
      const writes = events
        .map(([, fields]) => JSON.parse(fields[1] ?? '{}'))
        .filter(({ type }) => type === 'write')
      expect(writes[0]?.by).toBe(clients.tailnet)
      expect(JSON.stringify(events)).not.toContain('alice')
    })

    test('what Tailscale Funnel brings gets nothing', async () => {
      for (const path of ['/', '/api/sources', '/ws/live']) {
        const answer = await ask('tailnet', path, '-H', 'Tailscale-Funnel-Request: ?1')
        expect(answer.status).toBeGreaterThanOrEqual(400)
        expect(answer.body).not.toContain('<!doctype html>')
      }
    })

    test('a foreign Host gets 421, a foreign Origin 403, a body that is not JSON 415', async () => {
      expect((await ask('tailnet', '/api/sources', '-H', 'Host: evil.example')).status).toBe(421)
      expect(
        (await ask('tailnet', '/api/sources/system/run', ...post, '-H', 'Origin: http://evil.example'))
          .status,
      ).toBe(403)
      expect(
        (
          await ask(
            'tailnet',
            '/api/sources/system/run',
            '-X',
            'POST',
            '-H',
            'Content-Type: text/plain',
            '-d',
            'x',
          )
        ).status,
      ).toBe(415)
    })
  },
)
