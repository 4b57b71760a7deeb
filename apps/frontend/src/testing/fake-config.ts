import { type Config, configSchema, type PublishedConfig } from '@tailboard/contracts/config'
import type { ConfigCause, ConfigChange, ConfigVersion } from '@tailboard/contracts/config-version'
import { issuesOf } from '@tailboard/contracts/error'
import { type ProblemName, problems } from '@tailboard/contracts/problem'
import { type Stamp, stampPlus } from '@tailboard/contracts/time'
import * as v from 'valibot'
import type { JsonSchema } from '../settings/json-schema.ts'
import { settingsSchema } from './settings-schema.ts'

export interface FakeAnswer {
  status: number
  type: string
  etag?: string
  body: string
}

export interface FakeRequest {
  method: string
  path: string
  type: string | undefined
  ifMatch: string | undefined
  body: string
}

type Json = Record<string, unknown>

/** The gateway's routes of the configuration: the same refusals in the same order, over values instead of a file. */
export class FakeConfig {
  /** As Traefik answers a viewer who may not write. */
  isReadOnly = false
  /** The bodies of PATCH, in order. */
  readonly patches: unknown[] = []
  #current: PublishedConfig
  readonly #now: () => Stamp
  readonly #onChange: (current: PublishedConfig) => void
  readonly #versions: { version: ConfigVersion; config: Config }[] = []

  constructor(current: PublishedConfig, now: () => Stamp, onChange: (current: PublishedConfig) => void) {
    this.#current = current
    this.#now = now
    this.#onChange = onChange
    this.#keep('start', null, null, [])
  }

  get current(): PublishedConfig {
    return this.#current
  }

  /** Somebody else's write, or an edit of the file by hand. */
  change(patch: Json, cause: ConfigCause = 'hand', by: string | null = null): void {
    this.#put(v.parse(configSchema, merged(this.#current.config as never, patch)), cause, by)
  }

  /** The file as it stands is refused: what was in force stays. */
  break(line: number, column: number, reason: string): void {
    this.tell({ problems: [{ path: '', reason, line, column }] })
  }

  tell(status: Partial<PublishedConfig['status']>): void {
    this.#current = { ...this.#current, status: { ...this.#current.status, ...status } }
    this.#onChange(this.#current)
  }

