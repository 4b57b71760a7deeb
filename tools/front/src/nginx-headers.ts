import { RoutingError } from './routing-error.ts'

/** One directive of an nginx file: its words, and what stands in its braces. */
interface Directive {
  words: string[]
  block: Directive[] | null
}

function directives(text: string): Directive[] {
  const tokens = [...text.matchAll(/#[^\n]*|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([{};])|[^\s{};"']+/g)]
    .filter(([token]) => !token.startsWith('#'))
    .map(([token, double, single, sign]) => ({
      sign,
      word: (double ?? single)?.replace(/\\(["'\\])/g, '$1') ?? token,
    }))
  let at = 0
  function block(isInner: boolean): Directive[] {
    const found: Directive[] = []
    let words: string[] = []
    for (;;) {
      const token = tokens[at++]
      if (token === undefined || token.sign === '}') {
        if ((token === undefined) === isInner || words.length > 0)
          throw new RoutingError('nginx: braces or a ";" missing')
        return found
      }
      if (token.sign === undefined) words.push(token.word)
      else {
        found.push({ words, block: token.sign === '{' ? block(true) : null })
        words = []
      }
    }
  }
  return block(false)
}

const inside = (all: Directive[], name: string) => all.filter(({ words }) => words[0] === name)

/** What an answer is about, by the variables that our file asks for. */
type Variables = Record<string, string>
type Header = [name: string, value: string]

/** Files that add no header: content types, and the addresses that the container's start.sh writes. */
const harmless = /\/(mime\.types|listen\.conf)$/

/** The `add_header` lines of one level; null when it has none, for then nginx takes those of the level above. */
function headersOf(level: Directive[]): Header[] | null {
  for (const { words } of inside(level, 'include'))
    if (!harmless.test(words[1] ?? ''))
      throw new RoutingError(`nginx: include ${words[1]} is not followed here`)
  const found = inside(level, 'add_header').map(({ words }): Header => [words[1] ?? '', words[2] ?? ''])
  return found.length === 0 ? null : found
}

function fill(text: string, variables: Variables): string {
  return text.replace(/\$(\w+)/g, (_, name: string) => {
    const value = variables[name]
    if (value === undefined) throw new RoutingError(`nginx: the variable $${name} is not known here`)
    return value
  })
}

/** `map SOURCE $name { default …; "~regex" …; text …; }` */
function withMaps(http: Directive[], variables: Variables): Variables {
  const all = { ...variables }
  for (const { words, block } of inside(http, 'map')) {
    const [, source = '', target = ''] = words
    const asked = fill(source, all)
    const fits = ([key = '']: string[]) =>
      key.startsWith('~')
        ? new RegExp(key.replace(/^~\*?/, ''), key.startsWith('~*') ? 'i' : '').test(asked)
        : key === asked
    const lines = (block ?? []).map((line) => line.words)
    const chosen =
      lines.find((line) => line[0] === asked) ?? lines.find(fits) ?? lines.find(([key]) => key === 'default')
    all[target.slice(1)] = chosen?.[1] ?? ''
  }
  return all
}

/**
 * What nginx adds to the answer for a path, by the `add_header` lines of the first `server` in `conf`: so that a run without
 * containers sends the page with the same headers. A location that has lines of its own inherits none, as in nginx.
 * Throws RoutingError on includes and variables that could hide one.
 */
export function nginxHeaders(conf: string): (path: string, status: number) => Record<string, string> {
  const root = directives(conf)
  const http = inside(root, 'http')[0]?.block ?? root
  const server = inside(http, 'server')[0]?.block
  if (!server) throw new RoutingError('nginx: no server found')
  const above = headersOf(server) ?? headersOf(http) ?? []
  const locations = inside(server, 'location').map(({ words, block }) => {
    const [, first = '', second] = words
    return {
      kind: second === undefined ? '' : first,
      pattern: second ?? first,
      headers: headersOf(block ?? []) ?? above,
    }
  })
  const of = (path: string, status: number) => {
    const exact = locations.find(({ kind, pattern }) => kind === '=' && pattern === path)
    const [prefix] = locations
      .filter(({ kind, pattern }) => (kind === '' || kind === '^~') && path.startsWith(pattern))
      .sort((a, b) => b.pattern.length - a.pattern.length)
    const expression = locations.find(
      ({ kind, pattern }) => kind.startsWith('~') && new RegExp(pattern, kind === '~*' ? 'i' : '').test(path),
    )
    const chosen = exact ?? (prefix?.kind === '^~' ? prefix : (expression ?? prefix))
    const variables = withMaps(http, { uri: path, status: String(status) })
    return Object.fromEntries(
      (chosen?.headers ?? above).map(([name, value]) => [name.toLowerCase(), fill(value, variables)]),
    )
  }
  // A variable that is not known here is said when the file is read, not at the first visitor.
  for (const { pattern } of [{ pattern: '/' }, ...locations]) of(pattern, 200)
  return of
}
