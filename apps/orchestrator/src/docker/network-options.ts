import type Docker from 'dockerode'
import { isMap, type YamlMap } from '../compose/parse-yaml.ts'
import { composeProblem } from '../compose/problem.ts'
import type { Project } from '../compose/project.ts'
import { booleanOf, textOf, textsOf } from '../compose/values.ts'
import { labelOf } from './labels.ts'

/** A network that a service is in: its name on the engine, and how to make it when it isn't there. */
export interface NetworkUse {
  name: string
  /** Undefined for an external network: that one is not ours to make. */
  create: Docker.NetworkCreateOptions | undefined
  /** Whether services that always live are in it too, so that it is not ours to remove. */
  isKept: boolean
}

const endpointOptions = new Set(['aliases', 'priority'])
const networkOptions = new Set([
  'name',
  'driver',
  'driver_opts',
  'internal',
  'attachable',
  'enable_ipv6',
  'external',
  'labels',
])
const plainModes = new Set(['host', 'none', 'bridge'])

/** Network mode, networks and endpoints of a service, its networks in Compose's order: by priority, then by name. */
export function networksOf(project: Project, options: YamlMap, containerName: string, service: string) {
  const where = `service ${service}`
  const mode = textOf(options.network_mode)
  if (mode !== undefined) {
    if (!plainModes.has(mode))
      throw composeProblem(`${where}, option network_mode`, `"${mode}" can't be carried over`)
    return { networkMode: mode, networks: [], endpoints: {} }
  }
  const used =
    isMap(options.networks) && Object.keys(options.networks).length > 0 ? options.networks : { default: null }
  const ordered = Object.entries(used).sort(
    ([nameA, a], [nameB, b]) => priorityOf(b) - priorityOf(a) || (nameA < nameB ? -1 : 1),
  )
  const endpoints: Record<string, Docker.EndpointSettings> = {}
  const networks = ordered.map(([key, settings]) => {
    const network = networkUse(project, key, where)
    const extra = isMap(settings) ? settings : {}
    const unknown = Object.keys(extra).find((option) => !endpointOptions.has(option))
    if (unknown !== undefined)
      throw composeProblem(`${where}, network ${key}`, `the option "${unknown}" can't be carried over`)
    endpoints[network.name] = {
      Aliases: [containerName, service, ...(textsOf(extra.aliases ?? []) ?? [])],
    } as Docker.EndpointSettings
    return network
  })
  return { networkMode: networks[0]?.name ?? 'default', networks, endpoints }
}

function priorityOf(settings: unknown): number {
  return isMap(settings) ? Number(settings.priority ?? 0) : 0
}

function networkUse({ location, networks, keptNetworks }: Project, key: string, where: string): NetworkUse {
  const defined = networks[key]
  if (defined === undefined && key !== 'default')
    throw composeProblem(where, `the network "${key}" is not defined in the file`)
  const options = isMap(defined) ? defined : {}
  const unknown = Object.keys(options).find(
    (option) => !networkOptions.has(option) && !option.startsWith('x-'),
  )
  if (unknown !== undefined)
    throw composeProblem(`network ${key}`, `the option "${unknown}" can't be carried over`)
  if (booleanOf(options.external))
    return { name: textOf(options.name) ?? key, create: undefined, isKept: true }
  const name = textOf(options.name) ?? `${location.name}_${key}`
  return {
    name,
    isKept: keptNetworks.has(key),
    create: {
      Name: name,
      ...(typeof options.driver === 'string' ? { Driver: options.driver } : {}),
      ...(isMap(options.driver_opts) ? { Options: texts(options.driver_opts) } : {}),
      Internal: booleanOf(options.internal) ?? false,
      Attachable: booleanOf(options.attachable) ?? false,
      EnableIPv6: booleanOf(options.enable_ipv6) ?? false,
      Labels: {
        ...(isMap(options.labels) ? texts(options.labels) : {}),
        [labelOf.network]: key,
        [labelOf.project]: location.name,
        [labelOf.version]: location.composeVersion,
      },
    },
  }
}

function texts(map: YamlMap): Record<string, string> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, String(value)]))
}
