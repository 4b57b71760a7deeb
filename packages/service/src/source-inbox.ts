import { setTimeout as sleep } from 'node:timers/promises'
import { keys, type PublishedConfig, type SourceId, TailboardError } from '@tailboard/contracts'
import type { Redis } from 'ioredis'
import { type Backoff, backoffMs } from './backoff.ts'
import type { Logger } from './log.ts'
import type { Store } from './store.ts'

/** How long one blocking call waits (ms). After it everything is looked at again: a net under the events. */
const waitMs = 30_000
/** A call that is silent for longer than it may wait has a dead connection under it (ms). */
const deadAfterMs = waitMs + 10_000
const retry: Backoff = { firstMs: 100, factor: 2, mostMs: 2_000 }

export interface SourceInboxOptions {
  store: Store
  source: SourceId
  /** A connection of its own: it waits there. */
  redis: Redis
  log: Logger
  /** The configuration in force, at start and whenever one comes into force. */
  onConfig(config: PublishedConfig): void
  /** Commands may wait in the source's queue. */
  onCommands(): void
  /** Redis is there again: what it held before may be gone. */
  onReconnected(): void
}

/**
 * Hears what concerns one long-running source, all from the event stream: a configuration that comes into force, and a
 * command that was put into its queue. One connection, and nothing is asked while nothing happens.
 */
export class SourceInbox {
  readonly #options: SourceInboxOptions
  #isStopped = false
  #loop: Promise<void> | undefined

  constructor(options: SourceInboxOptions) {
    this.#options = options
  }

  start(): void {
    this.#loop = this.#follow()
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#options.redis.disconnect()
    await this.#loop
  }

  async #follow(): Promise<void> {
    const { redis, log, onReconnected } = this.#options
    let failures = 0
    let isFirst = true
    while (!this.#isStopped) {
      try {
        // The cursor first: what is published between the two reads is then seen as an event.
        const newest = await this.#alive(redis.xrevrange(keys.events, '+', '-', 'COUNT', 1))
        failures = 0
        if (!isFirst) onReconnected()
        isFirst = false
        await this.#listen(newest[0]?.[0] ?? '0-0')
      } catch (error) {
        if (this.#isStopped) return
        failures += 1
        log.debug('listening is interrupted', { error })
        await sleep(backoffMs(retry, failures))
      }
    }
  }

  async #listen(from: string): Promise<void> {
    const { redis, onCommands, source } = this.#options
    let cursor = from
    await this.#readConfig()
    onCommands()
    for (;;) {
      const block = ['BLOCK', waitMs, 'STREAMS'] as const
      const answer = await this.#alive(redis.xread('COUNT', 20, ...block, keys.events, cursor))
      const entries = answer?.[0]?.[1] ?? []
      cursor = entries.at(-1)?.[0] ?? cursor
      // Readings pass by here too, up to 32 KB each: the start of an event tells what it is, none is parsed.
      const starts = entries.map(([, fields]) => fields[1]?.slice(0, 200) ?? '')
      const isQuiet = entries.length === 0
      if (isQuiet || starts.some((start) => start.startsWith('{"type":"config"'))) await this.#readConfig()
      const isOurs = (start: string) =>
        start.startsWith('{"type":"command"') && start.includes(`"source":"${source}"`)
      if (isQuiet || starts.some(isOurs)) onCommands()
    }
  }

  async #readConfig(): Promise<void> {
    const { store, log, onConfig } = this.#options
    try {
      const config = await store.readConfig()
      if (config !== null) onConfig(config)
    } catch (error) {
      if (!(error instanceof TailboardError)) throw error
      log.warn('the configuration in Redis can’t be used: the last good one stays in force', { error })
    }
  }

  /** A connection whose other end vanished without a word never answers: it is made anew. */
  async #alive<T>(call: Promise<T>): Promise<T> {
    const timer = setTimeout(() => this.#options.redis.disconnect(true), deadAfterMs)
    try {
      return await call
    } finally {
      clearTimeout(timer)
    }
  }
}
