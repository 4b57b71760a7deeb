import {
  elapsedMs,
  isSameBoot,
  type RunRecord,
  type RunState,
  type SourceId,
  type SourceSettings,
  type Stamp,
  stampPlus,
  TailboardError,
} from '@tailboard/contracts'
import { type Logger, RunLock, type Store, toFailure } from '@tailboard/service'
import type { Launcher, RunEnd } from './launcher.ts'
import { prepare } from './prepare.ts'
import type { Reporter } from './reporter.ts'
import type { Schedule } from './schedule.ts'
import { cleanLog, judge, type StoppedBy } from './verdict.ts'

/** A source ends itself at its time limit; what is still there this much later (ms) is killed. */
export const graceMs = 5_000

interface Run {
  source: SourceId
  cause: string
  abort: AbortController
  stoppedBy: StoppedBy
  started: Stamp
  timeoutSeconds: number
  /** CLOCK_MONOTONIC; null while the run is being prepared. */
  deadlineMs: number | null
  hasRun: boolean
  isTakenUp: boolean
}

export interface RunnerOptions {
  store: Store
  launcher: Launcher
  schedule: Schedule
  reporter: Reporter
  log: Logger
  settings(source: SourceId): SourceSettings
  /** A run is under way and has its deadline. */
  onBegun(): void
  /** A run ended, or (`didRun` false) never began: something else may start now. */
  onEnd(source: SourceId, didRun: boolean): void
  /** Redis takes nothing. */
  onRedisAway(): void
  /** Nothing can be started at all. */
  onEngineAway(error: TailboardError): void
}

/** Takes single runs from their beginning to their record. */
export class Runner {
  readonly #options: RunnerOptions
  readonly #runs = new Map<SourceId, Run>()
  readonly #tasks = new Set<Promise<void>>()

  constructor(options: RunnerOptions) {
    this.#options = options
  }

  /** Begins a run. Ends, records and tells by itself. */
  start(source: SourceId, cause: string): void {
    const run = this.#newRun(source, cause, this.#options.store.now())
    this.#track(run, () => this.#runWhole(run))
  }

