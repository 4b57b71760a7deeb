/** How waits grow: the first, the factor from one to the next, and the longest (ms). */
export interface Backoff {
  firstMs: number
  factor: number
  mostMs: number
}

/** The wait after the nth failure in a row (from 1), ms. */
export function backoffMs(backoff: Backoff, failures: number): number {
  if (failures < 1) return 0
  // The exponent is bounded: a year of failures must not overflow into Infinity times zero.
  return Math.min(backoff.mostMs, backoff.firstMs * backoff.factor ** Math.min(failures - 1, 64))
}
