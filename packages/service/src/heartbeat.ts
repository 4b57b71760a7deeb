import { type Heartbeat, keys, limits } from '@tailboard/contracts'
import type { Logger } from './log.ts'
import { withRoom } from './room.ts'
import type { Store } from './store.ts'

/** Says every ten seconds that a long-running service lives, for as long as it does. */
export class HeartbeatSender {
  readonly #store: Store
  readonly #log: Logger
  readonly #service: string
  readonly #version: string
  #timer: NodeJS.Timeout | undefined
  #started: Heartbeat['started'] | undefined

  constructor(store: Store, log: Logger, service: string, version: string) {
    this.#store = store
    this.#log = log
    this.#service = service
    this.#version = version
  }

  start(): void {
    this.#started = this.#store.now()
    this.#timer = setInterval(() => void this.#say(), limits.heartbeatMs)
    void this.#say()
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#store.redis.del(this.#key()).catch(() => {})
  }

  #key(): string {
    return keys.service(this.#store.node, this.#service)
  }

  async #say(): Promise<void> {
    const said = this.#store.now()
    const heartbeat: Heartbeat = {
      service: this.#service,
      version: this.#version,
      started: this.#started ?? said,
      said,
      memoryBytes: process.memoryUsage.rss(),
    }
    try {
      const { redis } = this.#store
      const json = JSON.stringify(heartbeat)
      await withRoom(redis, () => redis.set(this.#key(), json, 'PX', limits.heartbeatLostMs))
    } catch (error) {
      this.#log.debug('no heartbeat', { error })
    }
  }
}
