import type Docker from 'dockerode'
import { isMap } from '../compose/parse-yaml.ts'
import type { ContainerSpec } from './create-options.ts'
import { labelOf } from './labels.ts'

/** What differs between two containers only because they are two: names, ids, times, state, addresses. */
const incidental = {
  top: [
    'Id',
    'Created',
    'Name',
    'State',
    'ResolvConfPath',
    'HostnamePath',
    'HostsPath',
    'LogPath',
    'GraphDriver',
    'RestartCount',
    'ExecIDs',
  ],
  endpoint: [
    'NetworkID',
    'EndpointID',
    'Gateway',
    'IPAddress',
    'IPPrefixLen',
    'IPv6Gateway',
    'GlobalIPv6Address',
    'GlobalIPv6PrefixLen',
    'MacAddress',
    'DNSNames',
  ],
}

type Json = Record<string, unknown>

/**
 * How two `docker inspect` answers differ in what the containers are, one line a difference, none when they are equal. Left out are
 * names, ids, times, addresses, Compose's own hash, and the order of what has no order (variables, mounts, limits).
 */
export function compareInspects(a: Docker.ContainerInspectInfo, b: Docker.ContainerInspectInfo): string[] {
  return differences(comparable(a), comparable(b))
}

/** How a container differs from what the file says, seen through its image. Compose's version and hash don't count. */
export function compareWithSpec(
  inspect: Docker.ContainerInspectInfo,
  spec: ContainerSpec,
  image: Docker.ImageInspectInfo,
): string[] {
  return differences(definitionOf(inspect), expectedDefinition(spec, image))
}

function comparable(inspect: Docker.ContainerInspectInfo): Json {
  const whole = structuredClone(inspect) as unknown as Json
  for (const key of incidental.top) delete whole[key]
  const config = whole.Config as Json
  if (inspect.Id.startsWith(String(config.Hostname))) delete config.Hostname
  const labels = config.Labels as Record<string, string>
  delete labels[labelOf.hash]
  whole.NetworkSettings = endpointsOf(inspect)
  const host = whole.HostConfig as Json
  whole.Mounts = sortBy((inspect.Mounts ?? []).map(nameless), 'Destination')
  sortHost(host)
  config.Env = sorted(config.Env)
  labels[labelOf.dependsOn] = sortedText(labels[labelOf.dependsOn])
  return whole
}

/** An anonymous volume's name is chance. */
function nameless(mount: unknown): Json {
  const { Name, Source, ...rest } = mount as Json
  return /^[0-9a-f]{64}$/.test(String(Name)) ? rest : { Name, Source, ...rest }
}

function endpointsOf(inspect: Docker.ContainerInspectInfo): Json {
  const endpoints = (inspect.NetworkSettings?.Networks ?? {}) as unknown as Record<string, Json>
  return Object.fromEntries(
    Object.entries(endpoints).map(([name, endpoint]) => {
      const rest = { ...endpoint }
      for (const key of incidental.endpoint) delete rest[key]
      // A started container's own short id joins its aliases on older engines.
      const aliases = ((endpoint.Aliases as string[] | null) ?? []).filter(
        (alias) => !(alias.length === 12 && inspect.Id.startsWith(alias)),
      )
      return [name, { ...rest, Aliases: [...aliases].sort() }]
    }),
  )
}

function sortHost(host: Json): void {
  host.Binds = sorted(host.Binds)
  host.Mounts = sortBy(host.Mounts, 'Target')
  host.Ulimits = sortBy(host.Ulimits, 'Name')
  host.ExtraHosts = sorted(host.ExtraHosts)
}

/** What the engine fills in by itself, which says nothing about the file. */
const engineDefaults = new Set([
  'CgroupnsMode',
  'IpcMode',
  'Runtime',
  'MaskedPaths',
  'ReadonlyPaths',
  'ConsoleSize',
  'Isolation',
])
const configKeys = [
  'User',
  'Env',
  'Cmd',
  'Entrypoint',
  'Image',
  'WorkingDir',
  'StopSignal',
  'StopTimeout',
  'Healthcheck',
  'Hostname',
  'Domainname',
  'Tty',
  'OpenStdin',
]

