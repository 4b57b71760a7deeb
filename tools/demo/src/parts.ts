import { join } from 'node:path'
import {
  type SourceId,
  serviceVariables,
  sourceContract,
  sourceIds,
  sourceVariables,
  type Variables,
} from '@tailboard/contracts'
import type { Double, Place } from './stand-ins.ts'
import type { Part } from './supervised.ts'

/** What the parts have to know of each other. */
export interface Plan {
  root: string
  /** The demo's own folder. */
  data: string
  redisPort: number
  gatewayPort: number
  vitePort: number
  /** Sources that speak to a stand-in (SIMULATED_SOURCES), and the variables by which they find it. */
  simulated: string[]
  found: Record<string, string>
  /** The environment that the demo itself was started with. */
  given: Record<string, string | undefined>
}

/** What every program needs to find others and a place for temporary files. */
const always = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ']

function pick(given: Plan['given'], names: string[]): Record<string, string> {
  const picked: Record<string, string> = {}
  for (const name of names) {
    const value = given[name]
    if (value !== undefined && value !== '') picked[name] = value
  }
  return picked
}

/** Exactly the variables of a schema: those that the demo decides, and those of the owner's (with a group) that were given. */
export function environment(
  variables: Variables,
  decided: Record<string, string>,
  given: Plan['given'],
): Record<string, string> {
  const owners = Object.keys(variables).filter((name) => variables[name]?.group !== undefined)
  const ours = Object.keys(variables).filter((name) => decided[name] !== undefined)
  return { ...pick(given, [...always, ...owners]), ...pick(decided, ours) }
}

/** Values that differ from those in a container, by name, for every service and source. */
export function decide({
  root,
  data,
  redisPort,
  gatewayPort,
  simulated,
  found,
}: Plan): Record<string, string> {
  return {
    REDIS_URL: `redis://127.0.0.1:${redisPort}`,
    GATEWAY_PORT: String(gatewayPort),
    CONFIG_DIR: join(data, 'config'),
    HLS_DIR: join(data, 'hls'),
    TRUSTED_PROXY: 'loopback',
    LAUNCHER: 'process',
    PROJECT_DIR: root,
    SIMULATED_SOURCES: simulated.join(','),
    HOST_PROC: '/proc',
    HOST_SYS: '/sys',
    HOST_NAME_FILE: '/etc/hostname',
    ...found,
  }
}

/** Redis first: the others wait for it, but the log is quieter so. */
export function redisPart({ root, data, redisPort, given }: Plan): Part {
  return {
    name: 'redis',
    command: ['sh', join(root, 'redis/start.sh'), '--port', String(redisPort), '--bind', '127.0.0.1'],
    cwd: data,
    env: {
      ...pick(given, always),
      TAILBOARD_REDIS_CONF: join(root, 'redis/redis.conf'),
      TAILBOARD_REDIS_DIR: join(data, 'redis'),
    },
  }
}

/** What stands in for the real thing of a source. */
export function standInPart(
  { root, given }: Pick<Plan, 'root' | 'given'>,
  id: SourceId,
  { script, args }: Double,
  place: Place,
): Part {
  const app = join(root, 'apps', id)
  const command: Part['command'] = [process.execPath, join(app, script), ...args(place)]
  return { name: `double ${id}`, command, cwd: app, env: pick(given, always) }
}

/** The services and the sources that always live, each with the variables of its own schema. */
export function serviceParts(plan: Plan): Part[] {
  const decided = decide(plan)
  // The orchestrator hands its sources theirs.
  const sources = Object.assign({}, ...sourceIds.map((id) => sourceVariables(id))) as Variables
  const alwaysOn = sourceIds.filter((id) => sourceContract(id).life === 'always')
  return [
    servicePart(plan, 'gateway', environment(serviceVariables.gateway, decided, plan.given)),
    servicePart(
      plan,
      'orchestrator',
      environment({ ...sources, ...serviceVariables.orchestrator }, decided, plan.given),
    ),
    ...alwaysOn.map((id) => {
      const own = plan.simulated.includes(id) ? { TAILBOARD_SIMULATED: '1' } : {}
      return servicePart(plan, id, environment(sourceVariables(id), { ...decided, ...own }, plan.given))
    }),
  ]
}

function servicePart({ root }: Plan, name: string, env: Record<string, string>): Part {
  return {
    name,
    command: [process.execPath, join(root, `apps/${name}/dist/main.js`)],
    cwd: join(root, `apps/${name}`),
    env,
  }
}

/** The apps that are one bundled file: the services and every source. */
export const bundledApps = ['gateway', 'orchestrator', ...sourceIds]

/** For `make dev`: what rebuilds on each change. */
export function devParts(plan: Plan): Part[] {
  const env = pick(plan.given, always)
  const bundlers = bundledApps.map((app): Part => {
    const bundle = join(plan.root, 'tools/bundle/bundle.js')
    return {
      name: `build ${app}`,
      command: [process.execPath, bundle, '--watch'],
      cwd: join(plan.root, 'apps', app),
      env,
    }
  })
  const cwd = join(plan.root, 'apps/frontend')
  const args = [
    '--host',
    '127.0.0.1',
    '--port',
    String(plan.vitePort),
    '--strictPort',
    '--clearScreen',
    'false',
  ]
  return [...bundlers, { name: 'page', command: [join(cwd, 'node_modules/.bin/vite'), ...args], cwd, env }]
}
