import { type ChildProcess, spawn } from 'node:child_process'
import { lineSplitter } from './lines.ts'
import { descendants, isAlive, signal } from './processes.ts'

/** One process of the demo. */
export interface Part {
  name: string
  command: [string, ...string[]]
  cwd: string
  /** All that it gets: nothing is inherited. */
  env: Record<string, string>
}

export interface Watcher {
  /** A line that the process wrote. */
  line(part: Part, line: string, isError: boolean): void
  started(part: Part, pid: number): void
  /** It died by itself, and is started again after `waitMs`. */
  died(part: Part, reason: string, waitMs: number): void
  /** It died again and again right after its start: there is no point in going on. */
  gaveUp(part: Part, reason: string): void
}

export interface Pace {
  firstMs: number
  mostMs: number
  /** A process that lived for this long had started well. */
  wellMs: number
  /** Bad starts in a row that are enough. */
  tries: number
  /** How long a process may take to end. */
  stopWithinMs: number
}

export const defaultPace: Pace = {
  firstMs: 500,
  mostMs: 10_000,
  wellMs: 15_000,
  tries: 5,
  stopWithinMs: 10_000,
}

/** A process that is started again when it dies, and that is gone with all its children once `stop` returns. */
export class Supervised {
  readonly part: Part
  readonly #watcher: Watcher
  readonly #pace: Pace
  #child: ChildProcess | undefined
  #ended: Promise<void> = Promise.resolve()
  #retry: NodeJS.Timeout | undefined
  #badStarts = 0
  #isWanted = false
  /** Groups of processes that died and left others of their group behind. */
  readonly #orphaned = new Set<number>()

  constructor(part: Part, watcher: Watcher, pace: Pace = defaultPace) {
    this.part = part
    this.#watcher = watcher
    this.#pace = pace
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  start(): void {
    this.#isWanted = true
    this.#spawn()
  }

  /** Ends it, by force when it does not end by itself in time, and waits until it has. */
  async stop(): Promise<void> {
    this.#isWanted = false
    clearTimeout(this.#retry)
    await this.#end()
  }

  /** Ends it and starts it with what it is made of now. */
  async restart(): Promise<void> {
    await this.stop()
    this.#badStarts = 0
    this.start()
  }

  #spawn(): void {
    const [program, ...args] = this.part.command
    const begun = performance.now()
    // A group of its own: a Ctrl-C in the terminal reaches the demo alone, which then ends its parts in order.
    const child = spawn(program, args, {
      cwd: this.part.cwd,
      env: this.part.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    this.#child = child
    child.stdout.on(
      'data',
      lineSplitter((line) => this.#watcher.line(this.part, line, false)),
    )
    child.stderr.on(
      'data',
      lineSplitter((line) => this.#watcher.line(this.part, line, true)),
    )
    if (child.pid !== undefined) this.#watcher.started(this.part, child.pid)
    this.#ended = new Promise((resolve) => {
      const onEnd = (reason: string) => {
        if (this.#child !== child) return
        this.#child = undefined
        if (child.pid !== undefined && isAlive(-child.pid)) this.#orphaned.add(child.pid)
        resolve()
        if (this.#isWanted) this.#died(reason, performance.now() - begun)
      }
      child.once('error', (error) => onEnd(error.message))
      child.once('exit', (code, name) =>
        onEnd(code === null ? `ended by ${name}` : `ended with code ${code}`),
      )
    })
  }

  #died(reason: string, livedMs: number): void {
    this.#badStarts = livedMs >= this.#pace.wellMs ? 1 : this.#badStarts + 1
    if (this.#badStarts >= this.#pace.tries) {
      this.#isWanted = false
      this.#watcher.gaveUp(this.part, reason)
      return
    }
    const waitMs = Math.min(this.#pace.mostMs, this.#pace.firstMs * 2 ** (this.#badStarts - 1))
    this.#watcher.died(this.part, reason, waitMs)
    this.#retry = setTimeout(() => this.#spawn(), waitMs)
  }

  async #end(): Promise<void> {
    const pid = this.#child?.pid
    if (pid !== undefined) await this.#endChild(pid)
    for (const group of this.#orphaned) signal(-group, 'SIGKILL')
    this.#orphaned.clear()
  }

  async #endChild(pid: number): Promise<void> {
    const below = descendants(pid)
    signal(pid, 'SIGTERM')
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.#pace.stopWithinMs)
    })
    await Promise.race([this.#ended, late])
    clearTimeout(timer)
    // What it started and left behind, in its group or in one of its own, ends with it.
    for (const each of new Set([...below, ...descendants(pid)])) if (isAlive(each)) signal(each, 'SIGKILL')
    signal(-pid, 'SIGKILL')
    await this.#ended
  }
}
