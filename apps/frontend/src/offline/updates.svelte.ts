const lookEveryMs = 3_600_000

/** The service worker of this page, and whether a newer one waits to take over. */
export class Updates {
  #waiting: ServiceWorker | null = $state.raw(null)
  #registration: ServiceWorkerRegistration | null = null
  #stop = new AbortController()

  /** A newer version of the page is here, whole. */
  get isWaiting(): boolean {
    return this.#waiting !== null
  }

  async start(): Promise<void> {
    const { signal } = this.#stop
    let registration: ServiceWorkerRegistration
    try {
      registration = await navigator.serviceWorker.register('/sw.js', { updateViaCache: 'none' })
    } catch {
      // A browser that forbids it (private mode, a certificate that it does not trust): the page works without.
      return
    }
    if (signal.aborted) return
    this.#registration = registration
    this.#follow(registration.installing)
    this.#found(registration.waiting)
    const found = () => this.#follow(registration.installing)
    registration.addEventListener('updatefound', found, { signal })
    document.addEventListener('visibilitychange', () => this.look(), { signal })
    const timer = setInterval(() => this.look(), lookEveryMs)
    signal.addEventListener('abort', () => clearInterval(timer))
  }

  stop(): void {
    this.#stop.abort()
  }

  /** Asks the server for a newer one. What does not answer is asked again later. */
  look(): void {
    if (document.visibilityState === 'visible') this.#registration?.update().catch(() => {})
  }

  /** The newer version takes over, and this page is loaded anew. */
  takeOver(): void {
    navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true })
    this.#waiting?.postMessage('take-over')
  }

  #follow(worker: ServiceWorker | null): void {
    const changed = () => this.#found(this.#registration?.waiting ?? null)
    worker?.addEventListener('statechange', changed, { signal: this.#stop.signal })
  }

  /** The very first one of all replaces nothing: there is no page yet that it serves. */
  #found(waiting: ServiceWorker | null): void {
    this.#waiting = navigator.serviceWorker.controller === null ? null : waiting
  }
}
