import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { NetworkList } from './address.ts'
import { addComposeLabels } from './compose-labels.ts'
import { type Definitions, emptyDefinitions, type RouterDefinition, type StatusRange } from './definitions.ts'
import { addFile } from './file-provider.ts'
import { RoutingError } from './routing-error.ts'
import { parseRule, type Rule } from './rule.ts'
import { type EntryPoint, parseStatic, type Static } from './static.ts'
import type { Environment } from './template.ts'

/** What stands before a service, in order; chains are laid flat. */
export type Middleware =
  | { kind: 'ipAllowList'; list: NetworkList }
  | { kind: 'headers'; request: Map<string, string> }
  | { kind: 'errors'; statuses: StatusRange[]; service: string; path: string }

export interface Router {
  name: string
  ruleText: string
  rule: Rule
  priority: number
  entryPoints: string[]
  middlewares: Middleware[]
  /** With its provider (`web-gateway@docker`). */
  service: string
}

/** Who reaches what, as Traefik would serve it. */
export interface Routing {
  entryPoints: Map<string, EntryPoint>
  /** In the order in which they are asked: highest priority first, then by name. */
  routers: Router[]
  /** Port inside the service's container, by qualified name. */
  services: Map<string, number>
  /** What Traefik would log and pass over: above all routers that it takes out of service. Empty when all is well. */
  problems: string[]
  static: Static
}

/** The texts that routing is made of. */
export interface RoutingSources {
  /** docker-compose.yml */
  compose: string
  /** traefik/traefik.yml */
  static: string
  /** traefik/dynamic/*.yml by file name */
  dynamic: Record<string, string>
}

const internalServices = new Set(['noop@internal', 'api@internal', 'dashboard@internal', 'ping@internal'])

/** Reads the three places below the project's folder. */
export function readRoutingSources(projectDir: string): RoutingSources {
  const folder = join(projectDir, 'traefik/dynamic')
  const names = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name))
  return {
    compose: readFileSync(join(projectDir, 'docker-compose.yml'), 'utf8'),
    static: readFileSync(join(projectDir, 'traefik/traefik.yml'), 'utf8'),
    dynamic: Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(folder, name), 'utf8')])),
  }
}

/**
 * The routing table. `env` is what .env would hold (ports, TAILBOARD_READ_FROM, TAILBOARD_WRITE_FROM, COMPOSE_PROJECT_NAME).
 * Throws RoutingError on what Traefik would refuse whole or this reading doesn't know.
 */
export function makeRouting(sources: RoutingSources, env: Environment): Routing {
  const fixed = parseStatic(sources.static, env)
  const definitions = emptyDefinitions()
  for (const [name, text] of Object.entries(sources.dynamic)) addFile(definitions, name, text, env)
  addComposeLabels(definitions, sources.compose, env, fixed.isExposedByDefault)

  const problems = [...definitions.problems]
  const routers: Router[] = []
  for (const definition of definitions.routers) {
    try {
      const router = makeRouter(definition, definitions, fixed, problems)
      if (router.entryPoints.length > 0) routers.push(router)
    } catch (error) {
      if (!(error instanceof RoutingError)) throw error
      problems.push(`router ${definition.name} is out of service: ${error.message}`)
    }
  }
  routers.sort((a, b) => b.priority - a.priority || (a.name < b.name ? -1 : 1))
  return { entryPoints: fixed.entryPoints, routers, services: definitions.services, problems, static: fixed }
}

function makeRouter(
  definition: RouterDefinition,
  definitions: Definitions,
  fixed: Static,
  problems: string[],
): Router {
  const all = [...fixed.entryPoints.keys()].filter((name) => name !== fixed.internalEntryPoint)
  const wanted = definition.entryPoints ?? all
  for (const name of wanted)
    if (!fixed.entryPoints.has(name))
      problems.push(`router ${definition.name}: there is no entry point "${name}"`)
  requireService(definition.service, definitions)
  return {
    name: definition.name,
    ruleText: definition.rule,
    rule: parseRule(definition.rule),
    // Traefik takes a priority of 0 as none.
    priority: definition.priority || definition.rule.length,
    entryPoints: wanted.filter((name) => fixed.entryPoints.has(name)),
    middlewares: definition.middlewares.flatMap((name) => flatten(name, definitions, [])),
    service: definition.service,
  }
}

function flatten(name: string, definitions: Definitions, above: string[]): Middleware[] {
  const found = definitions.middlewares.get(name)
  if (found === undefined) throw new RoutingError(`the middleware ${name} does not exist`)
  if (above.includes(name)) throw new RoutingError(`the middleware ${name} is in its own chain`)
  if (found.kind === 'broken') throw new RoutingError(found.reason)
  if (found.kind === 'errors') requireService(found.service, definitions)
  if (found.kind !== 'chain') return [found]
  return found.names.flatMap((inner) => flatten(inner, definitions, [...above, name]))
}

function requireService(name: string, definitions: Definitions): void {
  if (!definitions.services.has(name) && !internalServices.has(name))
    throw new RoutingError(`the service ${name} does not exist`)
}
