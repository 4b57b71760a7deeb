import {
  elapsedMs,
  isSameBoot,
  type Order,
  type RunRecord,
  type RunState,
  type SourceId,
  type SourceSettings,
  type Stamp,
  stampPlus,
  TailboardError,
} from '@tailboard/contracts'
import { type Logger, type Store, toFailure } from '@tailboard/service'
import { Demand, type StopReason } from './demand.ts'
import { endedFromOutside, leftFiles, said, whyStopped, whySwept } from './demand-end.ts'
import type { Launcher, RunEnd } from './launcher.ts'
import { prepare } from './prepare.ts'
import type { Reporter } from './reporter.ts'
import { logOf } from './runner.ts'
import { judge } from './verdict.ts'

/** It ends itself at SIGTERM within a second or two, and later where all want the processor: its share is the smallest. Then it is killed (ms). */
const endWithinMs = 8_000
/** What an engine that answers nothing may take for that (ms). */
const killAfterMs = 12_000
/** A start that is only to tidy up is killed after this (ms). */
const sweepWithinMs = 60_000

interface Run {
  abort: AbortController
  started: Stamp
  hasRun: boolean
  stopped: StopReason | null
  /** Started for nobody, to tidy up after one that was killed. */
  isSweep: boolean
}

export interface DemandRunnerOptions {
  source: SourceId
  store: Store
  launcher: Launcher
  reporter: Reporter
  log: Logger
  settings(): SourceSettings
  /** Something changed: ask again what is to be done. */
  onChange(): void
  /** Nothing can be started at all. */
  onEngineAway(error: TailboardError): void
}

/** Runs one source for as long as someone looks, again and again when it dies meanwhile. */
export class DemandRunner {
  readonly #options: DemandRunnerOptions
  readonly #demand = new Demand()
  #run: Run | null = null
  #task: Promise<void> = Promise.resolve()
  readonly #ending = new AbortController()
  /** What it needs is being made ready ahead of the first who looks; null until that began. */
  #readying: Promise<void> | null = null

  constructor(options: DemandRunnerOptions) {
    this.#options = options
  }

  configure({ enabled, intervalSeconds: _, timeoutSeconds: __, ...own }: SourceSettings): void {
    this.#demand.configure({ enabled, ownSettings: JSON.stringify(own) })
  }

  /** Someone looks, or looks no more. Its age has been checked. */
  follow(order: Extract<Order, { type: 'watch' | 'leave' }>): void {
    const nowMs = this.#nowMs()
    const { source, log } = this.#options
    if (order.type === 'leave') this.#demand.leave(order.watcher, nowMs)
    else if (!this.#demand.watch(order.watcher, order.by, order.asked.clock.ms, nowMs)) {
      log.warn('too many look already', { source, by: order.by })
    }
  }

  /** An earlier life of this process recorded this as its last run. */
  recall(last: RunRecord): void {
    if (last.result !== 'not-started' && leftFiles(last.exitCode)) this.#demand.oweSweep()
  }

  /** Goes on with a run of an earlier life of this process. Who looks says so again within seconds. */
  takeUp(started: Stamp | null): void {
    const { store, launcher, source } = this.#options
    const run: Run = { ...this.#newRun(started ?? store.now()), hasRun: true }
    this.#begin(run)
    this.#track(run, async () => this.#finish(run, await launcher.takeUp(source, run.abort.signal)))
  }

  /** Does what is to be done now. Returns when to ask again (monotonic ms); null when only something new brings work. */
  act(nowMs: number, isHeld: boolean): number | null {
    this.#demand.hold(isHeld)
    const decision = this.#demand.next(nowMs)
    if (decision.action === 'start') this.#start()
    if (decision.action === 'sweep') this.#sweep()
    if (decision.action === 'stop') this.#stop(decision.reason)
    return this.#demand.wakeAtMs(nowMs)
  }

  /**
   * Makes ready what a run needs (its image may have to be built) although nobody looks: the first who does should not have
   * to wait for minutes. Once; what fails is tried again when somebody looks.
   */
  makeReady(): void {
    if (this.#readying !== null || this.#run !== null) return
    const { store, launcher, reporter, source, log } = this.#options
    const { signal } = this.#ending
    this.#readying = prepare(launcher, reporter, source, signal).catch((error: unknown) => {
      if (!signal.aborted) reporter.fail(source, { ...toFailure(error, store.now(), log), ...logOf(error) })
    })
  }

  /** Ends what runs, and settles when it is recorded. */
  async stop(): Promise<void> {
    this.#demand.hold(true)
    this.#ending.abort()
    if (this.#run !== null) this.#stop('shutdown')
    await this.#task
  }

  /** Where it stands, from what is known now. */
  state(): RunState {
    const { store, reporter, source } = this.#options
    const now = store.now()
    const { failuresInARow, retryMs } = this.#demand.standing(now.clock.ms)
    return {
      // A start that is only to tidy up runs for nobody: from this the camera knows it.
      running: this.#run?.hasRun === true && !this.#run.isSweep ? this.#run.started : null,
      next: retryMs === null ? null : stampPlus(now, retryMs - now.clock.ms),
      failuresInARow,
      last: reporter.state(source).last,
    }
  }

  #nowMs(): number {
    return this.#options.store.time.monotonicMs()
  }

