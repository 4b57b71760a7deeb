import { once } from 'node:events'
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { keys, type PublishedConfig, type SourcesAnswer, type StatusAnswer } from '@tailboard/contracts'
import {
  alwaysOn,
  command,
  configText,
  docker,
  LiveClient,
  openBrowser,
  Project,
  tryCommand,
  until,
  without,
} from '@tailboard/stack'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

/**
 * Everything odd at once, since a Pi brings it at once: a clone that root owns, no IPv6, names that a stranger chose,
 * secrets wherever they can stand, an engine that was cleared.
 */
const project = new Project('odds')
/** Images of its own: they are taken away here, and nobody else's. */
const tag = project.name

const inEnv = 'planted/pi&hole 1'
const inUrl = 'planted+redis/2'
const esc = String.fromCharCode(0x1b)
const override = String.fromCharCode(0x202e)
const hostile = `${esc}]0;owned${esc}[2J${override}<img src=x onerror="document.title='owned'">`
const harmful = new RegExp(`[${esc}${override}]|\\\\u001b|\\\\u202e|x{101}`)

/** As a kernel without IPv6 answers: the address family is not supported. */
const noIpv6 = {
  defaultAction: 'SCMP_ACT_ALLOW',
  syscalls: [
    {
      names: ['socket'],
      action: 'SCMP_ACT_ERRNO',
      errnoRet: 97,
      args: [{ index: 0, value: 10, op: 'SCMP_CMP_EQ' }],
    },
  ],
}

const withoutIpv6 = { security_opt: ['seccomp:./odd/no-ipv6.json'] }
const redisUrl = { REDIS_URL: `redis://default:${encodeURIComponent(inUrl)}@redis:6379` }
const overrides = {
  services: {
    redis: withoutIpv6,
    'web-gateway': { ...withoutIpv6, environment: redisUrl },
    // nginx asks whether the kernel has a table of addresses, and no filter takes that away: so only its addresses are.
    frontend: { sysctls: { 'net.ipv6.conf.all.disable_ipv6': '1' } },
    orchestrator: { ...withoutIpv6, environment: redisUrl },
    'source-system': {
      environment: redisUrl,
      volumes: [
        './odd/proc:/host/proc:ro',
        {
          type: 'bind',
          source: './odd/hostname',
          target: '/host/etc/hostname',
          read_only: true,
          bind: { create_host_path: false },
        },
      ],
    },
    'source-pihole': { environment: redisUrl },
  },
}

/** The end of a program that prints what it knows and dies. */
const leak = {
  services: {
    // A change of its own: Compose makes only what changed anew, and then the orchestrator knows of this file.
    orchestrator: { environment: { LOG_LEVEL: 'warn' } },
    'source-pihole': {
      entrypoint: [
        '/usr/local/bin/node',
        '-e',
        'const s = process.env.PIHOLE_PASSWORD; console.error(process.env, s, encodeURIComponent(s), Buffer.from(s).toString("base64")); process.exit(3)',
      ],
      command: [],
    },
  },
}

