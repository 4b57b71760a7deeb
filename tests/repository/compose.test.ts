import {
  allVariables,
  isSourceId,
  serviceVariables,
  sourceIds,
  sourceVariables,
  type Variables,
} from '@tailboard/contracts'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { type ComposeService, composeServices, readText } from './repository.ts'

/** What the mission's table gives each service. One that is not here fails: it has to be thought about. */
interface Expected {
  user: string
  memory: string
  /** always: the six; poll and camera: started by the orchestrator. */
  life: 'always' | 'poll' | 'camera'
  network?: 'host'
  adds?: string[]
}

const expected: Record<string, Expected> = {
  redis: { user: 'redis', memory: '64m', life: 'always' },
  traefik: { user: '0:0', memory: '64m', life: 'always', network: 'host', adds: ['NET_BIND_SERVICE'] },
  'web-gateway': { user: '1000:1000', memory: '96m', life: 'always' },
  frontend: { user: '101:101', memory: '48m', life: 'always' },
  orchestrator: { user: '0:0', memory: '32m', life: 'always' },
  // The owner of the device nodes, whose groups have other numbers on each host; without any capability (docs/adr/0014).
  'source-sensehat': { user: '0:0', memory: '64m', life: 'always' },
  'source-tailscale': { user: '1000:1000', memory: '48m', life: 'poll' },
  'source-pihole': { user: '1000:1000', memory: '48m', life: 'poll' },
  // /proc and /sys tell everybody what it reads.
  'source-system': { user: '65534:65534', memory: '48m', life: 'poll' },
  'source-aranet4': {
    user: '0:0',
    memory: '48m',
    life: 'poll',
    network: 'host',
    adds: ['NET_ADMIN', 'NET_RAW'],
  },
  'source-weather': { user: '1000:1000', memory: '48m', life: 'poll' },
  'source-camera': { user: '1000:1000', memory: '128m', life: 'camera' },
}

const services = Object.entries(composeServices())

/** The variables that a service reads; null for one that reads none. */
function variablesOf(name: string): Variables | null {
  if (name === 'web-gateway') return serviceVariables.gateway
  if (name === 'orchestrator') return serviceVariables.orchestrator
  if (name === 'traefik') {
    const { TAILBOARD_HTTP_PORT, TAILBOARD_HTTPS_PORT, TAILBOARD_READ_FROM, TAILBOARD_WRITE_FROM } =
      serviceVariables.compose
    return { TAILBOARD_HTTP_PORT, TAILBOARD_HTTPS_PORT, TAILBOARD_READ_FROM, TAILBOARD_WRITE_FROM }
  }
  const id = name.replace(/^source-/, '')
  return isSourceId(id) ? sourceVariables(id) : null
}

test('every source has its service', () => {
  const names = services.map(([name]) => name)
  for (const id of sourceIds) expect(names).toContain(`source-${id}`)
})

describe.each(services)('%s', (name, service: ComposeService) => {
  const wanted = expected[name]

  test('is one of the mission’s table', () => {
    expect(wanted).toBeDefined()
  })

  test('has its user, its limit and its life', () => {
    expect(service.user).toBe(wanted?.user)
    expect(service.mem_limit).toBe(wanted?.memory)
    expect(service.restart).toBe(wanted?.life === 'always' ? 'unless-stopped' : 'no')
    expect(service.profiles).toEqual(wanted?.life === 'always' ? undefined : [wanted?.life])
  })

  test('can do nothing that it need not', () => {
    expect(service.read_only).toBe(true)
    expect(service.cap_drop).toEqual(['ALL'])
    expect(service.cap_add ?? []).toEqual(wanted?.adds ?? [])
    expect(service.security_opt).toEqual(['no-new-privileges:true'])
    expect(service.privileged ?? false).toBe(false)
    expect(service.ports ?? []).toEqual([])
    if (wanted?.network === 'host') expect(service.network_mode).toBe('host')
    else expect(service.networks).toEqual(['internal'])
  })

  test('comes after the house’s own services, and keeps a bounded log', () => {
    expect(service.cpu_shares).toBeLessThan(1024)
    expect(service.oom_score_adj).toBeGreaterThan(0)
    expect(service.logging).toEqual({ driver: 'json-file', options: { 'max-size': '10m', 'max-file': '3' } })
  })

  test('is asked for its health seldom', () => {
    if (service.healthcheck !== undefined)
      expect(service.healthcheck.interval).toMatch(/^(\d+m|[6-9]\ds|\d{3,}s)$/)
  })

  test('gets exactly variables of its own schema, the owner’s from .env', () => {
    const variables = variablesOf(name) ?? {}
    const given = service.environment ?? {}
    expect(service.env_file).toBeUndefined()
    const secretFiles = Object.keys(variables)
      .filter((each) => variables[each]?.secret)
      .map((each) => `${each}_FILE`)
    const known = [...Object.keys(variables), ...secretFiles]
    expect(Object.keys(given).filter((each) => !known.includes(each))).toEqual([])
    for (const [each, variable] of Object.entries(variables)) {
      if (variable.group !== undefined)
        expect(given[each], each).toBe(`\${${each}:-${variable.default ?? ''}}`)
      else if (given[each] !== undefined)
        expect(v.safeParse(variable.schema, given[each]).success, each).toBe(true)
    }
  })
})

test('the camera and the polls are the first that memory is taken from, and the last that get the processor', () => {
  const of = (life: string, key: 'oom_score_adj' | 'cpu_shares') =>
    services
      .filter(([name]) => (expected[name]?.life === 'always') === (life === 'always'))
      .map(([, service]) => service[key] ?? 0)
  expect(Math.min(...of('other', 'oom_score_adj'))).toBeGreaterThan(
    Math.max(...of('always', 'oom_score_adj')),
  )
  expect(Math.max(...of('other', 'cpu_shares'))).toBeLessThan(Math.min(...of('always', 'cpu_shares')))
})

test('every variable that the compose file asks .env for is in .env.example, with the same default', () => {
  const owners = new Map(
    allVariables().flatMap(({ name, variable }): [string, string][] => {
      if (variable.group === undefined) return []
      const own: [string, string] = [name, variable.default ?? '']
      return variable.secret === true ? [own, [`${name}_FILE`, '']] : [own]
    }),
  )
  const asked = [...readText('docker-compose.yml').matchAll(/(?<!\$)\$\{([A-Z_]+)(?::-([^}]*))?\}/g)]
  expect(asked.length).toBeGreaterThan(5)
  for (const [, name = '', fallback] of asked) {
    if (name === 'COMPOSE_PROJECT_NAME') continue
    expect(owners.get(name), name).toBe(fallback)
  }
})