  #newRun(started: Stamp): Run {
    return { abort: new AbortController(), started, hasRun: false, stopped: null, isSweep: false }
  }

  #begin(run: Run): void {
    const { reporter, source } = this.#options
    this.#run = run
    this.#demand.began(run.hasRun ? this.#nowMs() : run.started.clock.ms)
    reporter.setState(source, this.state())
  }

  #start(): void {
    const { store, launcher, reporter, source, log } = this.#options
    const run = this.#newRun(store.now())
    this.#begin(run)
    this.#track(run, async () => {
      await this.#readying
      await prepare(launcher, reporter, source, run.abort.signal)
      // The first time takes minutes: whoever wanted to look may have gone.
      if (run.stopped !== null) return this.#close(run, { wasAsked: true })
      run.started = store.now()
      run.hasRun = true
      const { addresses } = this.#demand.standing(run.started.clock.ms)
      log.info('someone looks', { source, by: addresses })
      this.#begin(run)
      // It reads there that it is looked at.
      await reporter.flush()
      await this.#finish(run, await launcher.run(source, run.abort.signal))
    })
  }

  /** Starts it for nobody: it empties its folder, and ends without having opened anything. */
  #sweep(): void {
    const { store, launcher, reporter, source } = this.#options
    const run: Run = { ...this.#newRun(store.now()), isSweep: true }
    this.#run = run
    this.#demand.sweeping()
    const timer = setTimeout(() => run.abort.abort(), sweepWithinMs)
    this.#track(run, async () => {
      try {
        await prepare(launcher, reporter, source, run.abort.signal)
        run.started = store.now()
        run.hasRun = true
        // And there that it is not.
        await reporter.flush()
        await this.#finish(run, await launcher.run(source, run.abort.signal))
      } finally {
        clearTimeout(timer)
      }
    })
  }

  #track(run: Run, work: () => Promise<void>): void {
    const { log, source, onChange } = this.#options
    this.#task = work()
      .catch((error: unknown) => this.#neverBegan(run, error))
      .catch((error: unknown) => log.error('a run could not be recorded', { source, error }))
      .finally(() => onChange())
  }

  #stop(reason: StopReason): void {
    const run = this.#run
    if (run === null || run.stopped !== null) return
    const { launcher, source, log } = this.#options
    run.stopped = reason
    this.#demand.stopping()
    // What is being prepared goes on, unless we end: the next one who looks has it then.
    if (!run.hasRun) {
      if (reason === 'shutdown') run.abort.abort()
      return
    }
    const timer = setTimeout(() => run.abort.abort(), killAfterMs)
    void this.#task.finally(() => clearTimeout(timer))
    launcher.end(source, endWithinMs).catch((error: unknown) => {
      log.warn('a run could not be ended, and is killed', { source, error })
      run.abort.abort()
    })
  }

  async #finish(run: Run, end: RunEnd | null): Promise<void> {
    const { source, store, log, reporter, settings } = this.#options
    const { started, stopped, isSweep } = run
    const now = store.now()
    const stored = await store.readSource(source).catch(() => null)
    const { timeoutSeconds } = settings()
    const verdict = judge({ source, end, started, now, stoppedBy: null, timeoutSeconds, stored })
    const cost = (await store.readLastWords(source, started).catch(() => null))?.cost ?? null
    const isKilled = end?.exitCode === 137
    const own = said(stored, verdict.result)
    const failure =
      stopped !== null ? null : (verdict.failure ?? own ?? (isSweep ? null : endedFromOutside(now)))
    if (failure !== null && failure !== own) reporter.fail(source, failure)
    const addresses = isSweep ? [] : this.#demand.standing(now.clock.ms).addresses
    const record: RunRecord = {
      started,
      ended: now,
      durationMs: isSameBoot(started, now) ? elapsedMs(started, now) : 0,
      cause: isSweep ? 'schedule' : (addresses[0] ?? 'unknown'),
      result: stopped === null ? (verdict.result ?? 'crashed') : isKilled ? 'killed' : 'ok',
      exitCode: end?.exitCode ?? null,
      cost,
      viewers: addresses,
      why: stopped === null ? (failure?.message ?? whySwept).slice(0, 200) : whyStopped[stopped],
    }
    log.info('a run ended', { source, result: record.result, why: record.why, durationMs: record.durationMs })
    this.#close(run, { wasAsked: stopped !== null, record })
  }

  /** Without a record when there is nothing to tell. */
  #close(run: Run, { wasAsked, record }: { wasAsked: boolean; record?: RunRecord }): void {
    const { source, reporter } = this.#options
    const { hasRun } = run
    this.#run = null
    if (run.isSweep) this.#demand.swept()
    else {
      const left = hasRun && record !== undefined ? leftFiles(record.exitCode) : null
      this.#demand.ended(this.#nowMs(), { wasAsked, hasRun, leftFiles: left })
    }
    const state = this.state()
    reporter.setState(source, record === undefined ? state : { ...state, last: record }, record)
  }

  #neverBegan(run: Run, error: unknown): void {
    const { source, store, reporter, log, onEngineAway } = this.#options
    if (run.stopped !== null) {
      this.#close(run, { wasAsked: true })
      return
    }
    const now = store.now()
    const failure = { ...toFailure(error, now, log), ...logOf(error) }
    reporter.fail(source, failure)
    const { addresses } = this.#demand.standing(now.clock.ms)
    this.#close(run, {
      wasAsked: false,
      record: {
        started: run.started,
        ended: now,
        durationMs: elapsedMs(run.started, now),
        cause: addresses[0] ?? 'unknown',
        result: 'not-started',
        exitCode: null,
        cost: null,
        viewers: addresses,
        why: failure.message.slice(0, 200),
      },
    })
    if (error instanceof TailboardError && error.kind === 'unreachable') onEngineAway(error)
  }
}