describe.skipIf(without.has('engine'))('a Pi with everything odd', () => {
  let base = ''
  let live: LiveClient

  beforeAll(async () => {
    await project.create({ ownedByRoot: true })
    await madeUpHost(join(project.folder, 'odd'))
    await project.writeFile('odd/no-ipv6.json', JSON.stringify(noIpv6))
    await project.writeFile('odd.yml', JSON.stringify(overrides))
    await project.writeFile('.env', `TAILBOARD_VERSION=${tag}\nPIHOLE_PASSWORD='${inEnv}'\n`)
    project.overrides = ['odd.yml']
    await project.up()
    base = (await project.front()).url
    live = await until('the live stream', () => LiveClient.open(base))
  })
  afterAll(async () => {
    live?.close()
    await project.remove()
    const images = await docker.listImages({ filters: { reference: [`tailboard/*:${tag}`] } })
    for (const { RepoTags } of images)
      for (const name of RepoTags ?? []) if (name.endsWith(`:${tag}`)) await docker.getImage(name).remove()
  })

  const api = async <T>(path: string, init?: RequestInit) =>
    (await (await fetch(new URL(path, base), init)).json()) as T
  const source = async (id: string) =>
    (await api<SourcesAnswer>('/api/sources')).sources.find((each) => each.id === id)
  const run = (id: string) =>
    until(
      `a run of ${id}`,
      async () => {
        const answer = await fetch(new URL(`/api/sources/${id}/run`, base), { method: 'POST' })
        return answer.status === 202
      },
      { withinMs: 200_000, everyMs: 500 },
    )
  const now = async () => (await api<SourcesAnswer>('/api/sources')).now.clock.ms
  const goodRun = (sinceMs: number) =>
    until(
      'a good run',
      async () => {
        const last = (await source('system'))?.lastRun
        return last !== undefined && last !== null && last.started.clock.ms > sinceMs && last.exitCode === 0
      },
      { withinMs: 200_000, everyMs: 500 },
    )
  const config = async () => (await api<PublishedConfig>('/api/config')).status
  /** As the engine keeps them: Compose adds escapes of its own. */
  const logs = async (...services: string[]) => {
    const of = services.length === 0 ? alwaysOn : services
    const found = (await project.containers()).filter(({ service }) => of.includes(service))
    const texts = await Promise.all(found.map(({ id }) => tryCommand('docker', ['logs', id])))
    return texts.map(({ stdout, stderr }) => stdout + stderr).join('')
  }

  test('without IPv6 everything listens', async () => {
    expect((await fetch(base)).status).toBe(200)
    expect(
      (await fetch(new URL('/health/ready', `http://${await project.address('web-gateway')}:8080`))).status,
    ).toBe(200)
    // It was reached over the bridge: for Node 127.0.0.1 is another name of 0.0.0.0 here.
    expect(await logs()).toMatch(/"address":"http:\/\/(0\.0\.0\.0|127\.0\.0\.1):8080"/)
    for (const service of ['redis', 'web-gateway', 'frontend', 'orchestrator'])
      expect((await project.inspect(service)).RestartCount).toBe(0)
  })

  test('a folder that root owns: the defaults rule, and the line that mends it is said', async () => {
    const status = await config()
    expect(status.origin).toBe('defaults')
    expect(status.notWritable).toContain('chown -R 1000:1000 config')
    expect(await logs()).toContain('chown -R 1000:1000 config')
    await until('a reading by the defaults', async () => (await source('system'))?.reading, {
      withinMs: 280_000,
    })
  })

  test('that line mends it: the file is written, with what each setting means', async () => {
    await command('chown', ['-R', '1000:1000', 'config'], { cwd: project.folder })
    const status = await until('the file', async () => {
      const now = await config()
      return now.origin === 'file' && now
    })
    expect(status.notWritable).toBeNull()
    const text = await project.readFile('config/tailboard.yaml')
    expect(text).toMatch(/^ +# .*\n +intervalSeconds: 60$/m)
    expect(text.split('\n').filter((line) => /^\s*#/.test(line)).length).toBeGreaterThan(10)
    await project.writeFile(
      'config/tailboard.yaml',
      configText({
        system: { intervalSeconds: 10, timeoutSeconds: 8 },
        pihole: { intervalSeconds: 600, timeoutSeconds: 8 },
      }),
    )
    await until('the intervals', async () => (await source('system'))?.intervalSeconds === 10)
  })

  test('a name that a stranger chose is text: in the API, in metrics, in every log', async () => {
    const reading = await until('a reading', async () => (await source('system'))?.reading)
    const { host, network } = reading.data as { host: { name: string }; network: { name: string }[] }
    expect(host.name).toContain('<img src=x onerror=')
    expect(host.name.length).toBeLessThanOrEqual(64)
    expect(network[0]?.name).toContain('<b>')
    const metrics = await (
      await fetch(new URL('/metrics', `http://${await project.address('web-gateway')}:8080`))
    ).text()
    expect(metrics).toContain('key="')
    const said = [JSON.stringify(reading), metrics, await logs(), await logs('source-system')]
    for (const text of said) expect(text).not.toMatch(harmful)
    const events = await (await project.redis()).xrange(keys.events, '-', '+')
    expect(JSON.stringify(events)).not.toMatch(harmful)
  })

  test('an engine that was cleared between two runs: the image is there again when the next one comes', async () => {
    await clearAway('system')
    const cleared = await now()
    await goodRun(cleared)
    await docker.getImage(`tailboard/system:${tag}`).inspect()
  })

  test('where it can’t be built, “image missing” is said with the exact command, and that command mends it', async () => {
    const dockerfile = await project.readFile('apps/system/Dockerfile')
    await project.writeFile('apps/system/Dockerfile', `${dockerfile}\nRUN false\n`)
    await clearAway('system')
    const failure = await until(
      'the failure',
      async () => {
        const view = await source('system')
        return view?.failure?.kind === 'missing-image' && view.failure
      },
      { withinMs: 200_000, everyMs: 500 },
    )
    expect(failure.hint).toBe('docker compose --profile poll build source-system')
    expect((await source('system'))?.reading).not.toBeNull()
    await project.writeFile('apps/system/Dockerfile', dockerfile)
    const [, , ...words] = (failure.hint ?? '').split(' ')
    await project.compose(...words)
    const mended = await now()
    await run('system')
    await goodRun(mended)
  })

  test('a variable that is not yet that of .env is named, by service', async () => {
    await project.writeFile('.env', `${await project.readFile('.env')}LOG_LEVEL=debug\n`)
    const changed = await until('the names', async () => {
      const { system } = await api<StatusAnswer>('/api/status')
      const names = system?.changedVariables ?? []
      return names.length > 0 && names
    })
    for (const service of ['web-gateway', 'orchestrator'])
      expect(changed).toContainEqual({ service, name: 'LOG_LEVEL' })
    expect(changed.filter(({ name }) => name !== 'LOG_LEVEL')).toEqual([])
  })

  test.skipIf(without.has('browser'))(
    'a browser shows the stranger’s names as text, and what differs in .env',
    async () => {
      const browser = await openBrowser()
      try {
        const page = await browser.newPage()
        const dialogs: string[] = []
        page.on('dialog', (dialog) => {
          dialogs.push(dialog.message())
          void dialog.dismiss()
        })
        await page.goto(base)
        await page.getByText('<img src=x onerror=').first().waitFor()
        expect(await page.locator('img[src="x"]').count()).toBe(0)
        expect(await page.title()).not.toContain('owned')
        expect(await page.locator('body').innerText()).not.toMatch(harmful)
        await page.goto(`${base}/#/status`)
        await page.getByText('not yet taken over').waitFor()
        expect(await page.locator('main').innerText()).toMatch(/LOG_LEVEL/)
        expect(dialogs).toEqual([])
      } finally {
        await browser.close()
      }
    },
  )

  test.skipIf(without.has('browser'))(
    'a page of another origin can change nothing and read nothing',
    async () => {
      const stranger = createServer((_, answer) => {
        answer.setHeader('content-type', 'text/html').end('<!doctype html><title>stranger</title>')
      }).listen(0, '127.0.0.1')
      await once(stranger, 'listening')
      const browser = await openBrowser()
      try {
        const page = await browser.newPage()
        // Another name of the same machine: the browser lets it try, and another site it is.
        await page.goto(`http://localhost:${(stranger.address() as AddressInfo).port}/`)
        await until('rest', async () => (await source('system'))?.state !== 'running')
        const before = await writes()
        const got = await page.evaluate(`(async (base) => {
        const within = (promise) =>
          Promise.race([promise, new Promise((resolve) => setTimeout(() => resolve('silent'), 10_000))])
        const settled = (promise) => within(promise.then((value) => 'got ' + value, () => 'refused'))
        const loaded = (tag, set) => within(new Promise((resolve) => {
          const element = document.createElement(tag)
          element.onload = () => resolve('loaded')
          element.onerror = () => resolve('refused')
          set(element)
          document.body.append(element)
        }))
        const run = base + '/api/sources/system/run'
        const opened = (socket) => new Promise((resolve) => {
          socket.onopen = () => resolve('open')
          socket.onerror = () => resolve('refused')
        })
        return {
          read: await settled(fetch(base + '/api/sources').then((answer) => answer.text())),
          page: await settled(fetch(base + '/').then((answer) => answer.text())),
          write: await settled(fetch(run, { method: 'POST' }).then((answer) => answer.text())),
          blind: await settled(fetch(run, { method: 'POST', mode: 'no-cors' }).then((answer) => answer.text())),
          script: await loaded('script', (element) => { element.src = base + '/api/sources' }),
          image: await loaded('img', (element) => { element.src = base + '/icon.svg' }),
          socket: await within(opened(new WebSocket(base.replace('http', 'ws') + '/ws/live'))),
        }
      })(${JSON.stringify(base.replace(/\/$/, ''))})`)
        expect(got).toEqual({
          read: 'refused',
          page: 'refused',
          write: 'refused',
          // It may send blindly; it is not heard, and what comes back is empty.
          blind: expect.stringMatching(/^(refused|got )$/),
          script: 'refused',
          image: 'refused',
          socket: 'refused',
        })
        const frame = page.waitForEvent('frameattached')
        await page.evaluate(
          `document.body.append(Object.assign(document.createElement('iframe'), { src: '${base}' }))`,
        )
        await (await frame).waitForLoadState().catch(() => {})
        expect(page.frames().map((each) => each.url())).not.toContain(base)
        expect(await writes()).toBe(before)
      } finally {
        await browser.close()
        stranger.close()
      }
    },
  )

  test('a reboot, that is everything at once and in no order: readings go on', async () => {
    const before = await now()
    const services = (await project.containers()).filter(({ state }) => state === 'running')
    await Promise.all(
      services.map(({ id }) =>
        docker
          .getContainer(id)
          .kill()
          .catch(() => {}),
      ),
    )
    const always = services.filter(({ service }) => !service.startsWith('source-'))
    expect(always.length).toBe(4)
    await Promise.all(always.toReversed().map(({ id }) => docker.getContainer(id).start()))
    project.forgetRedis()
    base = (await project.front()).url
    await until('the gateway', async () => (await fetch(new URL('/api/sources', base))).ok)
    await goodRun(before)
    live.close()
    live = await until('the live stream', () => LiveClient.open(base))
  })

  test('`docker compose up -d` takes them over, and nothing differs any more', async () => {
    await project.up()
    base = (await project.front()).url
    live.close()
    live = await until('the live stream', () => LiveClient.open(base))
    await until('no names', async () => {
      const { system } = await api<StatusAnswer>('/api/status')
      return system !== null && system.changedVariables.length === 0
    })
  })

  test('planted secrets are in no log, record, answer or event, also when a program prints them as it dies', async () => {
    await project.writeFile('leak.yml', JSON.stringify(leak))
    project.overrides = ['odd.yml', 'leak.yml']
    await project.up()
    base = (await project.front()).url
    live.close()
    live = await until('the live stream', () => LiveClient.open(base))
    await run('pihole')
    const failure = await until('the end of its log', async () => {
      const view = await source('pihole')
      if (view?.failure?.kind !== 'crashed') throw new Error(JSON.stringify(view))
      return view.failure
    })
    expect(failure.log?.join('\n')).toContain('PIHOLE_PASSWORD')
    expect(failure.log?.join('\n')).toContain('•••')
    await fetch(new URL(`/api/readings/${encodeURIComponent(inUrl)}`, base))
    const paths = ['sources', 'readings/pihole', 'readings/system', 'config', 'status', 'openapi.json']
    const answers = await Promise.all(
      paths.map(async (path) => (await fetch(new URL(`/api/${path}`, base))).text()),
    )
    const said = { logs: await logs(), redis: await dump(), answers, events: live.messages }
    for (const [where, text] of Object.entries(said)) {
      const flat = JSON.stringify(text)
      expect(flat.length, where).toBeGreaterThan(200)
      for (const secret of [inEnv, inUrl]) {
        const forms = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]
        for (const form of forms) expect(flat.includes(form), `${where} holds ${secret}`).toBe(false)
      }
    }
  })

  test('a plain `docker compose down` leaves no container and no network', async () => {
    live.close()
    await project.compose('down')
    expect(await project.containers()).toEqual([])
    expect(
      await docker.listNetworks({ filters: { label: [`com.docker.compose.project=${project.name}`] } }),
    ).toEqual([])
  })

  /** What `docker system prune -af` takes from a poll source between two runs: its container, then its image. */
  async function clearAway(app: string): Promise<void> {
    await until('its image to be gone', async () => {
      const found = (await project.containers()).find(({ service }) => service === `source-${app}`)
      if (found?.state === 'running') return false
      if (found !== undefined) await docker.getContainer(found.id).remove()
      await docker.getImage(`tailboard/${app}:${tag}`).remove()
      return true
    })
  }

  /** How often something was changed through the API. */
  async function writes(): Promise<number> {
    const events = await (await project.redis()).xrange(keys.events, '-', '+')
    return events.filter(([, fields]) => fields[1]?.includes('"type":"write"')).length
  }

  /** Everything in Redis but what a source keeps for itself. */
  async function dump(): Promise<unknown[]> {
    const redis = await project.redis()
    const found: unknown[] = []
    for (const key of await redis.keys('*')) {
      if (key.includes(':memory:')) continue
      const type = await redis.type(key)
      if (type === 'string') found.push(key, await redis.get(key))
      else if (type === 'hash') found.push(key, await redis.hgetall(key))
      else if (type === 'list') found.push(key, await redis.lrange(key, 0, -1))
      else if (type === 'stream') found.push(key, await redis.xrange(key, '-', '+'))
      else throw new Error(`${key} is a ${type}: look into it here`)
    }
    return found
  }
})

/** This machine's own /proc as files, but for the names in it. */
async function madeUpHost(folder: string): Promise<void> {
  await mkdir(join(folder, 'proc/1/net'), { recursive: true })
  for (const file of ['stat', 'loadavg', 'uptime', '1/mountinfo', '1/net/route', '1/net/fib_trie'])
    await writeFile(join(folder, 'proc', file), await readFile(join('/proc', file)).catch(() => ''))
  const header = (await readFile('/proc/1/net/dev', 'utf8')).split('\n').slice(0, 2)
  // Longer than the kernel allows, and as long as a path can be.
  const name = `${esc}[31m${override}<b>${'x'.repeat(100)}`
  const counters = Array.from({ length: 16 }, (_, n) => 1_000 + n).join(' ')
  await writeFile(join(folder, 'proc/1/net/dev'), [...header, `${name}: ${counters}`, ''].join('\n'))
  await writeFile(join(folder, 'hostname'), `${hostile}${'x'.repeat(10_000)}\n`)
  await cp('/proc/cpuinfo', join(folder, 'proc/cpuinfo')).catch(() => {})
}
