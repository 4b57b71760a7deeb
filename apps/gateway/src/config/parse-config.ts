import { createHash } from 'node:crypto'
import {
  type Config,
  type ConfigProblem,
  cleanText,
  configLimits,
  configSchema,
  type Issue,
  issuesOf,
} from '@tailboard/contracts'
import * as v from 'valibot'
import { type Document, isMap, isPair, isScalar, LineCounter, type Node, parseDocument, visit } from 'yaml'
import { entriesOf } from './schema-shape.ts'

export type ParsedConfig =
  | { isGood: true; config: Config; unknownKeys: string[] }
  | { isGood: false; problems: ConfigProblem[] }

/** How deep the file may nest. Its own format needs five. */
const deepest = 32
const mostProblems = 20

/** The text of tailboard.yaml as a configuration, or every problem with its place. Never throws. */
export function parseConfig(text: string): ParsedConfig {
  if (Buffer.byteLength(text) > configLimits.bytes) {
    return refuse([{ path: '', reason: `is larger than ${configLimits.bytes / 1024} KiB` }])
  }
  // The parser goes down by recursion: what nests too deep is found before it, from the characters alone.
  if (nestingOf(text) > deepest) {
    return refuse([{ path: '', reason: `nests deeper than ${deepest} levels` }])
  }
  const lines = new LineCounter()
  try {
    // Uniqueness of keys is checked below: the parser's own check takes quadratic time.
    const document = parseDocument(text, {
      version: '1.2',
      uniqueKeys: false,
      lineCounter: lines,
      prettyErrors: false,
    })
    const problems = [...syntaxProblems(document, lines), ...forbidden(document, lines)]
    if (problems.length > 0) return refuse(problems)
    const value =
      document.contents === null ? {} : withoutBlanks(document, document.toJS({ maxAliasCount: 0 }))
    const result = v.safeParse(configSchema, value)
    if (result.success) {
      return {
        isGood: true,
        config: result.output,
        unknownKeys: unknownKeys(configSchema, value, []).slice(0, 20),
      }
    }
    const issues = issuesOf(result.issues)
    return refuse(issues.map((issue) => ({ ...inWords(issue), ...placeOf(document, lines, issue.path) })))
  } catch (error) {
    const reason =
      error instanceof RangeError ? 'nests too deep' : `can’t be read as YAML: ${(error as Error).message}`
    return refuse([{ path: '', reason }])
  }
}

/** How deep brackets, indentation and dashes go. Those in quotes and comments count too: nobody has so many. */
function nestingOf(text: string): number {
  let deepestSeen = 0
  let brackets = 0
  const indents: number[] = []
  for (const line of text.split('\n')) {
    const [, blank = '', dashes = ''] = /^( *)((?:[-?] +)*)/.exec(line) ?? []
    if (line.trim() === '') continue
    while ((indents.at(-1) ?? -1) > blank.length) indents.pop()
    if ((indents.at(-1) ?? -1) < blank.length) indents.push(blank.length)
    let here = 0
    for (const character of line) {
      if (character === '[' || character === '{') here = Math.max(here, ++brackets)
      else if (character === ']' || character === '}') brackets = Math.max(0, brackets - 1)
    }
    deepestSeen = Math.max(deepestSeen, indents.length + dashes.length / 2 + Math.max(here, brackets))
  }
  return deepestSeen
}

/** Changes whenever the values do. */
export function versionOf(config: Config): string {
  return createHash('sha256').update(JSON.stringify(config)).digest('hex').slice(0, 16)
}

type Found = Issue & { line?: number; column?: number }

function refuse(found: Found[]): ParsedConfig {
  const problems = found.slice(0, mostProblems).map(({ path, reason, line, column }) => ({
    path: cleanText(path, 200),
    reason: cleanText(reason, 400),
    line: line ?? null,
    column: column ?? null,
  }))
  return { isGood: false, problems }
}

/** The message of a schema that expected a group of settings names programmer's types: say it in the owner's. */
function inWords({ path, reason }: Issue): Issue {
  const isGroup = /Expected Object/.test(reason)
  return {
    path,
    reason: isGroup ? 'must be a group of settings, each on a line of its own below it' : reason,
  }
}