function definitionOf(inspect: Docker.ContainerInspectInfo): Json {
  const config = inspect.Config as unknown as Json
  const host = Object.fromEntries(
    Object.entries(structuredClone(inspect.HostConfig) as Json).filter(
      ([key, value]) => !engineDefaults.has(key) && !isEmpty(value),
    ),
  )
  if (host.ShmSize === 64 * 1024 * 1024) delete host.ShmSize
  sortHost(host)
  const aliases = Object.entries(endpointsOf(inspect)).filter(
    ([name]) => !['host', 'none', 'bridge'].includes(name),
  )
  return {
    config: {
      ...Object.fromEntries(configKeys.map((key) => [key, config[key]])),
      Env: sorted(config.Env),
      // In the host's network the engine writes the host's name where the file gives none.
      Hostname: hasChosenHostname(inspect) ? config.Hostname : '',
    },
    labels: comparableLabels(inspect.Config.Labels ?? {}),
    host,
    networks: Object.fromEntries(aliases.map(([name, endpoint]) => [name, (endpoint as Json).Aliases])),
  }
}

function hasChosenHostname({ Id, Config, HostConfig }: Docker.ContainerInspectInfo): boolean {
  return !Id.startsWith(Config.Hostname) && HostConfig.NetworkMode !== 'host'
}

function expectedDefinition({ body }: ContainerSpec, { Config: image }: Docker.ImageInspectInfo): Json {
  const own = body as unknown as Json
  const theirs = image as unknown as Json
  const config: Json = Object.fromEntries(
    configKeys.map((key) => [key, isEmpty(own[key]) ? theirs[key] : own[key]]),
  )
  // An entrypoint of the file's own takes the image's command away.
  config.Cmd = isEmpty(own.Cmd) && !isEmpty(own.Entrypoint) ? null : config.Cmd
  config.Env = sorted(withDefaults((own.Env as string[]) ?? [], (theirs.Env as string[]) ?? []))
  config.Image = own.Image
  config.Hostname = body.HostConfig.NetworkMode === 'host' ? '' : (own.Hostname ?? '')
  config.Healthcheck = isMap(own.Healthcheck)
    ? { ...withoutEmpty(theirs.Healthcheck), ...own.Healthcheck }
    : theirs.Healthcheck
  const host = Object.fromEntries(
    Object.entries(structuredClone(body.HostConfig) as Json).filter(([, value]) => !isEmpty(value)),
  )
  host.RestartPolicy ??= { Name: 'no', MaximumRetryCount: 0 }
  if (!isMap(host.LogConfig) || host.LogConfig.Type === '') host.LogConfig = { Type: 'json-file', Config: {} }
  if (typeof host.Memory === 'number') host.MemorySwap ??= host.Memory * 2
  sortHost(host)
  const endpoints = (body.NetworkingConfig?.EndpointsConfig ?? {}) as Record<string, { Aliases?: string[] }>
  return {
    config,
    labels: comparableLabels({ ...(image.Labels ?? {}), ...body.Labels }),
    host,
    networks: Object.fromEntries(
      Object.entries(endpoints).map(([name, { Aliases }]) => [name, [...(Aliases ?? [])].sort()]),
    ),
  }
}

function withDefaults(variables: string[], defaults: string[]): string[] {
  const names = new Set(variables.map((variable) => variable.split('=')[0]))
  return [...variables, ...defaults.filter((variable) => !names.has(variable.split('=')[0]))]
}

function comparableLabels(labels: Record<string, string>): Json {
  const rest = { ...labels }
  for (const key of [labelOf.hash, labelOf.image, labelOf.version]) delete rest[key]
  return { ...rest, [labelOf.dependsOn]: sortedText(rest[labelOf.dependsOn]) }
}

function withoutEmpty(value: unknown): Json {
  return isMap(value) ? Object.fromEntries(Object.entries(value).filter(([, item]) => !isEmpty(item))) : {}
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0
  return isMap(value)
    ? Object.keys(value).length === 0
    : value === null || value === undefined || value === '' || value === 0 || value === false
}

function sorted(value: unknown): unknown {
  return Array.isArray(value) ? [...value].sort() : value
}

function sortBy(value: unknown, key: string): unknown {
  return Array.isArray(value) ? [...value].sort((a, b) => (String(a[key]) < String(b[key]) ? -1 : 1)) : value
}

function sortedText(list: string | undefined): string {
  return (list ?? '').split(',').sort().join(',')
}

function differences(a: unknown, b: unknown, path = ''): string[] {
  if (isEmpty(a) && isEmpty(b)) return []
  if (isMap(a) && isMap(b)) {
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) =>
      differences(a[key], b[key], `${path}/${key}`),
    )
  }
  if (Array.isArray(a) && Array.isArray(b) && a.length === b.length) {
    return a.flatMap((item, index) => differences(item, b[index], `${path}[${index}]`))
  }
  return Object.is(a, b) ? [] : [`${path}: ${JSON.stringify(a)} against ${JSON.stringify(b)}`]
}
