import { createHash } from 'node:crypto'
import type Docker from 'dockerode'
import { isMap, type YamlMap } from '../compose/parse-yaml.ts'
import { composeProblem } from '../compose/problem.ts'
import type { Project } from '../compose/project.ts'
import { nanosecondsOf, textOf } from '../compose/values.ts'
import { hostOptions } from './host-options.ts'
import { labelOf, ownHashPrefix } from './labels.ts'
import { type NetworkUse, networksOf } from './network-options.ts'
import { type VolumeUse, volumesOf } from './volume-options.ts'

/** What a service of the compose file becomes on the engine, all but the id of its image. */
export interface ContainerSpec {
  service: string
  containerName: string
  image: string
  /** Canonical `build:` of the service, undefined when its image is only pulled. */
  build: YamlMap | undefined
  networks: NetworkUse[]
  volumes: VolumeUse[]
  /** Our own hash of the definition, marked as ours; stands where Compose puts its hash. */
  hash: string
  body: Docker.ContainerCreateOptions & { HostConfig: Docker.HostConfig; Labels: Record<string, string> }
}

/** Options that say when or where, not what: they leave no trace in the container. */
const withoutTrace = new Set(['profiles', 'pull_policy', 'build', 'image', 'container_name', 'depends_on'])

/**
 * The body that `docker compose create` would send for a service.
 * @throws TailboardError `misconfigured` naming service and option, when one can't be carried over.
 */
export function containerSpec(project: Project, service: string): ContainerSpec {
  const where = `service ${service}`
  const options = project.services.get(service)
  if (options === undefined) throw composeProblem(where, 'is in no profile of the compose file')
  const { location } = project
  const containerName = textOf(options.container_name) ?? `${location.name}-${service}-1`
  const build = isMap(options.build) ? options.build : undefined
  const image = textOf(options.image) ?? (build === undefined ? undefined : `${location.name}-${service}`)
  if (image === undefined) throw composeProblem(where, 'has neither "image" nor "build"')

  const { networkMode, networks, endpoints } = networksOf(project, options, containerName, service)
  const { volumes, binds, mounts } = volumesOf(project, options, where)
  const body: ContainerSpec['body'] = {
    Image: image,
    AttachStdout: true,
    AttachStderr: true,
    Labels: {},
    HostConfig: {
      NetworkMode: networkMode,
      PortBindings: {},
      ...(binds.length > 0 ? { Binds: binds } : {}),
      ...(mounts.length > 0 ? { Mounts: mounts } : {}),
    },
    ...(networks.length > 0 ? { NetworkingConfig: { EndpointsConfig: endpoints } } : {}),
  }
  const dealtWith = new Set(['networks', 'network_mode', 'volumes', 'labels'])
  for (const [option, value] of Object.entries(options)) {
    if (withoutTrace.has(option) || dealtWith.has(option) || value === null) continue
    const carry = hostOptions[option] ?? containerOptions[option]
    if (carry === undefined) {
      throw composeProblem(
        where,
        `the option "${option}" can't be carried over by the orchestrator`,
        `Remove ${option} from ${service}`,
      )
    }
    if (carry(value, body) === false)
      throw composeProblem(`${where}, option ${option}`, `can't read ${JSON.stringify(value).slice(0, 80)}`)
  }
  const labels = composeLabels(project, service, options)
  const hash =
    ownHashPrefix +
    createHash('sha256')
      .update(stableJson({ ...body, Labels: { ...labels, ...(options.labels as object) } }))
      .digest('hex')
  body.Labels = { ...(options.labels as Record<string, string> | undefined), ...labels, [labelOf.hash]: hash }
  return { service, containerName, image, build, networks, volumes, hash, body }
}

function composeLabels({ location }: Project, service: string, options: YamlMap): Record<string, string> {
  return {
    [labelOf.project]: location.name,
    [labelOf.service]: service,
    [labelOf.oneoff]: 'False',
    [labelOf.number]: '1',
    [labelOf.configFiles]: location.configFiles.join(','),
    [labelOf.workingDir]: location.workingDir,
    [labelOf.version]: location.composeVersion,
    [labelOf.dependsOn]: Object.entries(isMap(options.depends_on) ? options.depends_on : {})
      .map(([name, how]) => dependencyLabel(name, isMap(how) ? how : {}))
      .join(','),
    ...(location.envFiles.length > 0 ? { [labelOf.environmentFile]: location.envFiles.join(',') } : {}),
  }
}

function dependencyLabel(name: string, { condition = 'service_started', restart = false }: YamlMap): string {
  return `${name}:${condition}:${restart}`
}

/** Writes one option into the body; returns false for a value that can't be read. */
export type Carry = (value: unknown, body: ContainerSpec['body']) => unknown

const text =
  (set: (body: ContainerSpec['body'], value: string) => void): Carry =>
  (value, body) => {
    const read = textOf(value)
    if (read === undefined) return false
    set(body, read)
  }

const containerOptions: Record<string, Carry> = {
  command: (value, body) => {
    body.Cmd = value as string[]
  },
  entrypoint: (value, body) => {
    body.Entrypoint = value as string[]
  },
  user: text((body, value) => (body.User = value)),
  hostname: text((body, value) => (body.Hostname = value)),
  domainname: text((body, value) => (body.Domainname = value)),
  working_dir: text((body, value) => (body.WorkingDir = value)),
  stop_signal: text((body, value) => (body.StopSignal = value)),
  stop_grace_period: (value, body) => {
    const nanoseconds = nanosecondsOf(value)
    if (nanoseconds === undefined) return false
    body.StopTimeout = Math.floor(nanoseconds / 1e9)
  },
  environment: (value, body) => {
    body.Env = Object.entries(value as Record<string, string | null>).map(([name, item]) =>
      item === null ? name : `${name}=${item}`,
    )
  },
  healthcheck: (value, body) => {
    const check = isMap(value) ? healthcheck(value) : undefined
    if (check === undefined) return false
    body.Healthcheck = check
  },
}

const healthTimes = {
  interval: 'Interval',
  timeout: 'Timeout',
  start_period: 'StartPeriod',
  start_interval: 'StartInterval',
} as const

function healthcheck(value: YamlMap): Docker.ContainerCreateOptions['Healthcheck'] | undefined {
  if (value.disable === true || value.disable === 'true') return { Test: ['NONE'] }
  const check: Record<string, unknown> = {}
  for (const [option, item] of Object.entries(value)) {
    if (option === 'test') check.Test = Array.isArray(item) ? item.map(String) : ['CMD-SHELL', String(item)]
    else if (option === 'retries') check.Retries = Number(item)
    else if (option in healthTimes)
      check[healthTimes[option as keyof typeof healthTimes]] = nanosecondsOf(item)
    else if (option !== 'disable') return undefined
  }
  const isRead = Object.values(check).every((item) => item !== undefined && !Number.isNaN(item))
  return isRead ? (check as Docker.ContainerCreateOptions['Healthcheck']) : undefined
}

/** JSON whose text doesn't depend on the order of keys. */
export function stableJson(value: unknown): string {
  return JSON.stringify(value, (_key, item) =>
    isMap(item) ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))) : item,
  )
}
