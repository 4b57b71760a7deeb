import type { IncomingMessage } from 'node:http'
import { plainAddress } from './address.ts'
import type { StatusRange } from './definitions.ts'
import { cleanPath, rulePath, splitTarget } from './path.ts'
import type { Router, Routing } from './routing.ts'

/** A request as the front judges it. */
export interface FrontRequest {
  entryPoint: string
  method: string
  /** The request line's target: path and query. */
  target: string
  host: string
  /** The address of the connection itself. */
  address: string
  /** Names in lower case. */
  headers: Map<string, string[]>
}

/** A page that is shown in place of an answer with one of the statuses. */
export interface ErrorPage {
  statuses: StatusRange[]
  service: string
  path: string
}

export type Decision =
  | {
      kind: 'forward'
      router: Router
      /** Of the compose file, without provider. */
      service: string
      /** Cleaned path and query. */
      target: string
      /** After the middlewares. */
      headers: Map<string, string[]>
      errorPages: ErrorPage[]
    }
  | { kind: 'answer'; router: Router | null; status: 400 | 403 | 404 | 418; page: ErrorPage | null }

/** The service's name in the compose file. */
export const composeName = (service: string) => service.replace(/@.*$/, '')

/** What becomes of a request: its service and what is sent there, or the status that the front answers itself. */
export function decide(routing: Routing, request: FrontRequest): Decision {
  const { path, query } = splitTarget(request.target)
  const clean = cleanPath(path)
  if (clean === null) return { kind: 'answer', router: null, status: 400, page: null }
  const address = plainAddress(request.address)
  const asked = { ...request, address, path: rulePath(clean) }
  const router = routing.routers.find((r) => r.entryPoints.includes(request.entryPoint) && r.rule(asked))
  if (router === undefined) return { kind: 'answer', router: null, status: 404, page: null }

  const headers = new Map(request.headers)
  const errorPages: ErrorPage[] = []
  for (const middleware of router.middlewares) {
    if (middleware.kind === 'errors') errorPages.push(middleware)
    else if (middleware.kind === 'headers') {
      for (const [name, value] of middleware.request)
        if (value === '') headers.delete(name)
        else headers.set(name, [value])
    } else if (!middleware.list.contains(address))
      return { kind: 'answer', router, status: 403, page: pageFor(403, errorPages) }
  }
  if (router.service === 'noop@internal') return { kind: 'answer', router, status: 418, page: null }
  return {
    kind: 'forward',
    router,
    service: composeName(router.service),
    target: clean + query,
    headers,
    errorPages,
  }
}

/** The innermost page that stands for this status. */
export function pageFor(status: number, pages: ErrorPage[]): ErrorPage | null {
  return (
    pages.findLast((page) => page.statuses.some(({ from, to }) => status >= from && status <= to)) ?? null
  )
}

/** An incoming message as `decide` takes it. */
export function frontRequest(message: IncomingMessage, entryPoint: string): FrontRequest {
  const headers = new Map<string, string[]>()
  for (const [name, values] of Object.entries(message.headersDistinct)) if (values) headers.set(name, values)
  return {
    entryPoint,
    method: message.method ?? 'GET',
    target: message.url ?? '/',
    host: message.headers.host ?? '',
    address: plainAddress(message.socket.remoteAddress ?? ''),
    headers,
  }
}
