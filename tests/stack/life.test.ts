import { setTimeout as sleep } from 'node:timers/promises'
import { keys, type RunRecord, sourceFields } from '@tailboard/contracts'
import { docker, LiveClient, Project, until, without } from '@tailboard/stack'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const project = new Project('life')
const redisAwayMs = process.env.SOAK === '1' ? 20_000 : 5_000
const config = (settings: string) =>
  `version: 1\nsources:\n  system:\n    ${settings.split('\n').join('\n    ')}\n`

interface View {
  state: string
  interval: number
  failure: { kind: string; message: string } | null
}

describe.skipIf(without.has('engine'))('what a Pi’s life does to the stack', () => {
  let base = ''

  beforeAll(async () => {
    await project.create()
    await project.writeFile('config/tailboard.yaml', config('intervalSeconds: 60'))
    // There from the start: the orchestrator learns its compose files from its own labels, and keeps those until it is remade.
    await project.writeFile('hang.yml', 'services: {}\n')
    project.overrides = ['hang.yml']
    await project.build('source-system')
    await project.up()
    base = (await project.front()).url
    await until('the first reading', async () => (await runs()).length > 0, { withinMs: 280_000 })
  })
  afterAll(() => project.remove())

  const node = async () => (await (await project.redis()).get(keys.localNode)) ?? ''
  const runs = async (): Promise<RunRecord[]> => {
    const list = await (await project.redis()).lrange(keys.runs(await node()), 0, -1)
    return list.map((json) => JSON.parse(json) as RunRecord)
  }
  const runState = async () => {
    const json = await (await project.redis()).hget(keys.source(await node(), 'system'), sourceFields.run)
    return JSON.parse(json ?? 'null') as { running: unknown; next: { clock: { ms: number } } | null } | null
  }
  const api = async (path: string, init?: RequestInit) => fetch(new URL(path, base), init)

  test('an interval that is changed in the file moves the next run within two seconds, and nothing is restarted', async () => {
    await until('rest', async () => (await runState())?.running === null)
    const started = (await project.inspect('orchestrator')).State.StartedAt
    const before = (await runState())?.next?.clock.ms ?? 0
    await project.writeFile('config/tailboard.yaml', config('intervalSeconds: 600'))
    const wrote = performance.now()
    await until(
      'the next run to move',
      async () => ((await runState())?.next?.clock.ms ?? 0) > before + 300_000,
      { everyMs: 50 },
    )
    console.info(
      `an edit of the interval moved the next run after ${Math.round(performance.now() - wrote)} ms (goal 2000)`,
    )
    expect((await project.inspect('orchestrator')).State.StartedAt).toBe(started)
  })

  test('a broken file names line and reason, on the page’s API and in the log, and the old interval rules', async () => {
    await project.writeFile('config/tailboard.yaml', config('intervalSeconds: soon'))
    const answer = await until('the problem', async () => {
      const body = (await (await api('/api/config')).json()) as {
        status: { problems: { line: number; reason: string; path: string }[] }
      }
      return body.status.problems.length > 0 && body
    })
    expect(answer.status.problems[0]).toMatchObject({ line: 4, path: 'sources.system.intervalSeconds' })
    expect(answer.status.problems[0]?.reason).toContain('number of seconds')
    expect(JSON.stringify(answer)).toContain('"intervalSeconds":600')
    expect(await project.compose('logs', 'web-gateway')).toMatch(/sources\.system\.intervalSeconds/)
    await project.writeFile('config/tailboard.yaml', config('intervalSeconds: 10\ntimeoutSeconds: 5'))
    await until('the mended file', async () =>
      (await (await api('/api/config')).text()).includes('"problems":[]'),
    )
  })

  test(`Redis stopped for ${redisAwayMs / 1000} s: said while it is away, readings go on after`, async () => {
    const client = await LiveClient.open(base)
    await until('a snapshot', () => client.messages.length > 0)
    await project.compose('stop', '-t', '1', 'redis')
    await until('the page to be told', () =>
      client.messages.some((m) => m.type === 'event' && m.event.type === 'notice' && m.event.text !== null),
    )
    await sleep(redisAwayMs)
    await project.compose('start', 'redis')
    const count =
      (await until('Redis', async () => (await runs()).length > 0 && (await runs())).then(
        (list) => list.length,
      )) ?? 0
    await until('new runs', async () => (await runs()).length >= count + 2)
    client.close()
    for (const service of ['web-gateway', 'orchestrator']) {
      expect((await project.inspect(service)).RestartCount).toBe(0)
    }
  })

  test('the orchestrator killed in the middle of a run takes the run up, and nothing runs twice', async () => {
    await until('a run under way', async () => (await runState())?.running !== null, { everyMs: 20 })
    const { id } = (await project.containers()).find(({ service }) => service === 'orchestrator') ?? {
      id: '',
    }
    await docker.getContainer(id).kill({ signal: 'SIGKILL' })
    // An engine restarts what died of itself, but not what its user killed: that is ours to do here.
    await docker
      .getContainer(id)
      .start()
      .catch(() => {})
    const count = (await runs()).length
    await until('two more runs', async () => (await runs()).length >= count + 2)
    const all = (await runs()).reverse()
    for (const [index, run] of all.entries()) {
      const previous = all[index - 1]
      if (previous !== undefined) expect(run.started.clock.ms).toBeGreaterThanOrEqual(previous.ended.clock.ms)
    }
    const polls = (await project.containers()).filter(({ service }) => service === 'source-system')
    expect(polls).toHaveLength(1)
  })

  test('a poll that hangs for ever is killed, said, and the next one is good again', async () => {
    await project.writeFile(
      'hang.yml',
      'services:\n  source-system:\n    entrypoint: ["/usr/local/bin/node", "-e", "setInterval(() => {}, 1000)"]\n    command: []\n',
    )
    const failed = await until('the failure', async () => {
      const view = (await (await api('/api/sources')).json()) as { sources: (View & { id: string })[] }
      return view.sources.find(({ id, state }) => id === 'system' && state === 'failed')
    })
    expect(failed.failure?.kind).toBe('timeout')
    await project.writeFile('hang.yml', 'services: {}\n')
    await until(
      'a good run',
      async () => {
        const last = (await runs())[0]
        return last?.result === 'ok'
      },
      { withinMs: 180_000 },
    )
  })

  test('a rebuilt image and an edited definition are what the next run uses', async () => {
    const before = await project.inspect('source-system')
    // What a bundler can't leave out: an image of the same bytes is the same image.
    await project.writeFile(
      'apps/system/src/main.ts',
      `${await project.readFile('apps/system/src/main.ts')}\nObject.assign(globalThis, { rebuilt: '${Date.now()}' })\n`,
    )
    await project.compose('--profile', 'poll', 'build', 'source-system')
    await until('a run from the new image', async () => {
      const container = await project.inspect('source-system').catch(() => null)
      return (
        container !== null &&
        container.Image !== before.Image &&
        container.State.ExitCode === 0 &&
        container.State.Status === 'exited'
      )
    })
    const compose = await project.readFile('docker-compose.yml')
    await project.writeFile(
      'docker-compose.yml',
      compose.replace(/mem_limit: 48m\n(?=[\s\S]*# Images of ours)/, 'mem_limit: 50m\n'),
    )
    await until('a run with the new limit', async () => {
      const container = await project.inspect('source-system').catch(() => null)
      return container?.HostConfig.Memory === 50 * 1024 * 1024
    })
  })
})
