import {
  elapsedMs,
  type Heartbeat,
  heartbeatSchema,
  isSameBoot,
  keys,
  limits,
  type Stamp,
} from '@tailboard/contracts'
import type { Redis } from 'ioredis'
import * as v from 'valibot'
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

/** A service's last heartbeat; null when it was silent for too long, or what stands there can't be read. */
export async function readHeartbeat(
  redis: Redis,
  node: string,
  service: string,
  now: Stamp,
): Promise<Heartbeat | null> {
  const json = await redis.get(keys.service(node, service))
  if (json === null) return null
  const heartbeat = parseHeartbeat(json)
  // A record's expiry in Redis goes by the wall clock: one that is set back would keep the dead alive for hours.
  const isRecent =
    heartbeat !== null &&
    isSameBoot(heartbeat.said, now) &&
    elapsedMs(heartbeat.said, now) <= limits.heartbeatLostMs
  return isRecent ? heartbeat : null
}

function parseHeartbeat(json: string): Heartbeat | null {
  try {
    const result = v.safeParse(heartbeatSchema, JSON.parse(json))
    return result.success ? result.output : null
  } catch {
    return null
  }
}
