import type { StatusAnswer } from '@tailboard/contracts/api'
import type { Stamp } from '@tailboard/contracts/time'
import { words } from '../words/first-load.ts'
import { isStamp } from './message.ts'

const everyMs = 5_000
const answerMs = 10_000

/** What GET /api/status says, asked for only while someone looks: telling it costs the orchestrator work. */
export class StatusWatch {
  #answer: StatusAnswer | null = $state.raw(null)
  #trouble: string | null = $state(null)
  readonly #onTime: (now: Stamp) => void
  #timer: ReturnType<typeof setInterval> | null = null
  #isAsking = false

  constructor(onTime: (now: Stamp) => void) {
    this.#onTime = onTime
  }

  /** The last answer. Null until there is one. */
  get answer(): StatusAnswer | null {
    return this.#answer
  }

  /** Why there is no newer answer, in words. */
  get trouble(): string | null {
    return this.#trouble
  }

  start(): void {
    this.#timer = setInterval(() => this.ask(), everyMs)
    document.addEventListener('visibilitychange', this.ask)
    this.ask()
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    document.removeEventListener('visibilitychange', this.ask)
  }

  ask = async (): Promise<void> => {
    if (this.#isAsking || document.visibilityState === 'hidden') return
    this.#isAsking = true
    try {
      const response = await fetch('/api/status', {
        signal: AbortSignal.timeout(answerMs),
        cache: 'no-store',
      })
      const answer: unknown = response.ok ? await response.json() : null
      if (isAnswer(answer)) {
        this.#answer = answer
        this.#onTime(answer.now)
      }
      this.#trouble = isAnswer(answer) ? null : response.ok ? words.status.badAnswer : words.status.noAnswer
    } catch {
      this.#trouble = words.status.noAnswer
    } finally {
      this.#isAsking = false
    }
  }
}

function isAnswer(value: unknown): value is StatusAnswer {
  const answer = value as Partial<StatusAnswer> | null
  return isStamp(answer?.now) && Array.isArray(answer.runs) && Array.isArray(answer.commands)
}
