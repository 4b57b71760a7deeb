import { networkList, plainAddress } from './address.ts'
import { RoutingError } from './routing-error.ts'

/** What a rule may ask of a request. Header names in lower case; `path` as rules see it (path.ts). */
export interface RuleRequest {
  method: string
  host: string
  path: string
  /** The address of the connection itself. */
  address: string
  headers: ReadonlyMap<string, readonly string[]>
}

export type Rule = (request: RuleRequest) => boolean

const hostOf = (host: string) => host.toLowerCase().replace(/:\d+$/, '').replace(/\.$/, '')

function absolute(path: string): string {
  if (!path.startsWith('/')) throw new RoutingError(`the path "${path}" does not begin with "/"`)
  return path
}

function expression(source: string): RegExp {
  try {
    return new RegExp(source)
  } catch {
    throw new RoutingError(`"${source}" is no regular expression`)
  }
}

const matchers: Record<string, { arguments: number; make: (a: string, b: string) => Rule }> = {
  Host: { arguments: 1, make: (host) => (request) => hostOf(request.host) === hostOf(host) },
  Path: { arguments: 1, make: (path) => is(absolute(path), (request) => request.path) },
  PathPrefix: {
    arguments: 1,
    make: (path) => {
      const prefix = absolute(path)
      return (request) => request.path.startsWith(prefix)
    },
  },
  PathRegexp: {
    arguments: 1,
    make: (source) => {
      const regexp = expression(source)
      return (request) => regexp.test(request.path)
    },
  },
  Method: { arguments: 1, make: (method) => is(method.toUpperCase(), (request) => request.method) },
  Header: {
    arguments: 2,
    make: (name, value) => (request) => request.headers.get(name.toLowerCase())?.includes(value) ?? false,
  },
  HeaderRegexp: {
    arguments: 2,
    make: (name, source) => {
      const regexp = expression(source)
      return (request) => request.headers.get(name.toLowerCase())?.some((v) => regexp.test(v)) ?? false
    },
  },
  ClientIP: {
    arguments: 1,
    make: (range) => {
      const list = networkList([range])
      return (request) => list.contains(plainAddress(request.address))
    },
  },
}

function is(wanted: string, of: (request: RuleRequest) => string): Rule {
  return (request) => of(request) === wanted
}

interface Token {
  kind: 'name' | 'text' | 'sign'
  value: string
}

function tokens(text: string): Token[] {
  const pattern = /\s+|([A-Za-z]+)|`([^`]*)`|"((?:[^"\\]|\\["\\])*)"|(&&|\|\||[!(),])/y
  const found: Token[] = []
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex
    const match = pattern.exec(text)
    if (match === null)
      throw new RoutingError(
        `rule "${text}": "${text.slice(at, at + 12)}" is not understood (an argument stands in backticks)`,
      )
    const [, name, raw, quoted, sign] = match
    if (name !== undefined) found.push({ kind: 'name', value: name })
    else if (raw !== undefined) found.push({ kind: 'text', value: raw })
    else if (quoted !== undefined) found.push({ kind: 'text', value: quoted.replace(/\\(["\\])/g, '$1') })
    else if (sign !== undefined) found.push({ kind: 'sign', value: sign })
  }
  return found
}

/**
 * A rule in Traefik's v3 syntax: matchers with arguments in backticks or double quotes, `!`, `&&` before `||`, parentheses.
 * Anything else throws RoutingError, also what v2 took (`Path(`/a`, `/b`)`).
 */
export function parseRule(text: string): Rule {
  const all = tokens(text)
  let at = 0
  const fail = (wanted: string): never => {
    const found = all[at]
    throw new RoutingError(
      `rule "${text}": ${wanted} expected, found ${found ? `"${found.value}"` : 'its end'}`,
    )
  }
  const take = (kind: Token['kind'], value?: string): string | null => {
    const token = all[at]
    if (token?.kind !== kind || (value !== undefined && token.value !== value)) return null
    at++
    return token.value
  }
  const expect = (sign: string) => take('sign', sign) ?? fail(`"${sign}"`)

  function either(): Rule {
    const rules = [both()]
    while (take('sign', '||')) rules.push(both())
    return rules.length === 1 ? (rules[0] as Rule) : (request) => rules.some((rule) => rule(request))
  }
  function both(): Rule {
    const rules = [unary()]
    while (take('sign', '&&')) rules.push(unary())
    return rules.length === 1 ? (rules[0] as Rule) : (request) => rules.every((rule) => rule(request))
  }
  function unary(): Rule {
    if (take('sign', '!')) {
      const rule = unary()
      return (request) => !rule(request)
    }
    if (take('sign', '(')) {
      const rule = either()
      expect(')')
      return rule
    }
    return matcher()
  }
  function matcher(): Rule {
    const name = take('name') ?? fail('a matcher')
    const known = Object.hasOwn(matchers, name) ? matchers[name] : undefined
    if (known === undefined) throw new RoutingError(`rule "${text}": the matcher ${name} is not known here`)
    expect('(')
    const values: string[] = []
    do values.push(take('text') ?? fail('an argument in backticks'))
    while (take('sign', ','))
    expect(')')
    if (values.length !== known.arguments)
      throw new RoutingError(
        `rule "${text}": ${name} takes ${known.arguments} argument(s), not ${values.length}`,
      )
    return known.make(values[0] ?? '', values[1] ?? '')
  }

  const rule = either()
  if (at < all.length) fail('its end')
  return rule
}
