import { clockJumpMs } from '@tailboard/contracts'
import type { TimeSource } from '@tailboard/service'

/** Notices when the wall clock moves against the monotonic one. */
export class ClockWatch {
  readonly #time: TimeSource
  #offsetMs: number

  constructor(time: TimeSource) {
    this.#time = time
    this.#offsetMs = time.wallMs() - time.monotonicMs()
  }

  /** By how much the wall clock jumped since the last call that told of a jump (ms); null when it didn't. */
  check(): number | null {
    const offsetMs = this.#time.wallMs() - this.#time.monotonicMs()
    const jumpMs = offsetMs - this.#offsetMs
    if (Math.abs(jumpMs) <= clockJumpMs) return null
    this.#offsetMs = offsetMs
    return jumpMs
  }
}
