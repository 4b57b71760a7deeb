import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { descendants, isAlive, processMark, signal } from './processes.ts'

interface Known {
  pid: number
  mark: string
}

interface Recorded {
  demo: Known
  url: string | null
  parts: Known[]
}

const lives = ({ pid, mark }: Known) => isAlive(pid) && processMark(pid) === mark

/**
 * What runs, in a file: so that a second demo in the same checkout is told of the first, and what a demo left behind that
 * was killed itself is ended by the next.
 */
export class DemoState {
  readonly #path: string
  readonly #parts = new Map<string, Known>()
  #url: string | null = null

  constructor(path: string) {
    this.#path = path
  }

  /** The address of a demo that runs from this checkout now (empty when it has none yet); null when none does. */
  other(): string | null {
    const recorded = this.#read()
    return recorded !== null && lives(recorded.demo) ? (recorded.url ?? '') : null
  }

  /** Ends what an earlier demo left behind; how many processes that were. */
  endLeftovers(): number {
    // Without a mark (no /proc) a number may meanwhile be another program's.
    const left = (this.#read()?.parts ?? []).filter((part) => part.mark !== '' && lives(part))
    for (const { pid } of left) {
      for (const below of descendants(pid)) signal(below, 'SIGKILL')
      signal(pid, 'SIGKILL')
    }
    return left.length
  }

  part(name: string, pid: number): void {
    this.#parts.set(name, { pid, mark: processMark(pid) })
    this.#write()
  }

  url(url: string): void {
    this.#url = url
    this.#write()
  }

  /** Forgets what this demo wrote; what another one wrote stays. */
  clear(): void {
    if (this.#parts.size > 0) rmSync(this.#path, { force: true })
  }

  #read(): Recorded | null {
    try {
      return JSON.parse(readFileSync(this.#path, 'utf8')) as Recorded
    } catch {
      return null
    }
  }

  #write(): void {
    const demo = { pid: process.pid, mark: processMark(process.pid) }
    const recorded: Recorded = { demo, url: this.#url, parts: [...this.#parts.values()] }
    mkdirSync(dirname(this.#path), { recursive: true })
    writeFileSync(this.#path, JSON.stringify(recorded))
  }
}
