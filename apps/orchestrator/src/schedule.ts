import { leastIntervalSeconds } from '@tailboard/contracts'
import { backoffMs } from '@tailboard/service/backoff'

/** Each wait is longer by a chance of up to this share, so that sources with equal intervals drift apart. */
export const jitterShare = 0.05
/** A run that took nearly its interval, or more, is followed by a rest of this share of it. */
export const restShare = 0.25
/** How far failures stretch an interval: at most this many times, and to one hour (or the interval, where that is longer). */
export const mostStretch = 16
const mostStretchedMs = 3_600_000

/** What the schedule must know of a source. */
export interface SourcePlan {
  enabled: boolean
  intervalMs: number
  /** Runs once more when it is switched off. */
  givesBack: boolean
  /** Its own settings as text: when they change it runs at once, so that the owner sees what they do. */
  ownSettings: string
}

/** What is known of a source from before this process began. */
export interface Remembered {
  /** Start of its last run on this boot's monotonic clock (ms); null when it hasn't run since the boot. */
  startedMs: number | null
  failuresInARow: number
  /** It was enabled when we last looked: if it isn't any more, it still has to give back. */
  wasEnabled: boolean
}

/** `neither`: the run says nothing of the source (another run was under way, we ended it ourselves). */
export type Ending = 'success' | 'failure' | 'neither'

export interface Decision {
  /** Runs to begin now, in this order, and why: `schedule`, or who asked. */
  start: { source: string; cause: string }[]
  /** When to ask again (monotonic ms); null when only a change (an end, an order, a release) can bring work. */
  wakeAtMs: number | null
}

interface Entry {
  plan: SourcePlan
  isRunning: boolean
  startedMs: number | null
  /** Null while it runs, and when it won't run by itself. */
  dueMs: number | null
  askedBy: string | null
  failures: number
  owesGivingBack: boolean
  isGivingBack: boolean
  /** Its settings changed under a running run, which may have read the old ones. */
  runsAgain: boolean
}

/** The wait from start to start after that many failures in a row, without jitter (ms). */
export function waitMs(intervalMs: number, failures: number): number {
  const ceiling = Math.max(intervalMs, Math.min(mostStretchedMs, intervalMs * mostStretch))
  return failures < 2 ? intervalMs : backoffMs({ firstMs: intervalMs, factor: 2, mostMs: ceiling }, failures)
}

/**
 * When which source runs. Pure: told what happens and what time it is (CLOCK_MONOTONIC, so that no jump of the wall
 * clock reaches it), it says what to start and when to ask again. It starts nothing itself.
 */
export class Schedule {
  readonly #random: () => number
  readonly #remembered: ReadonlyMap<string, Remembered>
  readonly #entries = new Map<string, Entry>()
  readonly #holds = new Set<string>()
  /** Sources that have not yet had their run at start: until they have, one runs after another. */
  readonly #startRound = new Set<string>()
  #maxConcurrent = 1
  #isConfigured = false

  constructor(random: () => number, remembered: ReadonlyMap<string, Remembered> = new Map()) {
    this.#random = random
    this.#remembered = remembered
  }

  /** Takes up a configuration; every source is in it, in the order in which they run at start. */
  configure(plans: ReadonlyMap<string, SourcePlan>, maxConcurrent: number, nowMs: number): void {
    this.#maxConcurrent = maxConcurrent
    for (const [source, plan] of plans) {
      const entry = this.#entries.get(source)
      if (entry === undefined) this.#entries.set(source, this.#newEntry(source, plan, nowMs))
      else this.#change(entry, plan, nowMs)
      if (!plan.enabled) this.#startRound.delete(source)
    }
    this.#isConfigured = true
  }

  /** A person wants a run now. */
  ask(source: string, by: string): 'accepted' | 'running' | 'disabled' | 'unknown' {
    const entry = this.#entries.get(source)
    if (entry === undefined) return 'unknown'
    if (!entry.plan.enabled) return 'disabled'
    if (entry.isRunning) return 'running'
    entry.askedBy ??= by
    return 'accepted'
  }

