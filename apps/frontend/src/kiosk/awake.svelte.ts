/** `unable`: this browser can't, or may not: over plain HTTP none may. `released`: the system took it back (battery, hidden). */
export type Awake = 'asking' | 'awake' | 'unable' | 'released'

/** Keeps the screen on while it is wanted, where the browser lets it, and knows whether it does. */
export class ScreenAwake {
  #state: Awake = $state('asking')
  #lock: WakeLockSentinel | null = null
  #isWanted = false

  get state(): Awake {
    return this.#state
  }

  start(): void {
    this.#isWanted = true
    document.addEventListener('visibilitychange', this.#ask)
    this.#ask()
  }

  stop(): void {
    this.#isWanted = false
    document.removeEventListener('visibilitychange', this.#ask)
    this.#lock?.release().catch(() => {})
    this.#lock = null
  }

  /** A hidden page loses its lock: asked for again each time that the page is seen. */
  #ask = async (): Promise<void> => {
    if (document.visibilityState === 'hidden' || this.#lock !== null) return
    // Typed as always there; it isn't over plain HTTP.
    const wakeLock = navigator.wakeLock as WakeLock | undefined
    try {
      const lock = await wakeLock?.request('screen')
      if (lock === undefined) this.#state = 'unable'
      else if (this.#isWanted) this.#hold(lock)
      else await lock.release()
    } catch {
      this.#state = 'unable'
    }
  }

  #hold(lock: WakeLockSentinel): void {
    this.#lock = lock
    this.#state = 'awake'
    lock.addEventListener('release', () => {
      this.#lock = null
      this.#state = 'released'
    })
  }
}
