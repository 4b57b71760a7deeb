import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { repository } from './project.ts'

/** What stands in for the real thing of a source, as a process of this machine (packages/service/src/testing/stand-alone.ts). */
export class Double {
  /** The variables that it printed. */
  readonly environment: Record<string, string> = {}
  readonly #child: ChildProcess
  readonly #lines: AsyncIterator<string>

  /** @param script of the repository, such as apps/weather/testing/double.ts */
  constructor(script: string, ...args: string[]) {
    this.#child = spawn(process.execPath, [script, ...args], {
      cwd: repository,
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    if (this.#child.stdout === null) throw new Error('no standard output')
    this.#lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]()
  }

  /** Waits until it listens. */
  async start(): Promise<this> {
    // What it answers to a word comes after all that it prints by itself.
    this.#child.stdin?.write('fault\n')
    for (let line = await this.#next(); line !== 'fault='; line = await this.#next()) {
      const [, name = '', value = ''] = /^(\w+)=(.*)$/.exec(line) ?? []
      this.environment[name] = value
    }
    return this
  }

  /** What it does in place of each answer; null: it answers. */
  async fault(name: string | null): Promise<void> {
    await this.#say(`fault ${name ?? ''}`.trim())
  }

  /** What it knows under that word. */
  async ask<T>(word: string): Promise<T> {
    return JSON.parse(await this.#say(word)) as T
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return
    const ended = once(this.#child, 'exit')
    this.#child.kill('SIGTERM')
    await ended
  }

  async #say(line: string): Promise<string> {
    this.#child.stdin?.write(`${line}\n`)
    const answer = await this.#next()
    if (answer.startsWith('unknown=')) throw new Error(`the double does not know: ${line}`)
    return answer.slice(answer.indexOf('=') + 1)
  }

  async #next(): Promise<string> {
    const { value, done } = await this.#lines.next()
    if (done === true) throw new Error('the double ended')
    return value
  }
}
