/** What of a field can be true at all, and by how much it can change from one reading to the next. */
export interface Bounds {
  least: number
  most: number
  step: number
}

export interface Dropped {
  field: string
  value: number
  reason: string
}

/** Older than this, the value before says nothing of the one now (ms). */
const forgetMs = 5 * 60_000

/**
 * Drops what can't be true: beyond the chip's range, or a jump that the next value does not confirm. Two that agree are
 * the world's own doing (a window, a hair dryer), however far they are from the one before.
 */
export class SpikeFilter {
  readonly #bounds: Record<string, Bounds>
  readonly #last = new Map<string, { value: number; ms: number }>()
  readonly #doubted = new Map<string, number>()

  constructor(bounds: Record<string, Bounds>) {
    this.#bounds = bounds
  }

  /** Null when the value is good; else what was dropped, and why. */
  take(field: string, value: number, nowMs: number): Dropped | null {
    const bounds = this.#bounds[field]
    if (bounds === undefined) return null
    const { least, most, step } = bounds
    if (!(value >= least && value <= most)) {
      return { field, value, reason: `the chip measures ${least} to ${most} only` }
    }
    const last = this.#last.get(field)
    const doubted = this.#doubted.get(field)
    const isFar = last !== undefined && nowMs - last.ms <= forgetMs && Math.abs(value - last.value) > step
    if (isFar && (doubted === undefined || Math.abs(value - doubted) > step)) {
      this.#doubted.set(field, value)
      return { field, value, reason: `${round(Math.abs(value - last.value))} away from the value before` }
    }
    this.#doubted.delete(field)
    this.#last.set(field, { value, ms: nowMs })
    return null
  }
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
