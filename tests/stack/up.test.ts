import { readFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { keys, type SystemData, sourceFields, sourceIds } from '@tailboard/contracts'
import { alwaysOn, docker, Project, until, without } from '@tailboard/stack'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const project = new Project('up')
const images = ['gateway', 'frontend', 'orchestrator', ...sourceIds].map((app) => `tailboard/${app}:local`)

/** Takes our images away, so that `up` has to build. Refuses where someone's dashboard runs from them. */
async function removeImages(): Promise<void> {
  for (const image of images) {
    const users = await docker.listContainers({ all: true, filters: { ancestor: [image] } })
    if (users.length > 0) throw new Error(`${image} is in use: these tests need an engine of their own`)
    await docker.getImage(image).remove({ force: true }).catch(ignoreMissing)
  }
}

function ignoreMissing(error: { statusCode?: number }): void {
  if (error.statusCode !== 404) throw error
}

interface StoredReading {
  data: SystemData
  clock: { ms: number }
}

const storedReading = async (): Promise<StoredReading | null> => {
  const redis = await project.redis()
  const node = await redis.get(keys.localNode)
  const json = node === null ? null : await redis.hget(keys.source(node, 'system'), sourceFields.reading)
  return json === null ? null : JSON.parse(json)
}

describe.skipIf(without.has('engine'))('a bare engine, nothing but `up`, no .env', () => {
  beforeAll(async () => {
    await project.create()
    await removeImages()
  })
  afterAll(() => project.remove())

  test('`docker compose up -d --wait` alone builds and starts the services that live always, and only these', async () => {
    await project.up()
    const running = (await project.containers()).filter(
      // Polls may run by now; the orchestrator has started them.
      ({ state, service }) =>
        state === 'running' && (alwaysOn.includes(service) || !service.startsWith('source-')),
    )
    expect(running.map(({ service }) => service).sort()).toEqual(alwaysOn)
  })

  test('the orchestrator builds the image of source-system, runs it at start, and again at its interval', async () => {
    // The first run waits for an image to be built.
    const first = await until('the first reading', storedReading, { withinMs: 280_000, everyMs: 500 })
    const after = (last: StoredReading) =>
      until(
        'the next reading',
        async () => {
          const reading = await storedReading()
          return reading !== null && reading.clock.ms > last.clock.ms && reading
        },
        { withinMs: 150_000, everyMs: 500 },
      )
    // A first run has nothing to make rates of, and asks for the next one soon.
    const second = await after(first)
    expect(second.clock.ms - first.clock.ms).toBeGreaterThan(9_000)
    expect(second.data.cpu.usedPercent).not.toBeNull()
    // The default interval is 60 s, with a little jitter: far from twice, and never at once.
    expect((await after(second)).clock.ms - second.clock.ms).toBeGreaterThan(40_000)
    expect((await project.inspect('source-system')).State.ExitCode).toBe(0)
  })

  test('`ps -a`, `logs` and `run` treat its container as their own', async () => {
    expect(await project.compose('ps', '-a', '--format', '{{.Service}} {{.State}}')).toMatch(
      /^source-system (exited|running)$/m,
    )
    expect(await project.compose('logs', 'source-system')).toContain('"message":"measured"')
    const before = await storedReading()
    await project.compose('--profile', 'poll', 'run', '--rm', 'source-system')
    const after = await storedReading()
    expect(after?.clock.ms).toBeGreaterThan(before?.clock.ms ?? Number.POSITIVE_INFINITY)
  })

  test('the reading taken in the container is the truth of the host', async () => {
    const before = hostTruth()
    await project.compose('--profile', 'poll', 'run', '--rm', 'source-system')
    const after = hostTruth()
    const data = (await storedReading())?.data
    if (data === undefined) throw new Error('no reading')
    expect(data.host.name).toBe(before.hostName)
    expect(data.memory.totalBytes).toBe(before.memoryBytes)
    within(data.host.uptimeS, before.uptimeS, after.uptimeS)
    expect(data.disk.totalBytes).toBeGreaterThan(0)
    const both = data.network.filter(({ name }) => before.received.has(name) && after.received.has(name))
    expect(both.length).toBeGreaterThan(0)
    for (const { name, receivedBytes } of both) {
      within(receivedBytes, before.received.get(name) ?? 0, after.received.get(name) ?? 0)
    }
    // None of the engine's own, and all of the machine's that have an address.
    expect(data.network.filter(({ name }) => /^(lo|veth|br-|docker0)/.test(name))).toEqual([])
    const mine = Object.entries(networkInterfaces()).filter(([name]) => !/^(lo|veth|br-|docker0)/.test(name))
    expect(data.network.map(({ name }) => name)).toEqual(expect.arrayContaining(mine.map(([name]) => name)))
  })

  test('no container was killed for its memory', async () => {
    for (const { id, service } of await project.containers()) {
      const { State, RestartCount } = await docker.getContainer(id).inspect()
      expect({ service, oom: State.OOMKilled, restarts: RestartCount }).toEqual({
        service,
        oom: false,
        restarts: 0,
      })
    }
  })

  test('after `down` and `up` the next run is in the new network', async () => {
    const before = (await docker.getNetwork(`${project.name}_internal`).inspect()).Id
    await project.compose('--profile', '*', 'down')
    await project.up()
    const after = (await docker.getNetwork(`${project.name}_internal`).inspect()).Id
    expect(after).not.toBe(before)
    await until('a run in the new network', async () => {
      const container = await project.inspect('source-system').catch(() => null)
      return (
        container?.NetworkSettings.Networks[`${project.name}_internal`]?.NetworkID === after &&
        container.State.ExitCode === 0
      )
    })
  })

  test('a plain `docker compose down` leaves no container and no network', async () => {
    await project.compose('down')
    expect(await project.containers()).toEqual([])
    const networks = await docker.listNetworks({
      filters: { label: [`com.docker.compose.project=${project.name}`] },
    })
    expect(networks).toEqual([])
  })
})

function within(value: number, least: number, most: number): void {
  expect(value).toBeGreaterThanOrEqual(least)
  expect(value).toBeLessThanOrEqual(most)
}

/** What the kernel tells whoever asks on the host itself. */
function hostTruth() {
  const read = (path: string) => readFileSync(path, 'utf8')
  return {
    hostName: read('/etc/hostname').trim(),
    uptimeS: Number(read('/proc/uptime').split(' ')[0]),
    memoryBytes: Number(/MemTotal:\s+(\d+) kB/.exec(read('/proc/meminfo'))?.[1]) * 1024,
    received: new Map(
      [...read('/proc/1/net/dev').matchAll(/^\s*([^:\s]+):\s*(\d+)/gm)].map(([, name = '', bytes]) => [
        name,
        Number(bytes),
      ]),
    ),
  }
}
