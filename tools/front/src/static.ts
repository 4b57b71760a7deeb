import { parse } from 'yaml'
import { type NetworkList, networkList } from './address.ts'
import { RoutingError } from './routing-error.ts'
import { dict, only, string, strings } from './shape.ts'
import type { Environment } from './template.ts'

/** One of Traefik's doors. */
export interface EntryPoint {
  name: string
  /** Empty: every address of the host. */
  host: string
  port: number
  isTls: boolean
  /** Whose X-Forwarded-* headers are kept; null: nobody's. */
  trusted: NetworkList | null
}

/** Traefik's static part, as far as it decides who reaches what. */
export interface Static {
  entryPoints: Map<string, EntryPoint>
  /** Whether a container needs `traefik.enable: "true"`. */
  isExposedByDefault: boolean
  logLevel: string
  /** The door of dashboard and health check, which takes no router that doesn't name it. */
  internalEntryPoint: 'traefik'
}

/** The ports that traefik/start.sh puts in place of the file's own before Traefik reads it. */
const portsFromEnv: Record<string, string> = { ':80': 'TAILBOARD_HTTP_PORT', ':443': 'TAILBOARD_HTTPS_PORT' }

/** Reads traefik.yml with the ports that `env` sets (absent or empty: the file's own). */
export function parseStatic(source: string, env: Environment): Static {
  const root = only(parse(source), 'traefik.yml', [
    'global',
    'log',
    'entryPoints',
    'api',
    'ping',
    'providers',
    // Of an owner who has Traefik fetch its certificate (docs/https.md): it decides nothing here.
    'certificatesResolvers',
  ])
  const providers = only(root.providers, 'providers', ['docker', 'file'])
  const docker = only(providers.docker, 'providers.docker', ['exposedByDefault'])
  only(providers.file, 'providers.file', ['directory', 'watch'])
  const entryPoints = new Map<string, EntryPoint>()
  for (const [name, value] of Object.entries(dict(root.entryPoints, 'entryPoints')))
    entryPoints.set(name, entryPoint(name, value, env))
  return {
    entryPoints,
    isExposedByDefault: docker.exposedByDefault !== false,
    logLevel: string(only(root.log, 'log', ['level']).level ?? 'ERROR', 'log.level'),
    internalEntryPoint: 'traefik',
  }
}

function entryPoint(name: string, value: unknown, env: Environment): EntryPoint {
  const where = `entryPoints.${name}`
  const found = only(value, where, ['address', 'forwardedHeaders', 'http'])
  const address = string(found.address, `${where}.address`)
  const variable = portsFromEnv[address]
  const text = (variable && env[variable]) || address.slice(address.lastIndexOf(':') + 1)
  const port = Number(text)
  if (!address.includes(':') || !/^\d+$/.test(text) || port < 1 || port > 65_535)
    throw new RoutingError(`${where}: "${variable ? text : address}" holds no port`)
  const forwarded = only(found.forwardedHeaders, `${where}.forwardedHeaders`, ['trustedIPs'])
  return {
    name,
    host: address.slice(0, address.lastIndexOf(':')),
    port,
    isTls: Object.hasOwn(only(found.http, `${where}.http`, ['tls']), 'tls'),
    trusted:
      forwarded.trustedIPs === undefined
        ? null
        : networkList(strings(forwarded.trustedIPs, `${where}.forwardedHeaders.trustedIPs`)),
  }
}
