import * as v from 'valibot'
import type { Event } from './event.ts'
import type { LiveModel } from './live.ts'
import type { Stamp } from './time.ts'

/**
 * What the gateway sends on /ws/live, as JSON text frames.
 * - `snapshot`: everything, and the cursor of the last event in it. Sent on connect, or in answer to a `since` that is gone.
 * - `resumed`: the `since` that was asked for is still there; each event after it follows, once.
 * - `event`: one event and its cursor. What the gateway itself has to say (a notice that Redis is away, or that it is
 *   back) is in no stream: it comes with the cursor of the last event, so a notice is taken whatever its cursor.
 * `now` is the server's clock at sending: the page computes ages from it, never from its own clock.
 */
export type ServerMessage =
  | { type: 'snapshot'; now: Stamp; cursor: string; model: LiveModel }
  | { type: 'resumed'; now: Stamp; cursor: string }
  | { type: 'event'; now: Stamp; cursor: string; event: Event }

/** What a browser may send. Anything else closes the connection. */
export const clientMessageSchema = v.variant('type', [
  /** Answered by nothing: it only shows that the reader lives. */
  v.object({ type: v.literal('alive') }),
])

export const webSocketLimits = {
  /** The longest message that a client may send (B). */
  clientMessageBytes: 1024,
  /** Unsent bytes at which a slow reader is cut off. */
  bufferedBytes: 256 * 1024,
  pingMs: 30_000,
  /** Messages that a client may send between two pings. */
  clientMessages: 120,
  /** One page a person, some devices, a test: more than this is a mistake or an attack. */
  clients: 1_200,
} as const

/** Close codes of ours beside the standard ones. */
export const closeCodes = {
  goingAway: 1001,
  unsupported: 1003,
  tooMany: 1008,
  tooBig: 1009,
  tryLater: 1013,
  tooSlow: 4408,
} as const
