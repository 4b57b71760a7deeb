import { mostWatchers, type Stamp, watchTimes } from '@tailboard/contracts'

interface Watcher {
  heard: Stamp
  /** Of this watcher the orchestrator was last told at this time (monotonic ms). */
  toldMs: number
}

/** A page that says more often than this that it looks is not passed on each time (ms). */
const tellEveryMs = 1_000

/** The pages that look now, as this gateway has heard them. */
export class Watchers {
  readonly #watchers = new Map<string, Watcher>()
  #since: Stamp | null = null

  /**
   * A page looks. `isNew`: it did not before. `isToTell`: the orchestrator is to be told.
   * Null when too many look already.
   */
  hear(id: string, now: Stamp): { isNew: boolean; isToTell: boolean } | null {
    this.#forget(now)
    const known = this.#watchers.get(id)
    if (known === undefined && this.#watchers.size >= mostWatchers) return null
    if (this.#watchers.size === 0) this.#since = now
    const isToTell = known === undefined || now.clock.ms - known.toldMs >= tellEveryMs
    this.#watchers.set(id, { heard: now, toldMs: isToTell ? now.clock.ms : known.toldMs })
    return { isNew: known === undefined, isToTell }
  }

  /** It looks no more. False when it did not. */
  leave(id: string, now: Stamp): boolean {
    this.#forget(now)
    const wasThere = this.#watchers.delete(id)
    if (this.#watchers.size === 0) this.#since = null
    return wasThere
  }

  /** How many look, and since when somebody does without a break. */
  standing(now: Stamp): { count: number; since: Stamp | null } {
    this.#forget(now)
    return { count: this.#watchers.size, since: this.#since }
  }

  #forget(now: Stamp): void {
    for (const [id, { heard }] of this.#watchers) {
      if (now.clock.ms - heard.clock.ms >= watchTimes.goneAfterMs) this.#watchers.delete(id)
    }
    if (this.#watchers.size === 0) this.#since = null
  }
}
