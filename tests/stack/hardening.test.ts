import { allVariables, serviceVariables } from '@tailboard/contracts'
import { configText, docker, Project, without } from '@tailboard/stack'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { hardeningTable } from './hardening-table.ts'

const project = new Project('hardening')
const megabyte = 1024 * 1024

/** What the mission gives each service. A service that is not here fails the test: it has to be thought about. */
const expected: Record<string, { user: RegExp; memory: number; adds?: string[]; restart: string }> = {
  redis: { user: /^redis$/, memory: 64, restart: 'unless-stopped' },
  'web-gateway': { user: /^1000:1000$/, memory: 96, restart: 'unless-stopped' },
  frontend: { user: /^101:101$/, memory: 48, restart: 'unless-stopped' },
  orchestrator: { user: /^0:0$/, memory: 32, restart: 'unless-stopped' },
  'source-aranet4': { user: /^0:0$/, memory: 48, adds: ['NET_ADMIN', 'NET_RAW'], restart: 'no' },
  'source-tailscale': { user: /^1000:1000$/, memory: 48, restart: 'no' },
  'source-sensehat': { user: /^0:0$/, memory: 64, restart: 'unless-stopped' },
  'source-weather': { user: /^1000:1000$/, memory: 48, restart: 'no' },
  'source-pihole': { user: /^1000:1000$/, memory: 48, restart: 'no' },
  'source-camera': { user: /^1000:1000$/, memory: 128, restart: 'no' },
  'source-system': { user: /^(1000:1000|65534:65534)$/, memory: 48, restart: 'no' },
}

describe.skipIf(without.has('engine'))('what docker inspect says of each service', () => {
  let services: string[] = []

  beforeAll(async () => {
    await project.create()
    const compose = parse(await project.readFile('docker-compose.yml'), { merge: true }) as {
      services: Record<string, unknown>
    }
    services = Object.keys(compose.services).filter((name) => name !== 'traefik')
    // Nothing runs by its schedule: the orchestrator would make the containers that Compose is to make here.
    await project.writeFile('config/tailboard.yaml', configText({}))
    await project.build('source-system')
    await project.up()
    await project.compose(
      '--profile',
      '*',
      'create',
      ...services.filter((name) => name.startsWith('source-')),
    )
  })
  afterAll(() => project.remove())

  test('the table that make hardening prints has a line for each', async () => {
    const table = await hardeningTable((await project.containers()).map(({ id }) => id))
    console.log(table)
    for (const service of services) expect(table).toMatch(new RegExp(`^${service} .*-ALL.* yes `, 'm'))
    expect(table).not.toMatch(/PRIVILEGE/)
  })

  test('every service of the compose file is thought about here', () => {
    expect(services.sort()).toEqual(Object.keys(expected).sort())
  })

  test.each(Object.entries(expected))('%s', async (service, { user, memory, adds = [], restart }) => {
    const { Config, HostConfig } = await project.inspect(service)
    expect(Config.User).toMatch(user)
    expect(HostConfig.CapDrop).toEqual(['ALL'])
    expect(HostConfig.CapAdd ?? []).toEqual(adds)
    expect(HostConfig.ReadonlyRootfs).toBe(true)
    expect(HostConfig.SecurityOpt).toEqual(['no-new-privileges:true'])
    expect(HostConfig.Privileged).toBe(false)
    expect(HostConfig.Memory).toBe(memory * megabyte)
    expect(HostConfig.RestartPolicy?.Name).toBe(restart)
    expect(HostConfig.LogConfig).toEqual({
      Type: 'json-file',
      Config: { 'max-size': '10m', 'max-file': '3' },
    })
    // Below the default of 1024, and killed before anything of the house's.
    expect(HostConfig.CpuShares).toBeGreaterThan(0)
    expect(HostConfig.CpuShares).toBeLessThan(1024)
    expect(HostConfig.OomScoreAdj).toBeGreaterThan(0)
    expect(HostConfig.PortBindings ?? {}).toEqual(
      // The override for machines without traefik publishes these two on loopback; nothing else is published anywhere.
      service === 'web-gateway' || service === 'frontend' ? expect.anything() : {},
    )
    for (const bindings of Object.values(
      (HostConfig.PortBindings ?? {}) as Record<string, { HostIp: string }[]>,
    )) {
      expect(bindings.map(({ HostIp }) => HostIp)).toEqual(['127.0.0.1'])
    }
  })

  test('polls are the first to go and the last to be served', async () => {
    const all = await Promise.all(
      services.map(async (name) => ({ name, host: (await project.inspect(name)).HostConfig })),
    )
    const isAlways = ({ name }: { name: string }) => expected[name]?.restart === 'unless-stopped'
    const polls = all.filter((each) => !isAlways(each))
    const others = all.filter(isAlways)
    for (const poll of polls) {
      for (const other of others) {
        expect(poll.host.CpuShares ?? 0).toBeLessThan(other.host.CpuShares ?? 0)
        expect(poll.host.OomScoreAdj ?? 0).toBeGreaterThan(other.host.OomScoreAdj ?? 0)
      }
    }
  })

  test('each has exactly the variables of its own schema, and those of its image', async () => {
    for (const service of services) {
      const { Config, Image } = await project.inspect(service)
      const image = await docker.getImage(Image).inspect()
      const names = (list: string[] | null) => (list ?? []).map((line) => line.slice(0, line.indexOf('=')))
      const ofImage = new Set(names(image.Config.Env))
      const given = names(Config.Env).filter((name) => !ofImage.has(name))
      const known = allVariables()
        .filter(({ services: readers }) => readers.includes(service))
        .flatMap(({ name, variable }) => (variable.secret === true ? [name, `${name}_FILE`] : [name]))
      expect({ service, unknown: given.filter((name) => !known.includes(name)) }).toEqual({
        service,
        unknown: [],
      })
      // What an owner may set must arrive.
      const ofOwner = allVariables()
        .filter(
          ({ services: readers, variable }) => readers.includes(service) && variable.group !== undefined,
        )
        .map(({ name }) => name)
      expect({ service, missing: ofOwner.filter((name) => !given.includes(name)) }).toEqual({
        service,
        missing: [],
      })
    }
    expect(Object.keys(serviceVariables)).toContain('gateway')
  })

  test('health is probed every 60 s or more, and every second or two only at start', async () => {
    for (const service of services) {
      const { Config } = await project.inspect(service)
      const { Healthcheck } = Config as {
        Healthcheck?: { Interval: number; StartInterval: number; StartPeriod: number }
      }
      if (Healthcheck === undefined) continue
      expect(Healthcheck.Interval).toBeGreaterThanOrEqual(60e9)
      expect(Healthcheck.StartInterval).toBeLessThanOrEqual(2e9)
      expect(Healthcheck.StartPeriod).toBeGreaterThan(0)
    }
  })
})
