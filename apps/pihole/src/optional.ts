import { TailboardError } from '@tailboard/contracts'

/**
 * Parts that a reading can do without. The first failure is kept as the reading's problem; after one that is not about
 * the answer itself (it hangs, it refuses) nothing more is asked: a run has its time limit.
 */
export class Optional {
  problem: TailboardError | null = null
  #isOver = false

  async try<T>(work: () => Promise<T>): Promise<T | null> {
    if (this.#isOver) return null
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof TailboardError)) throw error
      this.problem ??= error
      this.#isOver = error.kind !== 'malformed'
      return null
    }
  }
}
