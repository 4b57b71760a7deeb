import type { HistoryAnswer } from '@tailboard/contracts/history'
import { readProblem } from '../live/ask.ts'
import { words } from '../words/first-load.ts'
import { historyWords } from '../words/history.ts'

const answerMs = 20_000
/** After a failure it is asked again sooner: it may have been a hiccup. */
const retryMs = 30_000

/** Why there is no answer, in words. */
export interface HistoryTrouble {
  message: string
  hint: string | null
}

/** One question at a time from this page: each makes a slow board read a day of numbers. */
let lastQuestion: Promise<unknown> = Promise.resolve()
function inTurn<T>(ask: () => Promise<T>): Promise<T> {
  const answer = lastQuestion.then(ask)
  lastQuestion = answer.catch(() => {})
  return answer
}

export interface HistoryWish {
  source: string
  hours: number
  points: number
  /** The server's clock now (Unix ms). This device's may be years off. */
  serverMs: () => number
}

/** What GET /api/history says, asked again every so often while the page is looked at. */
export class HistoryWatch {
  readonly #wish: HistoryWish
  readonly #everyMs: number
  #answer: HistoryAnswer | null = $state.raw(null)
  #trouble: HistoryTrouble | null = $state.raw(null)
  #isLasting = $state.raw(false)
  #timer: ReturnType<typeof setTimeout> | undefined
  #askedMs = Number.NEGATIVE_INFINITY
  #isAsking = false
  /** Failures in a row. Not state: the effect that asks must not begin anew by it. */
  #failures = 0
  #restMs: number
  #isStopped = false

  constructor(wish: HistoryWish, everyMs: number) {
    this.#wish = wish
    this.#everyMs = everyMs
    this.#restMs = everyMs
  }

  /** The last answer. Null until there is one. */
  get answer(): HistoryAnswer | null {
    return this.#answer
  }

  /** Why there is no newer answer. */
  get trouble(): HistoryTrouble | null {
    return this.#trouble
  }

  /** Whether it failed more than once in a row. */
  get isLasting(): boolean {
    return this.#isLasting
  }

  /** Begins to ask. Returns what ends it. */
  start(): () => void {
    document.addEventListener('visibilitychange', this.#seenAgain)
    void this.ask()
    return () => {
      this.#isStopped = true
      clearTimeout(this.#timer)
      document.removeEventListener('visibilitychange', this.#seenAgain)
    }
  }

  async ask(): Promise<void> {
    if (this.#isAsking || document.visibilityState === 'hidden') return
    this.#isAsking = true
    clearTimeout(this.#timer)
    this.#askedMs = performance.now()
    try {
      await inTurn(() => (this.#isStopped ? Promise.resolve() : this.#ask()))
    } finally {
      this.#isAsking = false
      this.#failures = this.#trouble === null ? 0 : this.#failures + 1
      this.#isLasting = this.#failures > 1
      this.#restMs = this.#failures === 0 ? this.#everyMs : Math.min(retryMs, this.#everyMs)
      if (!this.#isStopped) this.#timer = setTimeout(() => this.ask(), this.#restMs)
    }
  }

  #seenAgain = (): void => {
    if (performance.now() - this.#askedMs >= this.#restMs) void this.ask()
  }

  async #ask(): Promise<void> {
    const { source, hours, points, serverMs } = this.#wish
    const from = new Date(serverMs() - hours * 3_600_000).toISOString()
    const query = new URLSearchParams({ from, points: String(points) })
    try {
      const response = await fetch(`/api/history/${encodeURIComponent(source)}?${query}`, {
        signal: AbortSignal.timeout(answerMs),
        cache: 'no-store',
      })
      if (!response.ok) {
        const problem = await readProblem(response)
        this.#trouble = { message: problem?.detail ?? historyWords.failed, hint: problem?.hint ?? null }
        return
      }
      const answer: unknown = await response.json()
      const isGood = isAnswer(answer)
      if (isGood) this.#answer = answer
      this.#trouble = isGood ? null : { message: words.status.badAnswer, hint: null }
    } catch {
      this.#trouble = { message: historyWords.failed, hint: null }
    }
  }
}

/** Whether it can be drawn. A whole schema would cost each visit more than the lines do. */
function isAnswer(value: unknown): value is HistoryAnswer {
  const answer = value as Partial<HistoryAnswer> | null
  if (!Array.isArray(answer?.at) || !Array.isArray(answer.series)) return false
  if (!Number.isFinite(Date.parse(String(answer.from))) || !Number.isFinite(Date.parse(String(answer.to))))
    return false
  const rows = answer.at.length
  return answer.series.every(({ min, max }) => min?.length === rows && max?.length === rows)
}
