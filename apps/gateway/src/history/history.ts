import {
  type HistoryAnswer,
  type SourceId,
  type Stamp,
  seriesPaths,
  sourceContract,
} from '@tailboard/contracts'
import type { Logger } from '@tailboard/service'
import type { Redis } from 'ioredis'
import { HttpProblem } from '../http-problem.ts'
import { inTime } from '../in-time.ts'
import { rowsOf, type Window } from './rows.ts'
import { ChunkReader } from './stored-chunks.ts'
import { timelineOf } from './timeline.ts'

/** So many answers may wait for their turn: beyond that somebody asks for more than a page does. */
const mostWaiting = 32
/** From the question to the answer, its wait for its turn too: where Redis hangs, all that wait are told at once. */
const answerMs = 10_000

/** Answers what a source said in the last 24 hours, one question at a time: each costs memory while it is worked on. */
export class History {
  readonly #reader: ChunkReader
  #turn: Promise<unknown> = Promise.resolve()
  #waiting = 0

  constructor(redis: Redis, log: Logger) {
    this.#reader = new ChunkReader(redis, log)
  }

  /** @throws HttpProblem when too many wait; what Redis throws while it is away. */
  async read(
    node: string,
    source: SourceId,
    window: Window,
    now: Stamp,
  ): Promise<Pick<HistoryAnswer, 'simulated' | 'at' | 'series'>> {
    if (this.#waiting >= mostWaiting) {
      throw new HttpProblem('too-many', { headers: { 'retry-after': '2' } })
    }
    this.#waiting++
    const late = performance.now() + answerMs
    const answer = this.#turn.then(() => {
      const leftMs = late - performance.now()
      // A turn that comes too late is not taken: all who waited would read at once when Redis is back, for nobody.
      const work = leftMs > 0 ? this.#answer(node, source, window, now) : new Promise<never>(() => {})
      return inTime(work, Math.max(0, leftMs))
    })
    this.#turn = answer.catch(() => {})
    try {
      return await answer
    } finally {
      this.#waiting--
    }
  }

  async #answer(node: string, source: SourceId, window: Window, now: Stamp) {
    const stored = await this.#reader.read(node, source)
    const timeline = timelineOf(stored, seriesPaths(sourceContract(source).data), now)
    return { simulated: timeline.simulated, ...rowsOf(timeline, window) }
  }
}
