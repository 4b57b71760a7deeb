import type { Command } from '@tailboard/contracts/command'
import type { LiveModel } from '@tailboard/contracts/live'
import type { Stamp } from '@tailboard/contracts/time'
import { loadSnapshot, type Store, saveSnapshot } from './cache.ts'
import { ServerClock, SleepDetector } from './clock.ts'
import { Feed, type FeedView, type Link } from './feed.ts'

const tickMs = 1_000
/** A timer that comes this much too late means that the device slept. */
const sleepGapMs = 10_000
/** A hidden page lets go of its connection after this. */
const hiddenMs = 60_000
const saveEveryMs = 30_000

const clocks = { monotonicMs: () => performance.now(), wallMs: () => Date.now() }

/** Everything that the page knows of the house, and how well it knows it. */
export class Live {
  #view: FeedView = $state.raw({
    model: null,
    link: 'connecting',
    events: 0,
    returns: 0,
    garbage: 0,
    commands: {},
  })
  #now: Stamp | null = $state.raw(null)
  #liveSince: Stamp | null = $state.raw(null)
  #isFromCache = $state(false)
  readonly #clock = new ServerClock(clocks)
  readonly #sleep = new SleepDetector(clocks)
  readonly #store: Store
  readonly #feed: Feed
  #savedMs = Number.NEGATIVE_INFINITY
  #hiddenSinceMs: number | null = null
  #stop = new AbortController()

  constructor(store: Store) {
    this.#store = store
    this.#feed = new Feed(
      { open: openSocket, later, random: Math.random },
      { change: (view) => this.#changed(view), time: (now) => this.setTime(now) },
    )
  }

  /** Null until there was ever an answer. */
  get model(): LiveModel | null {
    return this.#view.model
  }

  get link(): Link {
    return this.#view.link
  }

  /** The server's clock, once a second. Null until it is known. */
  get now(): Stamp | null {
    return this.#now
  }

  /** Whether what is shown is as new as the server has it. While it isn't, all of it is marked as old. */
  get isCurrent(): boolean {
    return this.#view.link === 'live' && !this.#isFromCache
  }

  /** The newest command of a source since the page was opened. */
  command(source: string): Command | null {
    return this.#view.commands[source] ?? null
  }

  get liveSince(): Stamp | null {
    return this.#liveSince
  }

  get counts(): Pick<FeedView, 'events' | 'returns' | 'garbage'> {
    return this.#view
  }

  start(): void {
    this.#stop = new AbortController()
    const cached = loadSnapshot(this.#store)
    if (cached !== null) this.#clock.set(cached.now, Date.now() - cached.keptMs)
    this.#isFromCache = cached !== null
    this.#now = this.#clock.now()
    const { signal } = this.#stop
    const ticker = setInterval(() => this.#tick(), tickMs)
    signal.addEventListener('abort', () => clearInterval(ticker))
    document.addEventListener('visibilitychange', () => this.#visibilityChanged(), { signal })
    window.addEventListener('online', () => this.#feed.renew(), { signal })
    window.addEventListener('pageshow', (event) => event.persisted && this.#feed.renew(), { signal })
    window.addEventListener('pagehide', () => this.#save(), { signal })
    this.#feed.start(cached?.model ?? null)
  }

  stop(): void {
    this.#stop.abort()
    this.#feed.stop()
  }

  /** The server said what time it is, here or in an answer of its API. */
  setTime(now: Stamp): void {
    this.#clock.set(now)
    this.#now = now
  }

  #changed(view: FeedView): void {
    const wasLive = this.#view.link === 'live'
    // The last moment at which all of it is known to be so: a tab may be closed long after.
    if (wasLive && view.link !== 'live') this.#save()
    this.#view = view
    if (view.link !== 'live') return
    this.#isFromCache = false
    if (!wasLive) this.#liveSince = this.#clock.now()
  }

  #tick(): void {
    if (this.#sleep.hasSlept(sleepGapMs)) this.#feed.renew()
    this.#now = this.#clock.now()
    if (performance.now() - this.#savedMs > saveEveryMs) this.#save()
    const hidden = this.#hiddenSinceMs
    if (hidden !== null && this.link !== 'paused' && performance.now() - hidden > hiddenMs) this.#feed.pause()
  }

  #visibilityChanged(): void {
    if (document.visibilityState === 'hidden') {
      this.#hiddenSinceMs = performance.now()
      this.#save()
      return
    }
    this.#hiddenSinceMs = null
    this.#now = this.#clock.now()
    if (this.#sleep.hasSlept(sleepGapMs)) this.#feed.renew()
    this.#feed.wake()
  }

  #save(): void {
    const now = this.#clock.now()
    if (!this.isCurrent || this.#view.model === null || now === null) return
    this.#savedMs = performance.now()
    saveSnapshot(this.#store, { model: this.#view.model, now, keptMs: Date.now() })
  }
}

function openSocket(since: string | null): WebSocket {
  const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:'
  const query = since === null ? '' : `?since=${encodeURIComponent(since)}`
  return new WebSocket(`${scheme}//${location.host}/ws/live${query}`)
}

function later(ms: number, call: () => void): () => void {
  const timer = setTimeout(call, ms)
  return () => clearTimeout(timer)
}
