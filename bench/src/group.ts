import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = '/sys/fs/cgroup'
const isV2 = existsSync(join(root, 'cgroup.controllers'))
const controllers = ['memory', 'cpuacct'] as const
type Controller = (typeof controllers)[number]

/** Fields of a memory.stat, of cgroup v1 (`total_*`: with what is below it) or v2. */
export function parseMemoryStat(text: string): { anonymousBytes: number; inactiveFileBytes: number } {
  const field = (...names: string[]) => {
    for (const name of names) {
      const found = new RegExp(`^${name} (\\d+)$`, 'm').exec(text)
      if (found !== null) return Number(found[1])
    }
    throw new Error(`memory.stat has none of ${names.join(', ')}`)
  }
  return {
    anonymousBytes: field('total_rss', 'anon'),
    inactiveFileBytes: field('total_inactive_file', 'inactive_file'),
  }
}

/** One control group, of cgroup v1 or v2. */
export class Group {
  readonly #paths: Record<Controller, string>

  private constructor(paths: Record<Controller, string>) {
    this.#paths = paths
  }

  /** Where this process is accounted, by its own /proc/PID/cgroup: no driver's naming is guessed. */
  static ofProcess(pid: number): Group {
    const lines = readFileSync(`/proc/${pid}/cgroup`, 'utf8').split('\n')
    const pathOf = (controller: string) => {
      const line = lines
        .map((each) => each.split(':'))
        .find(([, names]) => names?.split(',').includes(controller))
      if (line === undefined)
        throw new Error(`process ${pid} is in no control group for ${controller || 'v2'}`)
      return line.slice(2).join(':')
    }
    if (isV2) return Group.at(pathOf(''))
    return new Group({
      memory: join(root, 'memory', pathOf('memory')),
      cpuacct: join(root, 'cpuacct', pathOf('cpuacct')),
    })
  }

  /** The group at this path of each hierarchy. */
  static at(path: string): Group {
    if (isV2) return new Group({ memory: join(root, path), cpuacct: join(root, path) })
    return new Group({ memory: join(root, 'memory', path), cpuacct: join(root, 'cpuacct', path) })
  }

  create(): this {
    for (const path of Object.values(this.#paths)) mkdirSync(path, { recursive: true })
    return this
  }

  /** It must hold no process any more. */
  remove(): void {
    for (const path of new Set(Object.values(this.#paths))) if (existsSync(path)) rmdirSync(path)
  }

  /** For what is below it together. */
  limitMemory(bytes: number): void {
    if (isV2) writeFileSync(join(this.#paths.memory, 'cgroup.subtree_control'), '+memory +cpu')
    writeFileSync(join(this.#paths.memory, isV2 ? 'memory.max' : 'memory.limit_in_bytes'), `${bytes}`)
  }

  /** The files that a process writes its id to, to be accounted here. */
  get entrances(): string[] {
    return [...new Set(Object.values(this.#paths))].map((path) => join(path, 'cgroup.procs'))
  }

  processes(): string[] {
    return this.#read('memory', 'cgroup.procs')
      .split('\n')
      .filter((pid) => pid !== '')
  }

  memory(): { anonymousBytes: number; inactiveFileBytes: number } {
    return parseMemoryStat(this.#read('memory', 'memory.stat'))
  }

  memoryUsage(): number {
    return Number(this.#read('memory', isV2 ? 'memory.current' : 'memory.usage_in_bytes'))
  }

  /** Processes that the kernel ended for memory, here or below. */
  memoryKills(): number {
    const text = this.#read('memory', isV2 ? 'memory.events' : 'memory.oom_control')
    return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? Number.NaN)
  }

  /** Processor time so far, with what is below it (ms). */
  cpuMs(): number {
    const text = this.#read('cpuacct', isV2 ? 'cpu.stat' : 'cpuacct.usage')
    return isV2 ? Number(/usage_usec (\d+)/.exec(text)?.[1]) / 1_000 : Number(text) / 1e6
  }

  #read(controller: Controller, file: string): string {
    return readFileSync(join(this.#paths[controller], file), 'utf8')
  }
}
