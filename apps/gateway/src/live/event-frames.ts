import type { Stamp } from '@tailboard/contracts'
import { eventFrame } from './frame.ts'

/** How much is kept of each, texts and frames (UTF-16 units). Typical events are 2,000 long: this is the whole stream. */
const mostKept = 1_000_000
/** A frame is sent again to whoever asks within this time (ms): its `now` is older by no more than that. */
const frameAgeMs = 250

interface Kept {
  /** As checked JSON; null when it is none that a page gets. */
  text: string | null
  frame: Buffer | null
  madeMs: number
}

/**
 * Events of late as they are sent. A thousand pages that resume together share each frame: made for each of them, the
 * frames of one night would be half a gigabyte of garbage in a process that has 96 MB.
 */
export class EventFrames {
  readonly #kept = new Map<string, Kept>()
  #length = 0

  has(cursor: string): boolean {
    return this.#kept.has(cursor)
  }

  add(cursor: string, text: string | null): void {
    if (this.#kept.has(cursor)) return
    this.#kept.set(cursor, { text, frame: null, madeMs: 0 })
    this.#length += text?.length ?? 0
    for (const [oldest, { text: gone }] of this.#kept) {
      if (this.#length <= mostKept || oldest === cursor) return
      this.#kept.delete(oldest)
      this.#length -= gone?.length ?? 0
    }
  }

  /** The frame of an event that was added; null when no page gets it. */
  frameOf(cursor: string, now: Stamp): Buffer | null {
    const kept = this.#kept.get(cursor)
    if (kept === undefined || kept.text === null) return null
    if (kept.frame === null || now.clock.ms - kept.madeMs > frameAgeMs) {
      kept.frame = eventFrame(now, cursor, kept.text)
      kept.madeMs = now.clock.ms
    }
    return kept.frame
  }
}