  /** Goes on with a run of an earlier life of this process; `started` as Redis has it. */
  takeUp(source: SourceId, started: Stamp | null): void {
    const { store, launcher } = this.#options
    const run = this.#newRun(source, 'schedule', started ?? store.now())
    run.isTakenUp = true
    this.#track(run, async () => {
      this.#setRunning(run)
      await this.#finish(run, await launcher.takeUp(source, run.abort.signal))
    })
  }

  /** Kills what is past its time. Returns when the next run will be (monotonic ms), null when none runs. */
  enforce(nowMs: number): number | null {
    let next: number | null = null
    for (const run of this.#runs.values()) {
      if (run.deadlineMs === null || run.stoppedBy !== null) continue
      if (run.deadlineMs <= nowMs) this.#stop(run, 'deadline')
      else next = Math.min(next ?? run.deadlineMs, run.deadlineMs)
    }
    return next
  }

  /** Kills everything and settles when it is recorded. */
  async stop(): Promise<void> {
    for (const run of this.#runs.values()) this.#stop(run, 'shutdown')
    await Promise.all(this.#tasks)
  }

  /** Where a source stands, from what is known now. */
  state(source: SourceId): RunState {
    const { store, schedule, reporter } = this.#options
    const { dueMs, failuresInARow } = schedule.standing(source)
    const now = store.now()
    const run = this.#runs.get(source)
    return {
      running: run === undefined || run.deadlineMs === null ? null : run.started,
      next: dueMs === null ? null : stampPlus(now, dueMs - now.clock.ms),
      failuresInARow,
      last: reporter.state(source).last,
    }
  }

  #newRun(source: SourceId, cause: string, started: Stamp): Run {
    const run: Run = {
      source,
      cause,
      abort: new AbortController(),
      stoppedBy: null,
      started,
      timeoutSeconds: this.#options.settings(source).timeoutSeconds,
      deadlineMs: null,
      hasRun: false,
      isTakenUp: false,
    }
    this.#runs.set(source, run)
    this.#options.schedule.begin(source, started.clock.ms)
    return run
  }

  #track(run: Run, work: () => Promise<void>): void {
    const { log, onEnd } = this.#options
    const task = work()
      .catch((error: unknown) => this.#neverBegan(run, error))
      .catch((error: unknown) => log.error('a run could not be recorded', { source: run.source, error }))
      .finally(() => {
        this.#tasks.delete(task)
        onEnd(run.source, run.hasRun)
      })
    this.#tasks.add(task)
  }

  async #runWhole(run: Run): Promise<void> {
    const { launcher, reporter, schedule, store } = this.#options
    await prepare(launcher, reporter, run.source, run.abort.signal)
    run.started = store.now()
    schedule.begin(run.source, run.started.clock.ms)
    this.#setRunning(run)
    // A run that can't write its reading would only cost: it waits for Redis.
    if (!(await reporter.flush())) {
      this.#runs.delete(run.source)
      schedule.putBack(run.source, store.time.monotonicMs())
      reporter.setState(run.source, this.state(run.source))
      return this.#options.onRedisAway()
    }
    await this.#finish(run, await launcher.run(run.source, run.abort.signal))
  }

  #setRunning(run: Run): void {
    run.deadlineMs = run.started.clock.ms + run.timeoutSeconds * 1000 + graceMs
    this.#options.reporter.setState(run.source, this.state(run.source))
    this.#options.onBegun()
  }

  #stop(run: Run, stoppedBy: StoppedBy): void {
    run.stoppedBy ??= stoppedBy
    run.abort.abort(new TailboardError('timeout', 'The run was stopped'))
  }

  async #finish(run: Run, end: RunEnd | null): Promise<void> {
    const { store, schedule, reporter, log } = this.#options
    const { source, started, stoppedBy, timeoutSeconds } = run
    run.hasRun = true
    const now = store.now()
    const stored = await store.readSource(source).catch(() => null)
    const verdict = judge({ source, end, started, now, stoppedBy, timeoutSeconds, stored })
    const isClean = verdict.result === null || end?.exitCode === 0
    if (!isClean) await this.#freeLock(run)
    const said = stoppedBy === null ? await store.readLastWords(source, started).catch(() => null) : null
    this.#runs.delete(source)
    schedule.end(source, store.time.monotonicMs(), verdict.ending, said?.wantedMs)
    if (verdict.failure !== null) reporter.fail(source, verdict.failure)
    if (verdict.result === null) {
      log.info('another run of this source is under way', { source })
      return reporter.setState(source, this.state(source))
    }
    const sinceMs = elapsedMs(started, now)
    // One that was taken up may have ended long before we looked.
    const durationMs = run.isTakenUp ? Math.min(end?.durationMs ?? sinceMs, sinceMs) : sinceMs
    const record: RunRecord = {
      started,
      ended: now,
      durationMs,
      cause: run.cause,
      result: verdict.result,
      exitCode: end?.exitCode ?? null,
      cost: said?.cost ?? null,
    }
    // One line a failure; one a run would be the most that is written to the card in an idle hour.
    const say = record.result === 'ok' ? log.debug : log.info
    say('a run ended', { source, result: record.result, exitCode: record.exitCode, durationMs })
    reporter.setState(source, { ...this.state(source), last: record }, record)
  }

  async #freeLock({ source, started }: Run): Promise<void> {
    const { store, log } = this.#options
    try {
      await new RunLock(store.redis, store.node, source, store.time).free(started.clock.ms)
    } catch (error) {
      log.warn('the lock of a dead run stays until its time is over', { source, error })
    }
  }

  #neverBegan(run: Run, error: unknown): void {
    const { store, schedule, reporter, log, onEngineAway } = this.#options
    const { source, started } = run
    const now = store.now()
    this.#runs.delete(source)
    if (run.stoppedBy === 'shutdown') {
      schedule.end(source, now.clock.ms, 'neither')
      return
    }
    reporter.fail(source, { ...toFailure(error, now, log), ...logOf(error) })
    if (error instanceof TailboardError && error.kind === 'unreachable') {
      schedule.putBack(source, now.clock.ms)
      reporter.setState(source, this.state(source))
      onEngineAway(error)
      return
    }
    schedule.end(source, now.clock.ms, 'failure')
    const record: RunRecord = {
      started,
      ended: now,
      durationMs: isSameBoot(started, now) ? elapsedMs(started, now) : 0,
      cause: run.cause,
      result: 'not-started',
      exitCode: null,
      cost: null,
    }
    reporter.setState(source, { ...this.state(source), last: record }, record)
  }
}

/** The last lines of what was done in vain before the run, where its error has them: of an image's build. */
export function logOf(error: unknown): { log?: string[] } {
  const { lines } = ((error as Error).cause ?? {}) as { lines?: unknown }
  return Array.isArray(lines) && lines.length > 0 ? { log: cleanLog(lines.map(String)) } : {}
}
