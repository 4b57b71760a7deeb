import { setTimeout as sleep } from 'node:timers/promises'
import {
  applyEvent,
  cleanText,
  compareCursors,
  defaultConfig,
  type Event,
  keys,
  type LiveModel,
  type SourceId,
  sourceIds,
} from '@tailboard/contracts'
import type { Logger } from '@tailboard/service'
import type { Redis } from 'ioredis'
import { inTime } from '../in-time.ts'
import type { OwnNotices } from './own-notices.ts'
import { readEvent, type StreamEntry } from './read-event.ts'
import { readModel, startCursor } from './read-model.ts'

const blockMs = 5_000
/** A command that is silent for this long beyond its time hangs on a connection that is dead. */
const graceMs = 5_000
const retryMs = 250
const batch = 100
/** A record that nobody writes again is said for this long (ms). */
const sayForMs = 600_000

export interface FollowerOptions {
  redis: Redis
  /** A connection of its own: it waits most of the time. */
  blocking: Redis
  log: Logger
  notices: OwnNotices
  /** This node's name, for as long as it takes to learn it; rejects when Redis is away. */
  findNode: () => Promise<string>
}

/**
 * Keeps one model of the node that is what Redis holds, event by event. When the stream went on without a gap the model
 * goes on; else both are taken anew and every page gets a snapshot.
 */
export class Follower {
  readonly #options: FollowerOptions
  #model: LiveModel | null = null
  #isStopped = false
  #saying: NodeJS.Timeout | undefined
  #done: Promise<void> = Promise.resolve()
  cursor = startCursor
  /** The cursor with which this gateway began. */
  firstCursor = startCursor
  isLive = false
  events = 0
  onEvent: (cursor: string, event: Event) => void = () => {}
  /** The model was taken anew: what a page has may lack something. */
  onModel: () => void = () => {}
  /** Redis answers again, with or without a gap. */
  onBack: () => void = () => {}

  constructor(options: FollowerOptions) {
    this.#options = options
  }

  get node(): string | null {
    return this.#model?.node ?? null
  }

  /** The model with the gateway's own notices; null until Redis has answered once. */
  get model(): LiveModel | null {
    if (this.#model === null) return null
    return { ...this.#model, notices: { ...this.#model.notices, ...this.#options.notices.standing() } }
  }

  start(): void {
    this.#done = this.#run()
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#saying)
    this.#options.blocking.disconnect()
    await this.#done
  }

  async #run(): Promise<void> {
    const { log } = this.#options
    while (!this.#isStopped) {
      try {
        await this.#catchUp()
        this.#setLive()
        while (!this.#isStopped) await this.#follow()
      } catch (error) {
        if (this.#isStopped) return
        if (this.isLive || this.#model === null) log.debug('the stream of events broke off', { error })
        this.#setAway()
        await sleep(retryMs)
      }
    }
  }

  /** Goes on where the model stands when the stream still holds that place, else takes both anew. */
  async #catchUp(): Promise<void> {
    const { redis, findNode, notices } = this.#options
    const node = this.#model?.node ?? (await inTime(findNode(), blockMs + graceMs))
    notices.node = node
    if (this.#model !== null && (await inTime(this.#isPlaceKept(redis), graceMs))) return
    const stored = await inTime(readModel(redis, node, defaultConfig), graceMs)
    const isFirst = this.#model === null
    this.#model = stored.model
    this.cursor = stored.cursor
    if (isFirst) this.firstCursor = stored.cursor
    for (const id of sourceIds) {
      if (!stored.problems.some(({ source }) => source === id)) notices.clear(`record-${id}`)
    }
    this.#sayProblems(stored.problems)
    this.onModel()
  }

  async #isPlaceKept(redis: Redis): Promise<boolean> {
    return (
      this.cursor !== startCursor && (await redis.xrange(keys.events, this.cursor, this.cursor)).length === 1
    )
  }

  async #follow(): Promise<void> {
    const { blocking } = this.#options
    const from = this.cursor
    const answer = await inTime(
      blocking.xread('COUNT', batch, 'BLOCK', blockMs, 'STREAMS', keys.events, from),
      blockMs + graceMs,
      () => blocking.disconnect(true),
    )
    const entries = (answer?.[0]?.[1] ?? []) as StreamEntry[]
    for (const entry of entries) this.#take(entry)
    // A stream that was emptied or cut beyond our place has a gap that no id shows: what we have read last must be in it.
    if (
      from !== startCursor &&
      (await inTime(blocking.xrange(keys.events, from, from), graceMs)).length === 0
    ) {
      this.#options.log.warn('the stream of events was lost; taking everything anew')
      this.cursor = startCursor
      await this.#catchUp()
      this.onBack()
    }
  }

  #take(entry: StreamEntry): void {
    const model = this.#model
    if (model === null || compareCursors(entry[0], this.cursor) <= 0) return
    const read = readEvent(entry, model.node)
    this.cursor = read.id
    if ('problem' in read) this.#sayProblems([{ source: read.source, reason: read.problem }])
    if (read.event === null) return
    this.events += 1
    this.#model = applyEvent(model, read.event)
    if (read.event.type === 'reading') this.#options.notices.clear(`record-${read.event.source}`)
    this.onEvent(read.id, read.event)
  }

  #sayProblems(problems: { source: SourceId | null; reason: string }[]): void {
    const { log, notices } = this.#options
    if (problems.some(({ source }) => source === null)) {
      clearTimeout(this.#saying)
      this.#saying = setTimeout(() => notices.clear('records'), sayForMs)
    }
    for (const { source, reason } of problems) {
      log.warn('a record in Redis can’t be read', { source, reason })
      notices.raise(source === null ? 'records' : `record-${source}`, {
        level: 'warning',
        text: cleanText(`A record can’t be read and is left out: ${reason}`, 400),
        hint: 'It is replaced by the next good one. If it stays, restart the service that writes it.',
      })
    }
  }

  #setLive(): void {
    if (this.isLive) return
    this.isLive = true
    this.#options.notices.clear('redis')
    this.onBack()
  }

  #setAway(): void {
    if (!this.isLive && this.#model === null) return
    this.isLive = false
    this.#options.notices.raise('redis', {
      level: 'error',
      text: 'The store (Redis) is away: what you see is what was known before, and nothing can be changed.',
      hint: 'It comes back by itself. If not, look at: docker compose logs redis',
    })
  }
}
