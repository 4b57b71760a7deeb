import { mostWatchers, watchTimes } from '@tailboard/contracts'
import { type Backoff, backoffMs } from '@tailboard/service/backoff'

/** The wait before a run that ended while someone looked is started again. */
const retry: Backoff = { firstMs: 1_000, factor: 2, mostMs: 60_000 }
/** A run of this length has worked (ms): what ends it then is a new story, tried again at once. */
const workedMs = 60_000
/** Someone who opens the page anew need not wait for the whole back-off, but so long after the last end (ms). */
const freshMs = 2_000

/** Why a run is to be ended. */
export type StopReason = 'unwatched' | 'left' | 'disabled' | 'changed' | 'shutdown'

export type Decision = { action: 'start' | 'sweep' | null } | { action: 'stop'; reason: StopReason }

interface Watcher {
  by: string
  heardMs: number
}

/**
 * Whether a source that lives on demand runs. Pure: told who looks and what happens, with the time (CLOCK_MONOTONIC), it
 * says what to do now and when to ask again. It starts and stops nothing itself.
 */
export class Demand {
  readonly #watchers = new Map<string, Watcher>()
  #plan: { enabled: boolean; ownSettings: string } | null = null
  #isHeld = false
  #run: 'none' | 'running' | 'stopping' | 'sweeping' = 'none'
  /** A run that could not tidy up after itself was the last that touched its folder. */
  #owesSweep = false
  #startedMs = 0
  #endedMs: number | null = null
  #failures = 0
  #hasChanged = false
  /** When nobody looks any more; null while someone does, and before anyone did. */
  #goneMs: number | null = null
  #saidGoodbye = false
  /** Everyone who looked in this run. */
  #seen = new Set<string>()

