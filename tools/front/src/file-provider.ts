import { parse } from 'yaml'
import { networkList } from './address.ts'
import { type Definitions, type MiddlewareDefinition, qualified, type StatusRange } from './definitions.ts'
import { RoutingError } from './routing-error.ts'
import { dict, only, string, strings, whole } from './shape.ts'
import { type Environment, renderTemplate } from './template.ts'

/** Adds what one file of traefik/dynamic/ defines. */
export function addFile(to: Definitions, name: string, source: string, env: Environment): void {
  const root = only(parse(renderTemplate(source, env)), name, ['http', 'tls'])
  const http = only(root.http, `${name}: http`, ['routers', 'middlewares'])
  for (const [key, value] of Object.entries(dict(http.middlewares, `${name}: middlewares`))) {
    const at = qualified(key, 'file')
    if (to.middlewares.has(at)) throw new RoutingError(`${name}: the middleware ${key} is defined twice`)
    to.middlewares.set(at, middleware(`${name}: ${key}`, value))
  }
  for (const [key, value] of Object.entries(dict(http.routers, `${name}: routers`))) {
    const where = `${name}: router ${key}`
    const found = only(value, where, ['rule', 'priority', 'entryPoints', 'middlewares', 'service'])
    to.routers.push({
      name: qualified(key, 'file'),
      rule: string(found.rule, `${where}.rule`),
      priority: found.priority === undefined ? null : whole(found.priority, `${where}.priority`),
      entryPoints:
        found.entryPoints === undefined ? null : strings(found.entryPoints, `${where}.entryPoints`),
      middlewares: strings(found.middlewares ?? [], `${where}.middlewares`).map((m) => qualified(m, 'file')),
      service: qualified(string(found.service, `${where}.service`), 'file'),
    })
  }
}

function middleware(where: string, value: unknown): MiddlewareDefinition {
  const entries = Object.entries(dict(value, where))
  const [first] = entries
  if (entries.length !== 1 || first === undefined)
    throw new RoutingError(`${where}: one kind of middleware expected`)
  const [kind, options] = first
  switch (kind) {
    case 'ipAllowList': {
      // Without ipStrategy it is the connection's own address that counts: an option here would change whom we ask.
      const found = only(options, where, ['sourceRange'])
      try {
        return { kind, list: networkList(strings(found.sourceRange, `${where}.sourceRange`)) }
      } catch (error) {
        if (error instanceof RoutingError) return { kind: 'broken', reason: `${where}: ${error.message}` }
        throw error
      }
    }
    case 'headers': {
      const found = dict(only(options, where, ['customRequestHeaders']).customRequestHeaders, where)
      const request = new Map<string, string>()
      for (const [name, text] of Object.entries(found))
        request.set(name.toLowerCase(), string(text, `${where}.${name}`))
      return { kind, request }
    }
    case 'errors': {
      const found = only(options, where, ['status', 'service', 'query'])
      return {
        kind,
        statuses: strings(found.status, `${where}.status`).map((text) => statusRange(where, text)),
        service: qualified(string(found.service, `${where}.service`), 'file'),
        path: string(found.query, `${where}.query`),
      }
    }
    case 'chain': {
      const found = only(options, where, ['middlewares'])
      return {
        kind,
        names: strings(found.middlewares, `${where}.middlewares`).map((m) => qualified(m, 'file')),
      }
    }
    default:
      throw new RoutingError(`${where}: the middleware "${kind}" is not known here`)
  }
}

function statusRange(where: string, text: string): StatusRange {
  const match = /^(\d{3})(?:-(\d{3}))?$/.exec(text)
  if (match === null) throw new RoutingError(`${where}.status: "${text}" is no status`)
  return { from: Number(match[1]), to: Number(match[2] ?? match[1]) }
}
