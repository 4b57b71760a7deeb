import { TailboardError } from '@tailboard/contracts'
import {
  type Backoff,
  backoffMs,
  type Logger,
  stampNow,
  type TimeSource,
  toFailure,
} from '@tailboard/service'
import type { Launcher } from './launcher.ts'
import { pause } from './pause.ts'
import type { Reporter } from './reporter.ts'
import type { Schedule } from './schedule.ts'

const retry: Backoff = { firstMs: 1_000, factor: 2, mostMs: 30_000 }

export interface EngineGateOptions {
  launcher: Launcher
  schedule: Schedule
  reporter: Reporter
  log: Logger
  time: TimeSource
  /** The end of the process. */
  signal: AbortSignal
}

/** Holds the schedule while nothing can be started, and says so. */
export class EngineGate {
  readonly #options: EngineGateOptions
  /** Losses since the last run that took place: an engine that answers but can't run is no better. */
  #failures = 0
  #said = ''

  constructor(options: EngineGateOptions) {
    this.#options = options
  }

  /** A run took place. */
  reset(): void {
    this.#failures = 0
  }

  /**
   * Holds everything until runs can be started, and returns when they can.
   * @param error what shows that they can't; null when it is not known yet.
   * @param atFirst what must have succeeded before the gate opens.
   */
  async wait(error: TailboardError | null, atFirst: () => Promise<void> = async () => {}): Promise<void> {
    const { launcher, schedule, reporter, signal } = this.#options
    if (schedule.isHeld('engine')) return
    schedule.hold('engine')
    let problem: unknown = error
    for (;;) {
      if (problem !== null) {
        this.#failures += 1
        this.#say(problem)
        await pause(backoffMs(retry, this.#failures), signal)
      }
      if (signal.aborted) return
      try {
        await launcher.ready()
        await atFirst()
        break
      } catch (reason) {
        problem = reason
      }
    }
    this.#said = ''
    reporter.clear('engine')
    schedule.release('engine')
    await this.checkDefinitions()
  }

  /** Says what of the sources' definitions can't be carried out, or that it is mended. */
  async checkDefinitions(): Promise<void> {
    const { launcher, reporter, log } = this.#options
    try {
      const problems = await launcher.check()
      const [first] = problems
      if (first === undefined) return reporter.clear('compose')
      for (const error of problems) log.error('a definition can’t be carried out', { error })
      const more = problems.length === 1 ? '' : ` (and ${problems.length - 1} more, in the log)`
      reporter.notice({ id: 'compose', level: 'error', text: `${first.message}${more}`, hint: first.hint })
    } catch (error) {
      log.warn('the definitions can’t be checked', { error })
    }
  }

  #say(problem: unknown): void {
    const { reporter, log, time } = this.#options
    const isKnown = problem instanceof TailboardError
    const { message, hint } = isKnown ? problem : toFailure(problem, stampNow(time), log)
    // Said once, not at each try: a night without an engine must not fill the log.
    if (isKnown && message !== this.#said) log.warn('nothing can be run', { error: problem })
    this.#said = message
    reporter.notice({ id: 'engine', level: 'error', text: message, hint })
  }
}
