import * as v from 'valibot'
import { nodeName } from './names.ts'
import { hlsDir } from './sources/camera.ts'
import { type SourceId, sourceContract } from './sources/index.ts'
import { sourceIds } from './sources/known.ts'
import type { Variables } from './variable.ts'

const port = v.pipe(
  v.string(),
  v.regex(/^\d{1,5}$/, 'must be a port number'),
  v.transform(Number),
  v.minValue(1),
  v.maxValue(65_535),
)

/** A comma-separated list, blanks and empty places left out. */
const list = v.pipe(
  v.string(),
  v.transform((value) =>
    value
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  ),
)

const common = {
  REDIS_URL: {
    schema: v.pipe(
      v.string(),
      v.regex(/^(redis:\/\/\S+|unix:\/\S+|\/\S+)$/, 'must be redis://HOST:PORT or the path of a socket'),
    ),
    default: 'redis://redis:6379',
    description:
      'Where Redis listens. The compose file has it in a network of its own; change nothing there.',
  },
  LOG_LEVEL: {
    schema: v.picklist(['debug', 'info', 'warn', 'error'], 'must be debug, info, warn or error'),
    default: 'info',
    description: 'How much the services write to their logs: debug, info, warn or error.',
    group: 'General',
  },
  TAILBOARD_NODE: {
    schema: v.union([v.literal(''), nodeName], 'must be empty or a host name in lower case'),
    default: '',
    description: 'The name of this Pi on the dashboard. Empty: its own host name.',
    group: 'General',
  },
  TAILBOARD_SIMULATED: {
    schema: v.pipe(
      v.picklist(['', '0', '1'], 'must be 1 or empty'),
      v.transform((value) => value === '1'),
    ),
    default: '',
    description:
      'Set to 1 where a source speaks to a stand-in: its readings then say that they are simulated.',
  },
} as const satisfies Variables

const gateway = {
  ...common,
  GATEWAY_PORT: { schema: port, default: '8080', description: 'The port that the gateway listens on.' },
  CONFIG_DIR: {
    schema: v.string(),
    default: '/config',
    description: 'The folder that holds tailboard.yaml.',
  },
  HLS_DIR: hlsDir,
  TRUSTED_PROXY: {
    schema: v.picklist(['network-gateway', 'loopback'], 'must be network-gateway or loopback'),
    default: 'network-gateway',
    description:
      'Whose X-Forwarded-For is believed: the host (Traefik, seen as the container network’s own gateway), or loopback (the demo: the gateway then listens on loopback alone).',
  },
  TAILBOARD_HOSTS: {
    schema: list,
    default: '',
    description:
      'More names under which the dashboard may be opened, separated by commas, such as pi.example.net. The Pi’s own name, NAME.local, its name in the tailnet and its addresses are known without it.',
    group: 'Who gets in',
  },
} as const satisfies Variables

const orchestrator = {
  ...common,
  LAUNCHER: {
    schema: v.picklist(['docker', 'process'], 'must be docker or process'),
    default: 'docker',
    description: 'How poll sources are started: as containers, or (the demo) as child processes.',
  },
  DOCKER_SOCKET: { schema: v.string(), default: '/var/run/docker.sock', description: 'The engine’s socket.' },
  PROJECT_DIR: {
    schema: v.string(),
    default: '/project',
    description: 'Where the project folder is seen: compose files, .env and what images are built from.',
  },
  SIMULATED_SOURCES: {
    schema: list,
    default: '',
    description:
      'With the launcher process: sources that speak to a stand-in, separated by commas. Their runs get TAILBOARD_SIMULATED=1. NAME=FILE: a module that stands in for hardware and is loaded into the run.',
  },
} as const satisfies Variables

/** Variables of what is not our program, read by the compose file and Traefik. */
const compose = {
  TAILBOARD_HTTP_PORT: {
    schema: port,
    default: '80',
    description: 'The port of the dashboard. A Pi-hole on the same Pi holds 80: take 8088 then.',
    group: 'Ports',
  },
  TAILBOARD_HTTPS_PORT: {
    schema: port,
    default: '443',
    description: 'The port for HTTPS (docs/https.md).',
    group: 'Ports',
  },
  TAILBOARD_READ_FROM: {
    schema: list,
    default: '',
    description:
      'Networks that may see the dashboard besides the tailnet and this Pi itself, separated by commas, such as 192.168.1.0/24.',
    group: 'Who gets in',
  },
  TAILBOARD_WRITE_FROM: {
    schema: list,
    default: '',
    description:
      'Networks that may change something and see the camera. Empty: the same as may see the dashboard. This Pi itself always may, and who may change may also see.',
    group: 'Who gets in',
  },
  TAILBOARD_VERSION: {
    schema: v.pipe(v.string(), v.regex(/^[\w][\w.-]{0,127}$/, 'must be an image tag')),
    default: 'local',
    description: 'Which images to run: `local` ones are built from this folder.',
    group: 'Images',
  },
  TAILBOARD_IMAGES: {
    schema: v.pipe(
      v.string(),
      v.regex(/^[a-z0-9][a-z0-9._:/-]{0,200}$/, 'must be the start of an image name'),
    ),
    default: 'tailboard',
    description:
      'What stands before the image names; with a registry’s name, prebuilt images come from there.',
    group: 'Images',
  },
  TAILBOARD_PULL: {
    schema: v.picklist(['never', 'missing', 'always'], 'must be never, missing or always'),
    default: 'never',
    description: 'Whether prebuilt images are pulled: never (they are built here), missing, or always.',
    group: 'Images',
  },
} as const satisfies Variables

/** The variables of each service that is not a source, by compose service. */
export const serviceVariables = { gateway, orchestrator, compose } as const

/** The variables of one source: those that every service has, and its own. */
export function sourceVariables(id: SourceId): Variables {
  return { ...common, ...sourceContract(id).variables }
}

export const commonVariables = common

/** Every variable there is, with the services that read it. */
export function allVariables(): { name: string; variable: Variables[string]; services: string[] }[] {
  const found = new Map<string, { variable: Variables[string]; services: string[] }>()
  const add = (service: string, variables: Variables) => {
    for (const [name, variable] of Object.entries(variables)) {
      const entry = found.get(name) ?? { variable, services: [] }
      entry.services.push(service)
      found.set(name, entry)
    }
  }
  add('web-gateway', gateway)
  add('orchestrator', orchestrator)
  for (const id of sourceIds) add(`source-${id}`, sourceVariables(id))
  add('compose', compose)
  return [...found].map(([name, entry]) => ({ name, ...entry }))
}
