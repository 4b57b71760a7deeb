import { TailboardError } from '@tailboard/contracts'
import type { Playlist } from './hls-folder.ts'

export interface WatchdogLimits {
  /** How long the first picture may take (ms). */
  firstMs: number
  /** Without a new segment for so long the picture has stalled, and is given up (ms). Longer where segments are. */
  stalledMs: number
  deadMs: number
}

export const watchdogLimits = { stalledMs: 4_000, deadMs: 12_000 } as const

/** A camera may hang without a word: only a new segment shows that it lives. Pure. */
export class Watchdog {
  readonly #limits: WatchdogLimits
  #newest: string | null = null
  #sinceMs: number
  #error: TailboardError | null = null

  constructor(limits: WatchdogLimits, startedMs: number) {
    this.#limits = limits
    this.#sinceMs = startedMs
  }

  /** What the newest segment says; `nowMs` is monotonic. */
  look(playlist: Playlist | null, nowMs: number): 'starting' | 'live' | 'stalled' | 'dead' {
    const { firstMs, stalledMs, deadMs } = this.#limits
    const newest = playlist?.newest ?? null
    if (newest !== null && newest !== this.#newest) {
      this.#newest = newest
      this.#sinceMs = nowMs
    }
    const silentMs = nowMs - this.#sinceMs
    if (this.#newest === null)
      return silentMs < firstMs ? 'starting' : this.#die(firstMs, 'gave no picture within')
    const stretchMs = (playlist?.longestS ?? 0) * 2000
    if (silentMs >= deadMs + stretchMs) return this.#die(deadMs + stretchMs, 'has given no picture for')
    return silentMs >= stalledMs + stretchMs ? 'stalled' : 'live'
  }

  /** Why it was given up; null when it was not. */
  error(): TailboardError | null {
    return this.#error
  }

  #die(ms: number, words: string): 'dead' {
    this.#error ??= new TailboardError('timeout', `The camera ${words} ${Math.round(ms / 1000)} s`, {
      hint: 'Unplug it and plug it in again. A slow one may need more: sources.camera.timeoutSeconds in config/tailboard.yaml.',
    })
    return 'dead'
  }
}
