import { TailboardError } from '@tailboard/contracts'

/** Collects what went wrong in parts of a measurement whose rest is good. */
export class Problems {
  readonly #found: TailboardError[] = []

  /** What `work` gives, or `otherwise` when it fails. A fault in the program is no such failure: it is thrown on. */
  async try<T>(otherwise: T, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof TailboardError)) throw error
      this.add(error)
      return otherwise
    }
  }

  add(problem: TailboardError): void {
    if (!this.#found.some(({ message }) => message === problem.message)) this.#found.push(problem)
  }

  /** All of them as one, or undefined: kind and hint are those of the first. */
  get asOne(): TailboardError | undefined {
    const [first] = this.#found
    if (first === undefined) return undefined
    const message = this.#found.map((problem) => problem.message).join('; ')
    const hint = this.#found.find((problem) => problem.hint !== null)?.hint
    return new TailboardError(first.kind, message, { ...(hint == null ? {} : { hint }), cause: first })
  }
}
