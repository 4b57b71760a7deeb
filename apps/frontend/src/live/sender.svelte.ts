import { type Asked, askForCommand } from './ask.ts'

/** Sends commands to one source, one at a time, and keeps what came of the last. */
export class Sender {
  #asked: Asked | null = $state.raw(null)
  #isAsking = $state(false)
  readonly #source: string

  constructor(source: string) {
    this.#source = source
  }

  /** What the gateway said of the last one. Null: nothing was asked for yet. */
  get asked(): Asked | null {
    return this.#asked
  }

  get isAsking(): boolean {
    return this.#isAsking
  }

  async send(verb: string, args: object = {}): Promise<void> {
    if (this.#isAsking) return
    this.#isAsking = true
    this.#asked = await askForCommand(this.#source, verb, args)
    this.#isAsking = false
  }
}
