import { compareCursors, keys } from '@tailboard/contracts'
import { stampNow, type TimeSource } from '@tailboard/service'
import type { Redis } from 'ioredis'
import { Gate } from '../gate.ts'
import type { Hub, HubClient } from '../hub.ts'
import { inTime } from '../in-time.ts'
import { EventFrames } from './event-frames.ts'
import type { Follower } from './follower.ts'
import { eventFrame, resumedFrame, snapshotFrame } from './frame.ts'
import type { OwnNotices } from './own-notices.ts'
import { readEvent, type StreamEntry } from './read-event.ts'

/** Events of one step of a resume, and steps at once: a thousand pages that come back must not hold a stream each. */
const page = 32
const stepsAtOnce = 4
/** A snapshot is made once for all who ask within this time (ms): its `now` is older by no more than that. */
const snapshotAgeMs = 250
/** A page that waits for a Redis that hangs gets what is known (ms). */
const answerMs = 3_000
const drainCheckMs = 20
const drainMs = 1_000

export interface PagesOptions {
  redis: Redis
  hub: Hub
  follower: Follower
  notices: OwnNotices
  time: TimeSource
}

/** Brings each page to where the model stands, and keeps it there. */
export class Pages {
  readonly #options: PagesOptions
  readonly #gate = new Gate(stepsAtOnce)
  readonly #frames = new EventFrames()
  #snapshot: { frame: Buffer; cursor: string; madeMs: number } | null = null

  constructor(options: PagesOptions) {
    this.#options = options
  }

  start(): void {
    const { follower, notices, hub } = this.#options
    follower.onEvent = (cursor, event) => {
      this.#snapshot = null
      this.#frames.add(cursor, JSON.stringify(event))
      const frame = hub.size === 0 ? null : this.#frames.frameOf(cursor, this.#now())
      if (frame !== null) hub.broadcast(frame)
    }
    notices.onChange = (notice) => {
      this.#snapshot = null
      if (follower.model === null || hub.size === 0) return
      hub.broadcast(eventFrame(this.#now(), follower.cursor, JSON.stringify(notice)))
    }
    follower.onModel = () => {
      this.#snapshot = null
      if (hub.size > 0) hub.broadcast(this.#snapshotFrame())
    }
  }

  /** A page has come: what it missed since its cursor, or everything. */
  async welcome(client: HubClient, since: string | undefined): Promise<void> {
    const { hub } = this.#options
    hub.add(client)
    const isResumed = since !== undefined && (await this.#resume(client, since).catch(() => false))
    if (isResumed || !client.isOpen()) return
    // From here to goLive nothing waits: no event can come between the snapshot and the first live one.
    hub.send(client, this.#snapshotFrame())
    hub.goLive(client)
  }

  /** Sends each event after `since`, once; false when the stream no longer holds that place. */
  async #resume(client: HubClient, since: string): Promise<boolean> {
    let at = since
    for (;;) {
      const next = await this.#gate.pass(async () => {
        const reached = await this.#step(client, since, at)
        // The place is given free once the reader has taken this, or is too slow to be waited for.
        await drained(client, drainMs)
        return reached
      })
      if (typeof next === 'boolean') return next
      at = next
      await drained(client, Number.POSITIVE_INFINITY)
      if (!client.isOpen()) return true
    }
  }

  /** One step of a resume: the cursor to go on from, or whether the resume ended well. */
  async #step(client: HubClient, since: string, at: string): Promise<string | boolean> {
    const { redis, follower, hub } = this.#options
    if (!client.isOpen()) return true
    if (compareCursors(at, follower.cursor) > 0) return false
    const results = await inTime(
      redis
        .multi()
        .xrange(keys.events, at, at)
        .xrange(keys.events, `(${at}`, follower.cursor, 'COUNT', page)
        .exec(),
      answerMs,
    )
    const [place, missed] = (results ?? []).map(([, value]) => value) as [StreamEntry[], StreamEntry[]]
    if (place?.length !== 1) return false
    if (at === since) hub.send(client, resumedFrame(this.#now(), since))
    let reached = at
    for (const entry of missed) {
      const frame = this.#frameOf(entry)
      reached = entry[0]
      if (frame !== null && !hub.send(client, frame)) return true
    }
    // The seam: the events up to the model's cursor are sent, and nothing waits between here and goLive.
    if (compareCursors(reached, follower.cursor) === 0) {
      this.#sayOwnNotices(client, since)
      hub.goLive(client)
      return true
    }
    return missed.length === 0 ? false : reached
  }

  #sayOwnNotices(client: HubClient, since: string): void {
    const { follower, hub, notices } = this.#options
    const isOfAnotherGateway = compareCursors(since, follower.firstCursor) <= 0
    for (const notice of isOfAnotherGateway ? notices.saidOrUnknown() : notices.said()) {
      hub.send(client, eventFrame(this.#now(), follower.cursor, JSON.stringify(notice)))
    }
  }

  /** An entry of the stream as a frame; null when it is none for a page. */
  #frameOf(entry: StreamEntry): Buffer | null {
    const [cursor] = entry
    if (!this.#frames.has(cursor)) {
      const { event } = readEvent(entry, this.#options.follower.node ?? '')
      this.#frames.add(cursor, event === null ? null : JSON.stringify(event))
    }
    return this.#frames.frameOf(cursor, this.#now())
  }

  #snapshotFrame(): Buffer {
    const { follower, time } = this.#options
    const nowMs = time.monotonicMs()
    const kept = this.#snapshot
    if (kept !== null && nowMs - kept.madeMs < snapshotAgeMs) return kept.frame
    const { model, cursor } = follower
    if (model === null) throw new Error('a page was let in before there was a model')
    const frame = snapshotFrame(this.#now(), cursor, model)
    this.#snapshot = { frame, cursor, madeMs: nowMs }
    return frame
  }

  #now() {
    return stampNow(this.#options.time)
  }
}

/** Until the reader has taken what was sent, or for so long. One that never does is ended by the hub’s pings. */
async function drained(client: HubClient, withinMs: number): Promise<void> {
  for (let waitedMs = 0; waitedMs < withinMs; waitedMs += drainCheckMs) {
    if (!client.isOpen() || client.unsentBytes() === 0) return
    await new Promise((resolve) => setTimeout(resolve, drainCheckMs))
  }
}
