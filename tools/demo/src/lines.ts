import { appendFileSync, mkdirSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

/** Cuts a stream of chunks into lines. A line that never ends is cut at 64 kB. */
export function lineSplitter(take: (line: string) => void): (chunk: Buffer) => void {
  const longest = 64 * 1024
  let rest = ''
  return (chunk) => {
    const lines = (rest + chunk.toString()).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) take(line)
    if (rest.length > longest) {
      take(rest)
      rest = ''
    }
  }
}

/** A log file that never grows beyond `mostBytes`: the lines before stand in FILE.1, and what is older is gone. */
export class BoundedLog {
  readonly #path: string
  readonly #mostBytes: number
  #bytes = 0

  constructor(path: string, mostBytes = 1024 * 1024) {
    this.#path = path
    this.#mostBytes = mostBytes
  }

  open(): void {
    mkdirSync(dirname(this.#path), { recursive: true })
    this.#bytes = statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0
  }

  write(line: string): void {
    const text = `${line}\n`
    if (this.#bytes + text.length > this.#mostBytes) {
      renameSync(this.#path, `${this.#path}.1`)
      this.#bytes = 0
    }
    appendFileSync(this.#path, text)
    this.#bytes += Buffer.byteLength(text)
  }
}

const loud = new Set(['warn', 'error'])
const known = new Set(['time', 'level', 'service', 'message'])

/**
 * A line of a service's log as a person reads it in a terminal; null when it is not worth showing.
 * Services write JSON; what is no JSON comes from the runtime (a stack, a crash) and is shown when `isError`.
 */
export function showLine(name: string, line: string, isError: boolean, isVerbose: boolean): string | null {
  const label = name.padEnd(12)
  const record = parse(line)
  if (record === null) return isError || isVerbose ? `${label} ${line}` : null
  const level = String(record.level)
  if (!isVerbose && !loud.has(level)) return null
  const fields = Object.entries(record)
    .filter(([key]) => !known.has(key))
    .map(([key, value]) => `${key}=${brief(value)}`)
  return [label, level.padEnd(5), String(record.message), ...fields].join(' ')
}

function parse(line: string): Record<string, unknown> | null {
  if (!line.startsWith('{')) return null
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null && 'message' in value ? { ...value } : null
  } catch {
    return null
  }
}

function brief(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 300 ? `${text.slice(0, 300)}…` : text
}