  answer(request: FakeRequest): FakeAnswer {
    const { method, path } = request
    if (method === 'GET' && path === '/api/config') return this.#inForce()
    if (method === 'GET' && path === '/api/config/schema') return json(settingsSchema())
    if (method === 'GET' && path === '/api/config/versions')
      return json({ versions: this.#versions.map(({ version }) => version) })
    const [, id, restore] = /^\/api\/config\/versions\/(\d+)(\/restore)?$/.exec(path) ?? []
    const kept = this.#versions.find(({ version }) => version.id === id)
    if (method === 'GET' && kept !== undefined) {
      const changes = differences(this.#current.config, kept.config)
      return json({ ...kept, changes: changes.slice(0, 10) })
    }
    if (method === 'PATCH' && path === '/api/config') return this.#patch(request)
    if (method === 'POST' && restore !== undefined) return this.#restore(request, kept)
    return problem(id === undefined ? 'not-found' : 'unknown-version')
  }

  #inForce(): FakeAnswer {
    return { ...json(this.#current), etag: `"${this.#current.status.version}"` }
  }

  #refusal({ ifMatch, type, body }: FakeRequest): FakeAnswer | null {
    if (this.isReadOnly) return { status: 403, type: 'text/html', body: '<h1>no</h1>' }
    if (body !== '' && type !== 'application/json') return problem('not-json')
    const seen = [...(ifMatch ?? '').matchAll(/"([^"]*)"/g)].map(([, tag]) => tag)
    if (seen.length === 0) return problem('version-needed')
    if (!seen.includes(this.#current.status.version)) {
      const [newest] = this.#versions
      const who = newest?.version.by === null ? 'by hand' : `from ${newest?.version.by}`
      return problem('changed-meanwhile', { detail: `The last change was made ${who}.` })
    }
    return null
  }

  #patch(request: FakeRequest): FakeAnswer {
    const refusal = this.#refusal(request)
    if (refusal !== null) return refusal
    if (this.#current.status.problems.length > 0) {
      const issues = this.#current.status.problems.map(({ path, reason, line }) => ({
        path,
        reason: `${reason} (line ${line})`,
      }))
      return problem('config-broken', {
        hint: 'Mend the line that is named, or return to a version.',
        issues,
      })
    }
    const patch = JSON.parse(request.body) as Json
    this.patches.push(patch)
    const issues = unknownIn(settingsSchema(), patch, '')
    if (issues.length > 0) return problem('invalid', { issues })
    const result = v.safeParse(configSchema, merged(this.#current.config as never, patch))
    if (!result.success) return problem('invalid', { issues: issuesOf(result.issues) })
    const { notWritable } = this.#current.status
    if (notWritable !== null) return problem('config-not-writable', { hint: notWritable })
    this.#put(result.output, 'page', '100.101.102.103')
    return this.#inForce()
  }

  #restore(request: FakeRequest, kept: { version: ConfigVersion; config: Config } | undefined): FakeAnswer {
    const refusal = this.#refusal(request)
    if (refusal !== null) return refusal
    if (kept === undefined) return problem('unknown-version')
    this.#put(kept.config, 'restore', '100.101.102.103', kept.version.id)
    return this.#inForce()
  }

  #put(config: Config, cause: ConfigCause, by: string | null, restored: string | null = null): void {
    const changes = differences(this.#current.config, config)
    const id = this.#versions.length + 1
    const status = {
      ...this.#current.status,
      problems: [],
      version: `v${id}`,
      changed: stampPlus(this.#now(), id),
    }
    this.#current = { config, status }
    this.#keep(cause, by, restored, changes)
    this.#onChange(this.#current)
  }

  #keep(cause: ConfigCause, by: string | null, restored: string | null, changes: ConfigChange[]): void {
    const { status, config } = this.#current
    const version = {
      id: String(this.#versions.length + 1),
      stamp: status.changed,
      cause,
      by,
      restored,
      version: status.version,
      changes: changes.slice(0, 10),
      changed: changes.length,
    }
    this.#versions.unshift({ version, config })
  }
}

const isGroup = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A JSON merge patch: null takes a value away, and the default comes in its place. */
function merged(base: Json, patch: Json): Json {
  const result = { ...base }
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key]
    else result[key] = isGroup(value) ? merged((base[key] ?? {}) as Json, value) : value
  }
  return result
}

function unknownIn(schema: JsonSchema, patch: Json, path: string): { path: string; reason: string }[] {
  return Object.entries(patch).flatMap(([key, value]) => {
    const at = path === '' ? key : `${path}.${key}`
    const known = schema.properties?.[key]
    if (known === undefined) return [{ path: at, reason: 'is no setting' }]
    if (known.properties === undefined) return []
    return isGroup(value)
      ? unknownIn(known, value, at)
      : [{ path: at, reason: 'must be a group of settings' }]
  })
}

function differences(before: unknown, after: unknown, path: string[] = []): ConfigChange[] {
  if (isGroup(before) && isGroup(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)])
    return [...keys].flatMap((key) => differences(before[key], after[key], [...path, key]))
  }
  const [from, to] = [JSON.stringify(before) ?? '', JSON.stringify(after) ?? '']
  return from === to ? [] : [{ path: path.join('.'), from, to }]
}

const json = (value: unknown): FakeAnswer => ({
  status: 200,
  type: 'application/json',
  body: JSON.stringify(value),
})

function problem(name: ProblemName, more: Json = {}): FakeAnswer {
  const [status, title] = problems[name]
  const document = { type: `urn:tailboard:${name}`, title, status, ...more }
  return { status, type: 'application/problem+json', body: JSON.stringify(document) }
}
