import { type ChildProcess, spawn } from 'node:child_process'
import { access } from 'node:fs/promises'
import { constants, hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import {
  commonVariables,
  isSourceId,
  type SourceId,
  type SystemStatus,
  sourceContract,
  sourceIds,
  sourceVariables,
  TailboardError,
} from '@tailboard/contracts'
import { passEnvironment } from '@tailboard/service'
import type { Launcher, RunEnd } from '../launcher.ts'
import { findProcesses, memoryBytesOf } from './processes.ts'

const logLines = 20
/** Of a line without an end no more than this is kept (UTF-16 units). */
const longestTail = 16_000
/** How often a run that is not our child is looked at (ms). */
const lookEveryMs = 250

interface Child {
  process: ChildProcess
  since: number
}

export interface ProcessLauncherOptions {
  /** Where the sources' variables come from; this process's own environment, when absent. */
  raw?: Record<string, string | undefined>
  /** The sources that speak to a stand-in: their readings say so. `NAME=FILE`: a module that is loaded before the source's own. */
  simulated?: readonly string[]
}

/** Runs poll sources as child processes: for the demo, where there is no engine. */
export class ProcessLauncher implements Launcher {
  readonly #projectDir: string
  readonly #raw: Record<string, string | undefined> | undefined
  /** By source: the module that is loaded first; empty for none. */
  readonly #simulated: ReadonlyMap<string, string>
  readonly #children = new Map<SourceId, Child>()

  constructor(projectDir: string, { raw, simulated = [] }: ProcessLauncherOptions = {}) {
    this.#projectDir = resolve(projectDir)
    this.#raw = raw
    this.#simulated = new Map(simulated.map((entry) => split(entry)))
  }

  async ready(): Promise<void> {}

  async check(): Promise<TailboardError[]> {
    return []
  }

  async nodeName(): Promise<string> {
    return hostname()
  }

  async running(): Promise<SourceId[]> {
    const found = await this.#find()
    return sourceIds.filter((source) => found.has(source))
  }

  async prepare(source: SourceId): Promise<void> {
    try {
      await access(this.#entry(source))
    } catch (cause) {
      throw new TailboardError('missing-image', `The source ${source} is not built`, {
        hint: `pnpm turbo build --filter=@tailboard/${source}`,
        cause,
      })
    }
  }

  run(source: SourceId, signal: AbortSignal): Promise<RunEnd> {
    const since = performance.now()
    // A group of its own: a kill then reaches what it started, and Ctrl-C in a terminal reaches only us.
    const child = spawn(process.execPath, [this.#entry(source)], {
      cwd: this.#projectDir,
      env: this.#environment(source),
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    this.#children.set(source, { process: child, since })
    const tail = new LogTail()
    child.stdout.setEncoding('utf8').on('data', (text: string) => tail.add(text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => tail.add(text))
    const kill = () => killGroup(child.pid)
    signal.addEventListener('abort', kill)
    if (signal.aborted) kill()
    return new Promise<RunEnd>((fulfil, reject) => {
      child.once('error', (cause) => {
        reject(new TailboardError('crashed', `The source ${source} could not be started`, { cause }))
      })
      child.once('close', (code, name) => {
        // What it may have left behind: it was killed before it could end what it started.
        killGroup(child.pid)
        const exitCode = code ?? (name === null ? null : 128 + constants.signals[name])
        const logTail = exitCode === 0 ? [] : tail.lines()
        const durationMs = performance.now() - since
        fulfil({ exitCode, oomKilled: false, durationMs, logTail, engineLost: false })
      })
    }).finally(() => {
      signal.removeEventListener('abort', kill)
      this.#children.delete(source)
    })
  }

  async takeUp(source: SourceId, signal: AbortSignal): Promise<RunEnd | null> {
    for (;;) {
      const pids = (await this.#find()).get(source)
      if (pids === undefined) return null
      if (signal.aborted) for (const pid of pids) killGroup(pid)
      await sleep(lookEveryMs)
    }
  }

  async end(source: SourceId, withinMs: number): Promise<void> {
    const pids = this.#children.has(source)
      ? [this.#children.get(source)?.process.pid]
      : ((await this.#find()).get(source) ?? [])
    for (const pid of pids) {
      if (pid === undefined) continue
      // It alone, not its group: it ends what it started in its own way.
      signal(pid, 'SIGTERM')
      setTimeout(() => killGroup(pid), withinMs).unref()
    }
  }

  async status(): Promise<Pick<SystemStatus, 'services' | 'changedVariables'>> {
    const ours = sourceIds.filter((source) => sourceContract(source).life !== 'always')
    const services = await Promise.all(
      ours.map(async (source) => {
        const child = this.#children.get(source)
        const pid = child?.process.pid
        return {
          service: `source-${source}`,
          state: child === undefined ? 'exited' : 'running',
          version: null,
          upSinceS: child === undefined ? null : (performance.now() - child.since) / 1000,
          memoryBytes: pid === undefined ? null : await memoryBytesOf(pid),
          memoryLimitBytes: null,
          restarts: null,
        }
      }),
    )
    return { services, changedVariables: [] }
  }

  async stop(): Promise<void> {
    for (const { process: child } of this.#children.values()) killGroup(child.pid)
  }

  #entry(source: SourceId): string {
    return join(this.#projectDir, 'apps', source, 'dist', 'main.js')
  }

  #environment(source: SourceId): Record<string, string> {
    const passed = passEnvironment(sourceVariables(source), this.#raw)
    const preload = this.#simulated.get(source)
    if (preload === undefined) return passed
    // Not as an argument: a run is known by its script, the first one.
    const options = preload === '' ? {} : { NODE_OPTIONS: `--import=${pathToFileURL(preload)}` }
    return { ...passed, ...options, TAILBOARD_SIMULATED: '1' }
  }

  /** The sources' processes of this project and this Redis: two demos of one checkout leave each other alone. */
  async #find(): Promise<Map<SourceId, number[]>> {
    const entries = new Map(sourceIds.map((source) => [this.#entry(source), source as string]))
    const { REDIS_URL: url } = passEnvironment({ REDIS_URL: commonVariables.REDIS_URL }, this.#raw)
    const found = await findProcesses(entries, url === undefined ? [] : [`REDIS_URL=${url}`])
    return new Map([...found].filter((pair): pair is [SourceId, number[]] => isSourceId(pair[0])))
  }
}

/** `NAME=FILE` or `NAME`. */
function split(entry: string): [name: string, file: string] {
  const [name = '', ...file] = entry.split('=')
  return [name, file.join('=')]
}

/** Keeps the end of what a run writes. */
class LogTail {
  #text = ''

  add(text: string): void {
    this.#text = (this.#text + text).slice(-longestTail)
  }

  lines(): string[] {
    return this.#text.split(/\r?\n/).filter(Boolean).slice(-logLines)
  }
}

function killGroup(pid: number | undefined): void {
  if (pid !== undefined) signal(-pid, 'SIGKILL')
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It has ended already.
  }
}