function at(lines: LineCounter, offset: number | undefined): { line?: number; column?: number } {
  if (offset === undefined) return {}
  const { line, col } = lines.linePos(offset)
  return { line, column: col }
}

function syntaxProblems(document: Document.Parsed, lines: LineCounter): Found[] {
  return [...document.errors, ...document.warnings].map(({ message, pos }) => ({
    path: '',
    reason: message,
    ...at(lines, pos[0]),
  }))
}

/** What YAML can do and this file must not: aliases (a bomb), tags (types of a program), a key twice, another version. */
function forbidden(document: Document.Parsed, lines: LineCounter): Found[] {
  const found: Found[] = []
  if (document.directives.yaml.explicit && document.directives.yaml.version !== '1.2') {
    found.push({ path: '', reason: 'must be YAML 1.2', line: 1, column: 1 })
  }
  const place = (node: unknown) => at(lines, (node as Node | null)?.range?.[0])
  visit(document, {
    Alias: (_key, node) => {
      found.push({ path: '', reason: `has an alias (*${node.source}): write the value out`, ...place(node) })
    },
    Value: (_key, node) => {
      if (node.anchor !== undefined) {
        found.push({
          path: '',
          reason: `has an anchor (&${node.anchor}): write the value out`,
          ...place(node),
        })
      }
      if (node.tag !== undefined && !node.tag.startsWith('tag:yaml.org,2002:')) {
        found.push({ path: '', reason: `has a tag (${node.tag}): leave it out`, ...place(node) })
      } else if (node.tag !== undefined) {
        found.push({ path: '', reason: 'has a tag (!!): leave it out', ...place(node) })
      }
    },
    Map: (_key, node) => {
      const seen = new Set<string>()
      for (const { key } of node.items) {
        const name = isScalar(key) ? String(key.value) : null
        if (name === null) found.push({ path: '', reason: 'has a key that is no word', ...place(key) })
        else if (seen.has(name)) found.push({ path: name, reason: 'stands there twice', ...place(key) })
        else seen.add(name)
      }
    },
  })
  return found
}

/** A key with nothing behind it counts as not being there, so that a group may be commented out line by line. */
function withoutBlanks(document: Document.Parsed, value: unknown): unknown {
  const walk = (current: unknown, path: string[]): unknown => {
    if (current === null || typeof current !== 'object' || Array.isArray(current)) return current
    const kept = Object.entries(current).filter(([key, inner]) => {
      if (inner !== null) return true
      const node = document.getIn([...path, key], true)
      return isScalar(node) && node.source !== ''
    })
    return Object.fromEntries(kept.map(([key, inner]) => [key, walk(inner, [...path, key])]))
  }
  return walk(value, [])
}

/** Where the key of a dotted path stands; of a key that is missing, where the group stands that lacks it. */
function placeOf(
  document: Document.Parsed,
  lines: LineCounter,
  path: string,
): { line?: number; column?: number } {
  const keys = path === '' ? [] : path.split('.')
  for (let length = keys.length; length > 0; length--) {
    const parent = document.getIn(keys.slice(0, length - 1), true)
    const container = length === 1 ? document.contents : parent
    if (isMap(container)) {
      const pair = container.items.find(({ key }) => isScalar(key) && String(key.value) === keys[length - 1])
      if (isPair(pair)) return at(lines, (pair.key as Node).range?.[0])
    } else {
      const node = document.getIn(keys.slice(0, length), true) as Node | undefined
      if (node?.range !== undefined && node.range !== null) return at(lines, node.range[0])
    }
  }
  return at(lines, document.contents?.range?.[0] ?? 0)
}

function unknownKeys(schema: unknown, value: unknown, path: string[]): string[] {
  const entries = entriesOf(schema)
  if (entries === null || typeof value !== 'object' || value === null || Array.isArray(value)) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    const known = Object.hasOwn(entries, key) ? entries[key] : undefined
    const here = [...path, key]
    return known === undefined ? [cleanText(here.join('.'), 200)] : unknownKeys(known, inner, here)
  })
}
