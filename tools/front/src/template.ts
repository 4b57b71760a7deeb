import { RoutingError } from './routing-error.ts'

/**
 * Traefik's file provider runs its files through Go's text/template with the sprig functions. This renders exactly what our files
 * use of that: `$name := …`, `range`, `if`, `else`, `end`, pipelines of the functions below. Anything else is an error by name.
 */
type Value = string | string[]

const functions: Record<string, (values: Value[], env: Environment) => Value> = {
  env: ([name], env) => env[text(name)] ?? '',
  nospace: ([value]) => text(value).replace(/\s+/gu, ''),
  splitList: ([separator, value]) => text(value).split(text(separator)),
  quote: ([value]) => JSON.stringify(text(value)),
}

export type Environment = Readonly<Record<string, string | undefined>>

function text(value: Value | undefined): string {
  if (typeof value !== 'string') throw new RoutingError('template: text expected')
  return value
}

interface Scope {
  env: Environment
  variables: Map<string, Value>
  dot: Value
}

function operand(word: string, scope: Scope): Value {
  if (word === '.') return scope.dot
  if (/^"[^"\\]*"$/.test(word)) return word.slice(1, -1)
  const value = word.startsWith('$') ? scope.variables.get(word) : undefined
  if (value === undefined) throw new RoutingError(`template: "${word}" is not known here`)
  return value
}

function pipeline(source: string, scope: Scope): Value {
  let piped: Value | undefined
  for (const part of source.split('|')) {
    const words = part.match(/"[^"]*"|\S+/g) ?? []
    const [first, ...rest] = words
    if (first === undefined) throw new RoutingError(`template: "${source}" has an empty part`)
    const call = Object.hasOwn(functions, first) ? functions[first] : undefined
    if (call) {
      const values = rest.map((word) => operand(word, scope))
      piped = call(piped === undefined ? values : [...values, piped], scope.env)
    } else if (piped === undefined && rest.length === 0) piped = operand(first, scope)
    else throw new RoutingError(`template: the function "${first}" is not known here`)
  }
  return piped ?? ''
}

type Piece = { kind: 'text' | 'action'; value: string }

function pieces(source: string): Piece[] {
  const found: Piece[] = []
  let at = 0
  for (const match of source.matchAll(/\s*\{\{-\s|\{\{/g)) {
    if (match.index < at) continue
    const close = source.indexOf('}}', match.index)
    if (close < 0) throw new RoutingError('template: "{{" without "}}"')
    found.push({ kind: 'text', value: source.slice(at, match.index) })
    const inside = source.slice(match.index + match[0].length, close)
    const trims = /\s-$/.test(inside)
    found.push({ kind: 'action', value: (trims ? inside.slice(0, -1) : inside).trim() })
    at = close + 2
    if (trims) at += /^\s*/.exec(source.slice(at))?.[0].length ?? 0
  }
  found.push({ kind: 'text', value: source.slice(at) })
  return found
}

/** Throws RoutingError on whatever is not of the subset above. */
export function renderTemplate(source: string, env: Environment): string {
  const all = pieces(source)
  let at = 0

  /** Renders up to the `else` or `end` that closes this level (or the end of the file), and says which it was. */
  function block(scope: Scope, isActive: boolean): { output: string; closedBy: 'else' | 'end' | 'file' } {
    let output = ''
    while (at < all.length) {
      const piece = all[at++] as Piece
      if (piece.kind === 'text') {
        if (isActive) output += piece.value
        continue
      }
      const [, word = '', rest = ''] = /^(\S+)\s*(.*)$/s.exec(piece.value) ?? []
      const set = /^(\$\w+)\s*:=\s*(.+)$/s.exec(piece.value)
      if (word === 'end' && rest === '') return { output, closedBy: 'end' }
      if (word === 'else' && rest === '') return { output, closedBy: 'else' }
      if (set) {
        if (isActive) scope.variables.set(set[1] as string, pipeline(set[2] as string, scope))
      } else if (word === 'if') output += condition(rest, scope, isActive)
      else if (word === 'range') output += loop(rest, scope, isActive)
      else if (isActive) output += text(pipeline(piece.value, scope))
    }
    return { output, closedBy: 'file' }
  }

  function condition(source: string, scope: Scope, isActive: boolean): string {
    const holds = isActive && pipeline(source, scope).length > 0
    const first = block(scope, isActive && holds)
    const second = first.closedBy === 'else' ? block(scope, isActive && !holds) : first
    if (second.closedBy !== 'end') throw new RoutingError('template: "if" without its "end"')
    return holds ? first.output : second === first ? '' : second.output
  }

  function loop(source: string, scope: Scope, isActive: boolean): string {
    const items = isActive ? pipeline(source, scope) : []
    if (typeof items === 'string') throw new RoutingError('template: "range" takes a list')
    const start = at
    let output = ''
    // Once without output, so that an empty list too is read to its end.
    for (const item of [null, ...items]) {
      at = start
      const inner = item === null ? scope : { ...scope, variables: new Map(scope.variables), dot: item }
      const body = block(inner, item !== null)
      if (body.closedBy !== 'end') throw new RoutingError('template: "range" without its "end"')
      output += body.output
    }
    return output
  }

  const whole = block({ env, variables: new Map(), dot: '' }, true)
  if (whole.closedBy !== 'file') throw new RoutingError(`template: "${whole.closedBy}" without its beginning`)
  return whole.output
}
