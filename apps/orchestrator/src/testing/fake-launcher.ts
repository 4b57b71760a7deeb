import type { SourceId, SystemStatus, TailboardError } from '@tailboard/contracts'
import type { Launcher, RunEnd } from '../launcher.ts'

export const cleanEnd: RunEnd = {
  exitCode: 0,
  oomKilled: false,
  durationMs: null,
  logTail: [],
  engineLost: false,
}

/** A launcher whose runs a test scripts. It outlives the orchestrators of one test, as an engine does. */
export class FakeLauncher implements Launcher {
  /** What a run does; the default ends at once and well. A run that is killed must settle. */
  work: (source: SourceId, signal: AbortSignal) => Promise<RunEnd> = async () => cleanEnd
  whenPreparing: (source: SourceId) => Promise<void> = async () => {}
  whenRun: (source: SourceId) => Promise<void> = async () => {}
  whenReady: () => Promise<void> = async () => {}
  problems: TailboardError[] = []
  /** Every run that began, in order. */
  readonly begun: SourceId[] = []
  /** Two of the same source at once were seen. */
  overlapped = false
  stopped = 0
  /** Runs that were asked to end, in order; one that is deaf only ends when it is killed. */
  readonly asked: SourceId[] = []
  isDeaf = false
  endWhenAsked: RunEnd = cleanEnd
  readonly #askers = new Map<SourceId, (end: RunEnd) => void>()
  readonly #underWay = new Map<SourceId, Promise<RunEnd>>()
  #ends = new Map<SourceId, RunEnd>()

  async ready(): Promise<void> {
    await this.whenReady()
  }
  async check(): Promise<TailboardError[]> {
    return this.problems
  }
  async nodeName(): Promise<string> {
    return 'kitchen'
  }
  async running(): Promise<SourceId[]> {
    return [...this.#underWay.keys()]
  }
  async prepare(source: SourceId): Promise<void> {
    await this.whenPreparing(source)
  }
  async run(source: SourceId, signal: AbortSignal): Promise<RunEnd> {
    if (this.#underWay.has(source)) this.overlapped = true
    this.begun.push(source)
    await this.whenRun(source)
    const asked = new Promise<RunEnd>((resolve) => this.#askers.set(source, resolve))
    const work = Promise.race([this.work(source, signal), asked])
    this.#underWay.set(source, work)
    try {
      const end = await work
      this.#ends.set(source, end)
      return end
    } finally {
      this.#underWay.delete(source)
    }
  }
  async takeUp(source: SourceId): Promise<RunEnd | null> {
    return (await this.#underWay.get(source)) ?? this.#ends.get(source) ?? null
  }
  async end(source: SourceId): Promise<void> {
    this.asked.push(source)
    if (!this.isDeaf) this.#askers.get(source)?.(this.endWhenAsked)
  }
  async status(): Promise<Pick<SystemStatus, 'services' | 'changedVariables'>> {
    return { services: [], changedVariables: [{ service: 'source-system', name: 'LOG_LEVEL' }] }
  }
  async stop(): Promise<void> {
    this.stopped += 1
  }
}

/** A run that hangs until it is killed. */
export function hang(_source: SourceId, signal: AbortSignal): Promise<RunEnd> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve({ ...cleanEnd, exitCode: 137 }), { once: true })
  })
}