  /** Takes up the settings: those of a running run that change end it, and it starts with the new ones. */
  configure(plan: { enabled: boolean; ownSettings: string }): void {
    this.#hasChanged ||= this.#plan !== null && this.#plan.ownSettings !== plan.ownSettings
    this.#plan = plan
    if (this.#run === 'none') this.#hasChanged = false
  }

  /** Nothing starts while it is held (the engine is away). What runs goes on. */
  hold(isHeld: boolean): void {
    this.#isHeld = isHeld
  }

  /** Someone looks: `heardMs` is when he said so. False: too many do already, and he is left out. */
  watch(id: string, by: string, heardMs: number, nowMs: number): boolean {
    this.#forget(nowMs)
    if (nowMs - heardMs >= watchTimes.goneAfterMs) return true
    const known = this.#watchers.get(id)
    if (known === undefined && this.#watchers.size >= mostWatchers) return false
    if (this.#watchers.size === 0) this.#begin()
    this.#watchers.set(id, { by, heardMs: Math.max(heardMs, known?.heardMs ?? heardMs) })
    this.#see(by)
    this.#goneMs = null
    return true
  }

  /** He says that he doesn't any more. */
  leave(id: string, nowMs: number): void {
    this.#forget(nowMs)
    if (!this.#watchers.delete(id) || this.#watchers.size > 0) return
    this.#goneMs = nowMs
    this.#saidGoodbye = true
  }

  /** A run began, or was found under way: nobody has been heard yet then, and he has his time to say that he looks. */
  began(nowMs: number): void {
    this.#run = 'running'
    this.#startedMs = nowMs
    this.#hasChanged = false
    this.#seen = new Set()
    for (const { by } of this.#watchers.values()) this.#see(by)
    if (this.#watchers.size > 0) return
    this.#goneMs = nowMs
    this.#saidGoodbye = false
  }

  /** The run is being ended. */
  stopping(): void {
    this.#run = 'stopping'
  }

  /**
   * It ended. `wasAsked`: we ended it. `hasRun`: it had begun, and was not only being prepared. `leftFiles`: whether something of
   * it may have stayed behind; null when it never touched anything.
   */
  ended(
    nowMs: number,
    { wasAsked, hasRun, leftFiles }: { wasAsked: boolean; hasRun: boolean; leftFiles: boolean | null },
  ): void {
    const lasted = hasRun ? nowMs - this.#startedMs : 0
    this.#run = 'none'
    this.#endedMs = nowMs
    this.#hasChanged = false
    this.#owesSweep = leftFiles ?? this.#owesSweep
    if (wasAsked) this.#failures = 0
    else this.#failures = lasted >= workedMs ? 1 : this.#failures + 1
  }

  /** An earlier life of this process has left it so that something may have stayed behind. */
  oweSweep(): void {
    this.#owesSweep = true
  }

  /** It is being started for nobody, to tidy up. Once: one that fails is not tried again. */
  sweeping(): void {
    this.#run = 'sweeping'
    this.#owesSweep = false
  }

  swept(): void {
    this.#run = 'none'
  }

  /** What to do now. Changes nothing but who counts as gone. */
  next(nowMs: number): Decision {
    this.#forget(nowMs)
    if (this.#run === 'stopping' || this.#run === 'sweeping') return { action: null }
    if (this.#run === 'running') {
      const reason = this.#stopReason(nowMs)
      return reason === null ? { action: null } : { action: 'stop', reason }
    }
    if (this.#isHeld) return { action: null }
    // Whoever looks gets a run, and each begins with an empty folder.
    const isWanted = this.#watchers.size > 0 && this.#plan?.enabled === true
    if (!isWanted) return { action: this.#owesSweep ? 'sweep' : null }
    return { action: nowMs >= this.#retryMs() ? 'start' : null }
  }

  /** When to ask again; null when only something new can bring work. */
  wakeAtMs(nowMs: number): number | null {
    const times: number[] = []
    for (const { heardMs } of this.#watchers.values()) times.push(heardMs + watchTimes.goneAfterMs)
    if (this.#run === 'running' && this.#goneMs !== null) times.push(this.#stopMs(this.#goneMs))
    if (this.#run === 'none' && this.#watchers.size > 0 && !this.#isHeld) times.push(this.#retryMs())
    const later = times.filter((each) => each > nowMs)
    return later.length === 0 ? null : Math.min(...later)
  }

  /** How it stands. `retryMs`: when it is tried again, while someone looks and it doesn't run. */
  standing(nowMs: number): {
    watchers: number
    addresses: string[]
    failuresInARow: number
    retryMs: number | null
  } {
    this.#forget(nowMs)
    const isWaiting =
      this.#run === 'none' && this.#failures > 0 && this.#watchers.size > 0 && this.#plan?.enabled === true
    return {
      watchers: this.#watchers.size,
      addresses: [...this.#seen],
      failuresInARow: this.#failures,
      retryMs: isWaiting ? this.#retryMs() : null,
    }
  }

  /** Those who vanished without a word are gone from the moment when the last of them counted as gone. */
  #forget(nowMs: number): void {
    let lastMs = -Infinity
    for (const [id, { heardMs }] of this.#watchers) {
      if (nowMs - heardMs < watchTimes.goneAfterMs) continue
      this.#watchers.delete(id)
      lastMs = Math.max(lastMs, heardMs)
    }
    if (this.#watchers.size > 0 || lastMs === -Infinity) return
    this.#goneMs = lastMs
    this.#saidGoodbye = false
  }

  #stopReason(nowMs: number): StopReason | null {
    if (this.#plan?.enabled === false) return 'disabled'
    if (this.#goneMs !== null && nowMs >= this.#stopMs(this.#goneMs)) {
      return this.#saidGoodbye ? 'left' : 'unwatched'
    }
    return this.#hasChanged ? 'changed' : null
  }

  #stopMs(goneMs: number): number {
    return goneMs + (this.#saidGoodbye ? watchTimes.goodbyeMs : watchTimes.goneAfterMs)
  }

  #retryMs(): number {
    if (this.#endedMs === null || this.#failures === 0) return this.#endedMs ?? 0
    return this.#endedMs + backoffMs(retry, this.#failures)
  }

  /** The first one after nobody: he has a fresh try, though not one a tap. */
  #begin(): void {
    if (this.#run !== 'none' || this.#failures === 0) return
    this.#failures = Math.min(this.#failures, Math.log2(freshMs / retry.firstMs) + 1)
  }

  #see(by: string): void {
    if (this.#seen.size < mostWatchers) this.#seen.add(by)
  }
}
