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

/** The `add_header` lines of one level; null when it has none, for then nginx takes those of the level above. */
function headersOf(level: Directive[]): Record<string, string> | null {
  const found = inside(level, 'add_header')
  for (const { words } of inside(level, 'include'))
    if (!words[1]?.endsWith('mime.types'))
      throw new RoutingError(`nginx: include ${words[1]} is not followed here`)
  if (found.length === 0) return null
  return Object.fromEntries(
    found.map(({ words: [, name = '', value = ''] }) => {
      if (value.includes('$'))
        throw new RoutingError(`nginx: add_header ${name}: a variable is not known here`)
      return [name.toLowerCase(), value]
    }),
  )
}

/**
 * What nginx adds to the answer for a path, by the `add_header` lines of the first `server` in `conf`: so that a run without
 * containers sends the page with the same headers. A location that has lines of its own inherits none, as in nginx.
 * Throws RoutingError on includes and variables, which could hide one.
 */
export function nginxHeaders(conf: string): (path: string) => Record<string, string> {
  const root = directives(conf)
  const http = inside(root, 'http')[0]?.block ?? root
  const server = inside(http, 'server')[0]?.block
  if (!server) throw new RoutingError('nginx: no server found')
  const above = headersOf(server) ?? headersOf(http) ?? {}
  const locations = inside(server, 'location').map(({ words, block }) => {
    const [, first = '', second] = words
    return {
      kind: second === undefined ? '' : first,
      pattern: second ?? first,
      headers: headersOf(block ?? []) ?? above,
    }
  })
  return (path) => {
    const exact = locations.find(({ kind, pattern }) => kind === '=' && pattern === path)
    const [prefix] = locations
      .filter(({ kind, pattern }) => (kind === '' || kind === '^~') && path.startsWith(pattern))
      .sort((a, b) => b.pattern.length - a.pattern.length)
    const expression = locations.find(
      ({ kind, pattern }) => kind.startsWith('~') && new RegExp(pattern, kind === '~*' ? 'i' : '').test(path),
    )
    const chosen = exact ?? (prefix?.kind === '^~' ? prefix : (expression ?? prefix))
    return chosen?.headers ?? above
  }
}
