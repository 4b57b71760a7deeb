import { type CameraAnswer, watchTimes } from '@tailboard/contracts/camera'
import { ServerClock } from '../live/clock.ts'
import { isStamp } from '../live/message.ts'
import { playerWords } from '../words/camera.ts'

const answerMs = 8_000
const clocks = { monotonicMs: () => performance.now(), wallMs: () => Date.now() }

/** Why nothing can be shown, and what to do, in words. */
export interface Trouble {
  message: string
  hint: string | null
}

/** Says to the gateway, again and again while the page is visible, that this page looks at the camera. */
export class Watching {
  #answer: CameraAnswer | null = $state.raw(null)
  #trouble: Trouble | null = $state.raw(null)
  /** Its own for each time that somebody looks. */
  readonly #name = newName()
  readonly #clock = new ServerClock(clocks)
  readonly #stopped = new AbortController()
  #isAsking = false
  #mustAskAgain = false

  /** The gateway’s last answer; null until there is one. */
  get answer(): CameraAnswer | null {
    return this.#answer
  }

  /** Why there is no newer answer; null while all is well. */
  get trouble(): Trouble | null {
    return this.#trouble
  }

  /** The server’s clock (ms since 1970), finer than the page’s. Null until it is known. */
  nowMs(): number | null {
    const now = this.#clock.now()
    return now === null ? null : Date.parse(now.at)
  }

  start(): void {
    const { signal } = this.#stopped
    const timer = setInterval(() => this.ask(), watchTimes.heartbeatMs)
    signal.addEventListener('abort', () => clearInterval(timer))
    document.addEventListener('visibilitychange', () => this.ask(), { signal })
    window.addEventListener('pagehide', () => this.#sayGoodbye(), { signal })
    window.addEventListener('pageshow', () => this.ask(), { signal })
    this.ask()
  }

  /** Nobody looks here any more. */
  stop(): void {
    this.#stopped.abort()
    this.#sayGoodbye()
  }

  /** Says that this page looks. While an answer is awaited, once more after it. */
  ask(): void {
    if (document.visibilityState === 'hidden' || this.#stopped.signal.aborted) return
    this.#mustAskAgain = this.#isAsking
    if (!this.#isAsking) void this.#ask()
  }

  async #ask(): Promise<void> {
    this.#isAsking = true
    try {
      const response = await fetch('/api/camera/watch', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ watcher: this.#name }),
        signal: AbortSignal.any([AbortSignal.timeout(answerMs), this.#stopped.signal]),
      })
      await this.#take(response)
    } catch {
      this.#trouble = { message: playerWords.noAnswer, hint: null }
    } finally {
      this.#isAsking = false
      if (this.#mustAskAgain) this.ask()
    }
  }

  async #take(response: Response): Promise<void> {
    const isJson = response.headers.get('content-type')?.includes('json') === true
    const body = isJson ? ((await response.json()) as Record<string, unknown>) : null
    if (response.ok && isStamp(body?.now)) {
      this.#clock.set(body.now)
      this.#answer = body as unknown as CameraAnswer
      this.#trouble = null
      return
    }
    const { detail, hint } = body ?? {}
    // Who is not on the list gets a page of Traefik’s, not an answer of ours.
    if (response.status === 403)
      this.#trouble = { message: playerWords.refused, hint: playerWords.refusedHint }
    else {
      const message = typeof detail === 'string' ? detail : playerWords.badAnswer(response.status)
      this.#trouble = { message, hint: typeof hint === 'string' ? hint : null }
    }
  }

  #sayGoodbye(): void {
    // It must get through although the page is going. One that gets lost costs ten seconds.
    const path = `/api/camera/watch?watcher=${this.#name}`
    fetch(path, { method: 'DELETE', keepalive: true }).catch(() => {})
  }
}

/** `crypto.randomUUID` is there over HTTPS alone. */
function newName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
