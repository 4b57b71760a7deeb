import { type Stamp, stampPlus } from '@tailboard/contracts/time'

/** The two clocks of a browser, in ms. */
export interface BrowserClocks {
  monotonicMs(): number
  wallMs(): number
}

/**
 * The server's clock as the page knows it: what it last said, and what has passed here since.
 * The browser's own time of day plays no part. Its wall clock serves for one thing: a duration that the monotonic
 * clock of some browsers sleeps through. It may make an age too long until the next message, never too short.
 */
export class ServerClock {
  readonly #clocks: BrowserClocks
  #anchor: { stamp: Stamp; monotonicMs: number; wallMs: number } | null = null

  constructor(clocks: BrowserClocks) {
    this.#clocks = clocks
  }

  /** `agoMs`: how long ago the server said so. */
  set(stamp: Stamp, agoMs = 0): void {
    this.#anchor = {
      stamp: stampPlus(stamp, Math.max(0, agoMs)),
      monotonicMs: this.#clocks.monotonicMs(),
      wallMs: this.#clocks.wallMs(),
    }
  }

  /** Null until the server has said what time it is. */
  now(): Stamp | null {
    if (this.#anchor === null) return null
    const monotonic = this.#clocks.monotonicMs() - this.#anchor.monotonicMs
    const wall = this.#clocks.wallMs() - this.#anchor.wallMs
    return stampPlus(this.#anchor.stamp, Math.max(0, monotonic, wall))
  }
}

/** Notices that this device slept: a timer that should have come long ago. */
export class SleepDetector {
  readonly #clocks: BrowserClocks
  #last: { monotonicMs: number; wallMs: number }

  constructor(clocks: BrowserClocks) {
    this.#clocks = clocks
    this.#last = this.#read()
  }

  /** True when more than `gapMs` went by, by either clock, since the last call. */
  hasSlept(gapMs: number): boolean {
    const before = this.#last
    this.#last = this.#read()
    return (
      this.#last.monotonicMs - before.monotonicMs > gapMs ||
      Math.abs(this.#last.wallMs - before.wallMs) > gapMs
    )
  }

  #read() {
    return { monotonicMs: this.#clocks.monotonicMs(), wallMs: this.#clocks.wallMs() }
  }
}
