import type { NetworkList } from './address.ts'

/** A router as its provider wrote it; names of other things carry their provider (`page@file`). */
export interface RouterDefinition {
  name: string
  rule: string
  /** Null: the length of the rule, as Traefik takes it. */
  priority: number | null
  /** Null: every entry point but the internal one. */
  entryPoints: string[] | null
  middlewares: string[]
  service: string
}

export type MiddlewareDefinition =
  | { kind: 'ipAllowList'; list: NetworkList }
  | { kind: 'headers'; request: Map<string, string> }
  | { kind: 'errors'; statuses: StatusRange[]; service: string; path: string }
  | { kind: 'chain'; names: string[] }
  /** Wrong in itself: as in Traefik, it takes the routers that need it out of service. */
  | { kind: 'broken'; reason: string }

export interface StatusRange {
  from: number
  to: number
}

/** What the providers know together. */
export interface Definitions {
  routers: RouterDefinition[]
  middlewares: Map<string, MiddlewareDefinition>
  /** Port inside the service's container, by qualified name. */
  services: Map<string, number>
  /** What Traefik would only log. */
  problems: string[]
}

export function emptyDefinitions(): Definitions {
  return { routers: [], middlewares: new Map(), services: new Map(), problems: [] }
}

/** A name with its provider: Traefik looks in the provider that names it unless told otherwise. */
export function qualified(name: string, provider: 'docker' | 'file'): string {
  return name.includes('@') ? name : `${name}@${provider}`
}
