import {
  type Failure,
  idleRunState,
  keys,
  type Notice,
  type RunRecord,
  type RunState,
  type SourceId,
} from '@tailboard/contracts'
import type { Logger, Store } from '@tailboard/service'

/** Reports kept for a Redis that is away: more runs than this can't end meanwhile, since none is started. */
const mostPending = 50

type OwnNotice = Pick<Notice, 'id' | 'level' | 'text' | 'hint'>

/**
 * Writes to Redis where each source stands, and what the owner must know. While Redis is away (or refuses to write), what
 * happened is kept and written later, in order; after a loss everything that stands is written again.
 */
export class Reporter {
  readonly #store: Store
  readonly #log: Logger
  readonly #states = new Map<SourceId, RunState>()
  readonly #notices = new Map<string, OwnNotice>()
  #pending: (() => Promise<void>)[] = []
  #work: Promise<boolean> = Promise.resolve(true)
  #isStuck = false

  constructor(store: Store, log: Logger) {
    this.#store = store
    this.#log = log
  }

  state(source: SourceId): RunState {
    return this.#states.get(source) ?? idleRunState
  }

  /** Takes over a state that stands in Redis already. */
  adopt(source: SourceId, state: RunState): void {
    this.#states.set(source, state)
  }

  setState(source: SourceId, state: RunState, ended?: RunRecord): void {
    this.#states.set(source, state)
    this.#add(() => this.#store.publishRun(source, state, ended))
  }

  fail(source: SourceId, failure: Failure): void {
    this.#add(() => this.#store.publishFailure(source, failure))
  }

  notice(notice: OwnNotice): void {
    if (this.#notices.get(notice.id)?.text === notice.text) return
    this.#notices.set(notice.id, notice)
    this.#add(() => this.#store.publishNotice(notice))
  }

  /** Ends a notice: one of ours, or one that an earlier life of this process left behind. */
  clear(id: string): void {
    const known = this.#notices.get(id)
    if (known !== undefined && known.text === null) return
    const over: OwnNotice = { id, level: 'info', text: null, hint: null }
    this.#notices.set(id, over)
    this.#add(() => this.#store.publishNotice(over))
  }

  has(id: string): boolean {
    return (this.#notices.get(id)?.text ?? null) !== null
  }

  clockJump(jumpMs: number): void {
    this.#add(() => this.#store.publishClockJump(jumpMs))
  }

  /** Redis may have lost everything: says again what stands. */
  repeat(): void {
    this.#add(async () => void (await this.#store.redis.set(keys.localNode, this.#store.node)))
    for (const [source, state] of this.#states) this.#add(() => this.#store.publishRun(source, state))
    for (const notice of this.#notices.values()) {
      if (notice.text !== null) this.#add(() => this.#store.publishNotice(notice))
    }
  }

  /** Writes what waits. True when nothing is left. */
  flush(): Promise<boolean> {
    this.#work = this.#work.then(() => this.#write())
    return this.#work
  }

  async #write(): Promise<boolean> {
    for (;;) {
      const write = this.#pending[0]
      if (write === undefined) {
        this.#isStuck = false
        return true
      }
      try {
        await write()
        this.#drop(write)
      } catch (error) {
        if (isRefusal(error)) {
          // What Redis or our own schema will never take must not stand in the way of the rest.
          this.#log.error('a record could not be written', { error })
          this.#drop(write)
          continue
        }
        if (!this.#isStuck) this.#log.warn('records wait for Redis', { error })
        this.#isStuck = true
        return false
      }
    }
  }

  #drop(write: () => Promise<void>): void {
    if (this.#pending[0] === write) this.#pending.shift()
  }

  #add(write: () => Promise<void>): void {
    this.#pending.push(write)
    if (this.#pending.length > mostPending) this.#pending = this.#pending.slice(-mostPending)
    void this.flush()
  }
}

function isRefusal(error: unknown): boolean {
  const { name, message } = error as Error
  if (name === 'TailboardError') return true
  // OOM (maxmemory), MISCONF (the disk is full), LOADING and READONLY pass; other answers stay what they are.
  return name === 'ReplyError' && !/^(OOM|MISCONF|LOADING|READONLY|BUSY|EXECABORT)/.test(message)
}
