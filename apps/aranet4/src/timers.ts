/** What waits. Injected, so that limits are tested exactly. */
export interface Timers {
  /** Does it after `ms`, once. Returns what takes it back. */
  after(ms: number, act: () => void): () => void
}

export const systemTimers: Timers = {
  after(ms, act) {
    const timer = setTimeout(act, ms)
    return () => clearTimeout(timer)
  },
}
