import { TailboardError } from '@tailboard/contracts'
import type { HttpAnswer } from '@tailboard/service/http'
import type { Gate, Seat } from './box.ts'
import type { Ask, Question } from './connection.ts'
import { failOnV6Error, piholeErrorOf } from './v6-error.ts'
import { logIn, passwordMissing } from './v6-login.ts'

/**
 * The one seat that we have at a Pi-hole v6, taken when it says 401 and not before: it has sixteen for everybody, and each
 * login costs it a second of its processor.
 */
export class Session {
  readonly #ask: Ask
  readonly #password: string
  readonly #seat: Seat
  readonly #gate: Gate
  #sid: Promise<string | null> | undefined
  #login: Promise<string | null> | undefined

  constructor(ask: Ask, password: string, seat: Seat, gate: Gate) {
    this.#ask = ask
    this.#password = password
    this.#seat = seat
    this.#gate = gate
  }

  /** @throws TailboardError as `logIn`, and `refused` when even a new session is not accepted. */
  async ask(question: Question): Promise<HttpAnswer> {
    this.#sid ??= this.#seat.load()
    const held = this.#login ?? this.#sid
    const answer = await this.#askWith(await held, question)
    if (answer.status !== 401) return answer
    // No password goes to a proxy that stands before it and wants one of its own.
    if (piholeErrorOf(answer)?.key !== 'unauthorized') failOnV6Error(answer)
    if (held === this.#login) throw notAccepted()
    this.#login ??= this.#logIn()
    const again = await this.#askWith(await this.#login, question)
    if (again.status === 401) throw notAccepted()
    return again
  }

  #askWith(sid: string | null, question: Question): Promise<HttpAnswer> {
    if (sid === null) return this.#ask(question)
    // A header and no cookie: that needs no token against forgery beside it.
    return this.#ask({ ...question, headers: { ...question.headers, 'x-ftl-sid': sid } })
  }

  async #logIn(): Promise<string | null> {
    await this.#seat.drop()
    if (this.#password === '') throw passwordMissing()
    await this.#gate.failWhileClosed()
    try {
      const sid = await logIn(this.#ask, this.#password)
      if (sid !== null) await this.#seat.keep(sid)
      await this.#gate.note(null)
      return sid
    } catch (error) {
      if (error instanceof TailboardError) await this.#gate.note(error)
      throw error
    }
  }
}

const notAccepted = () =>
  new TailboardError('refused', 'Pi-hole does not accept the session that it has just given', {
    hint: 'Do two Pi-holes answer at the same address, or is its clock jumping?',
  })
