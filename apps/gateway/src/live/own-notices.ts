import { type Notice, sourceIds } from '@tailboard/contracts'
import { stampNow, type TimeSource } from '@tailboard/service'

/** What the gateway itself has to say. It goes to the pages directly: Redis may be what is wrong. */
export const ownNoticeIds = [
  'redis',
  'redis-save',
  'redis-memory',
  'orchestrator',
  'records',
  ...sourceIds.map((id) => `record-${id}`),
] as const

export type OwnNotice = { level: Notice['level']; text: string; hint: string | null }

/** The gateway's own notices: those that stand, and those that are over (a page that was away must learn that). */
export class OwnNotices {
  readonly #time: TimeSource
  readonly #said = new Map<string, Notice>()
  node = ''
  onChange: (notice: Notice) => void = () => {}

  constructor(time: TimeSource) {
    this.#time = time
  }

  /** Says it, once as long as its text stays. */
  raise(id: string, { level, text, hint }: OwnNotice): void {
    if (this.#said.get(id)?.text === text) return
    this.#say({ ...this.#notice(id), level, text, hint })
  }

  /** It is over. */
  clear(id: string): void {
    if ((this.#said.get(id)?.text ?? null) === null) return
    this.#say(this.#notice(id))
  }

  standing(): Record<string, Notice> {
    return Object.fromEntries([...this.#said].filter(([, { text }]) => text !== null))
  }

  /** Every notice that this gateway raised, also those that are over. */
  said(): Notice[] {
    return [...this.#said.values()]
  }

  /** The same for a page that was connected to the gateway before this one: nobody knows what that one said. */
  saidOrUnknown(): Notice[] {
    return ownNoticeIds.map((id) => this.#said.get(id) ?? this.#notice(id))
  }

  #notice(id: string): Notice {
    const stamp = stampNow(this.#time)
    return { type: 'notice', node: this.node, stamp, id, level: 'info', text: null, hint: null }
  }

  #say(notice: Notice): void {
    this.#said.set(notice.id, notice)
    this.onChange(notice)
  }
}
