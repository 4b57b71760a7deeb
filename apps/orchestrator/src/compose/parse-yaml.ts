import { parseDocument, type ScalarTag, type Tags } from 'yaml'
import { composeProblem } from './problem.ts'

/** Compose reads 0755 as octal, as YAML 1.1 did; YAML 1.2 would make it seven hundred and fifty-five. */
const oldOctal: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  test: /^0[0-7]+$/,
  resolve: (text) => Number.parseInt(text, 8),
}

const maxFileBytes = 256 * 1024
/** Generous for hand-written anchors, far below what an alias bomb needs. */
const maxAliases = 200

export type YamlMap = Record<string, unknown>

export function isMap(value: unknown): value is YamlMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The text of one compose file as plain data; `file` is only named in errors. */
export function parseComposeYaml(text: string, file: string): YamlMap {
  if (text.length > maxFileBytes) throw composeProblem(file, `is larger than ${maxFileBytes / 1024} KiB`)
  const document = parseDocument(text, {
    merge: true,
    logLevel: 'silent',
    prettyErrors: true,
    customTags: (tags: Tags) => [oldOctal, ...tags],
  })
  // A warning is a tag that the parser would drop in silence, such as Compose's own !reset.
  const [problem] = [...document.errors, ...document.warnings]
  if (problem !== undefined) {
    const line = problem.linePos?.[0].line
    throw composeProblem(line === undefined ? file : `${file} line ${line}`, firstLine(problem.message))
  }
  let value: unknown
  try {
    value = document.toJS({ maxAliasCount: maxAliases })
  } catch (cause) {
    throw composeProblem(file, firstLine(cause instanceof Error ? cause.message : String(cause)))
  }
  if (value === null || value === undefined) return {}
  if (!isMap(value)) throw composeProblem(file, 'must be a mapping with "services:" at its top')
  return value
}

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '')
}
