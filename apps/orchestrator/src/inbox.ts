import { setTimeout as sleep } from 'node:timers/promises'
import { keys, type Order, orderSchema, type PublishedConfig, parseJson } from '@tailboard/contracts'
import { type Backoff, backoffMs, type Logger, type Store } from '@tailboard/service'
import type { Redis } from 'ioredis'

/** How long one blocking call waits (s). After it the configuration is read again: a net under the events. */
const waitS = 30
/** A call that is silent for longer than it may wait has a dead connection under it (ms). */
const deadAfterMs = waitS * 1000 + 10_000
const retry: Backoff = { firstMs: 100, factor: 2, mostMs: 2_000 }

export interface InboxOptions {
  store: Store
  /** A connection of its own for each follower: they wait in it. */
  connect(name: string): Redis
  log: Logger
  onOrder(order: Order): void
  onConfig(config: PublishedConfig): void
}

/** Hears what the gateway says through Redis: orders, and which configuration is in force. */
export class Inbox {
  readonly #options: InboxOptions
  readonly #connections: Redis[] = []
  #isStopped = false
  #loops: Promise<void>[] = []

  constructor(options: InboxOptions) {
    this.#options = options
  }

  start(): void {
    this.#loops = [
      this.#follow('orchestrator-orders', (redis) => this.#orders(redis)),
      this.#follow('orchestrator-config', (redis) => this.#config(redis)),
    ]
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    for (const redis of this.#connections) redis.disconnect()
    await Promise.all(this.#loops)
  }

  async #follow(name: string, listen: (redis: Redis) => Promise<void>): Promise<void> {
    const redis = this.#options.connect(name)
    this.#connections.push(redis)
    let failures = 0
    redis.on('ready', () => {
      failures = 0
    })
    while (!this.#isStopped) {
      try {
        await listen(redis)
      } catch (error) {
        if (this.#isStopped) return
        failures += 1
        this.#options.log.debug('listening is interrupted', { name, error })
        await sleep(backoffMs(retry, failures))
      }
    }
  }

  async #orders(redis: Redis): Promise<void> {
    const { store, log, onOrder } = this.#options
    for (;;) {
      const popped = await alive(redis, redis.brpop(keys.orders(store.node), waitS))
      if (popped === null) continue
      try {
        onOrder(parseJson(orderSchema, popped[1], 'an order'))
      } catch (error) {
        log.warn('an order can’t be followed', { error })
      }
    }
  }

  async #config(redis: Redis): Promise<void> {
    for (;;) {
      // The cursor first: what is published between the two reads is then seen as an event.
      const newest = await alive(redis, redis.xrevrange(keys.events, '+', '-', 'COUNT', 1))
      let cursor = newest[0]?.[0] ?? '0-0'
      await this.#readConfig()
      for (;;) {
        const block = ['BLOCK', waitS * 1000, 'STREAMS'] as const
        const answer = await alive(redis, redis.xread('COUNT', 10, ...block, keys.events, cursor))
        const entries = answer?.[0]?.[1] ?? []
        if (entries.length === 0) break
        cursor = entries.at(-1)?.[0] ?? cursor
        if (entries.some(([, fields]) => isConfigEvent(fields))) await this.#readConfig()
      }
    }
  }

  async #readConfig(): Promise<void> {
    const { store, log, onConfig } = this.#options
    try {
      const config = await store.readConfig()
      if (config !== null) onConfig(config)
    } catch (error) {
      if ((error as Error).name !== 'TailboardError') throw error
      log.warn('the configuration in Redis can’t be used: the last good one stays in force', { error })
    }
  }
}

/** Readings pass by here too, up to 32 KB each: they are not parsed. */
function isConfigEvent(fields: string[]): boolean {
  return fields[1]?.slice(0, 64).includes('"type":"config"') === true
}

/** A connection whose other end vanished without a word never answers: it is made anew. */
async function alive<T>(redis: Redis, call: Promise<T>): Promise<T> {
  const timer = setTimeout(() => redis.disconnect(true), deadAfterMs)
  try {
    return await call
  } finally {
    clearTimeout(timer)
  }
}