  /** What to start now. Changes nothing: `begin` says that it was started. */
  next(nowMs: number): Decision {
    if (this.#holds.size > 0) return { start: [], wakeAtMs: null }
    const waiting = [...this.#entries].filter(([, entry]) => !entry.isRunning)
    const running = this.#entries.size - waiting.length
    const limit = this.#startRound.size > 0 ? 1 : this.#maxConcurrent
    const free = Math.max(0, limit - running)
    const start = waiting
      .filter(([, entry]) => entry.askedBy !== null || (entry.dueMs !== null && entry.dueMs <= nowMs))
      .sort(([, a], [, b]) => rank(a) - rank(b))
      .slice(0, free)
      .map(([source, entry]) => ({ source, cause: entry.askedBy ?? 'schedule' }))
    if (start.length === free) return { start, wakeAtMs: null }
    const later = waiting.flatMap(([, { dueMs }]) => (dueMs === null || dueMs <= nowMs ? [] : [dueMs]))
    return { start, wakeAtMs: later.length === 0 ? null : Math.min(...later) }
  }

  /** A run began, at `startedMs`: one that `next` named, or one that was taken up. */
  begin(source: string, startedMs: number): void {
    const entry = this.#entries.get(source)
    if (entry === undefined) return
    Object.assign(entry, { isRunning: true, startedMs, dueMs: null, askedBy: null, runsAgain: false })
    entry.isGivingBack = !entry.plan.enabled && entry.owesGivingBack
  }

  /**
   * A run ended. `wantedMs`: when the source itself wants the next one (its device says when it measures); it gets it
   * within the least interval from now and twice its own from its start.
   */
  end(source: string, nowMs: number, ending: Ending, wantedMs: number | null = null): void {
    const entry = this.#entries.get(source)
    if (entry === undefined) return
    this.#startRound.delete(source)
    entry.isRunning = false
    if (ending === 'success') entry.failures = 0
    if (ending === 'failure') entry.failures += 1
    const { intervalMs, enabled } = entry.plan
    if (entry.isGivingBack && ending !== 'neither') entry.owesGivingBack = false
    if (enabled && entry.runsAgain) {
      entry.dueMs = nowMs
    } else if (enabled && ending === 'success' && wantedMs !== null && entry.startedMs !== null) {
      const latestMs = entry.startedMs + 2 * intervalMs
      entry.dueMs = Math.max(Math.min(wantedMs, latestMs), nowMs + leastIntervalSeconds * 1000)
    } else if (enabled) {
      entry.dueMs = Math.max(this.#regularDue(entry, nowMs), nowMs + intervalMs * restShare)
    } else if (entry.owesGivingBack) {
      entry.dueMs = entry.isGivingBack ? nowMs + intervalMs : nowMs
    }
    entry.isGivingBack = false
  }

  /** A run that `begin` announced never began, through no fault of the source: it is due again at once. */
  putBack(source: string, nowMs: number): void {
    const entry = this.#entries.get(source)
    if (entry === undefined) return
    Object.assign(entry, { isRunning: false, isGivingBack: false })
    if (entry.plan.enabled || entry.owesGivingBack) entry.dueMs = nowMs
  }

  /** Nothing starts while a reason stands. */
  hold(reason: string): void {
    this.#holds.add(reason)
  }

  release(reason: string): void {
    this.#holds.delete(reason)
  }

  isHeld(reason: string): boolean {
    return this.#holds.has(reason)
  }

  /** When the source runs next (monotonic ms), and how often in a row it failed. */
  standing(source: string): { dueMs: number | null; failuresInARow: number; isRunning: boolean } {
    const entry = this.#entries.get(source)
    return {
      dueMs: entry?.dueMs ?? null,
      failuresInARow: entry?.failures ?? 0,
      isRunning: entry?.isRunning ?? false,
    }
  }

  #newEntry(source: string, plan: SourcePlan, nowMs: number): Entry {
    const remembered = this.#remembered.get(source)
    const entry: Entry = {
      plan,
      isRunning: false,
      startedMs: remembered?.startedMs ?? null,
      dueMs: null,
      askedBy: null,
      failures: remembered?.failuresInARow ?? 0,
      owesGivingBack: plan.givesBack && (plan.enabled || remembered?.wasEnabled === true),
      isGivingBack: false,
      runsAgain: false,
    }
    if (plan.enabled) {
      entry.dueMs = Math.max(nowMs, this.#regularDue(entry, nowMs))
      if (!this.#isConfigured && entry.dueMs <= nowMs) this.#startRound.add(source)
    } else if (entry.owesGivingBack) {
      entry.dueMs = nowMs
    }
    return entry
  }

  #change(entry: Entry, plan: SourcePlan, nowMs: number): void {
    const before = entry.plan
    entry.plan = plan
    if (plan.enabled && plan.givesBack) entry.owesGivingBack = true
    if (!plan.enabled) entry.askedBy = null
    if (entry.isRunning) {
      entry.runsAgain ||= before.ownSettings !== plan.ownSettings
      return
    }
    if (!plan.enabled) {
      if (before.enabled) entry.dueMs = entry.owesGivingBack ? nowMs : null
    } else if (!before.enabled || before.ownSettings !== plan.ownSettings) {
      entry.dueMs = nowMs
    } else if (before.intervalMs !== plan.intervalMs) {
      entry.dueMs = Math.max(nowMs, this.#regularDue(entry, nowMs))
    }
  }

  /** One stretched interval and its jitter after the last start; now, when there was none. */
  #regularDue({ startedMs, plan, failures }: Entry, nowMs: number): number {
    if (startedMs === null) return nowMs
    return startedMs + waitMs(plan.intervalMs, failures) * (1 + jitterShare * this.#random())
  }
}

/** Who was asked for by a person comes first, then who waits longest. */
function rank(entry: Entry): number {
  return entry.askedBy === null ? (entry.dueMs ?? 0) : Number.MIN_SAFE_INTEGER
}
