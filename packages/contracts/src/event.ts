import * as v from 'valibot'
import { commandSchema } from './command.ts'
import { configSchema, configStatusSchema } from './config.ts'
import { failureSchema } from './error.ts'
import { nodeName, sourceName } from './names.ts'
import { pressSchema } from './press.ts'
import { readingSchema } from './reading.ts'
import { runStateSchema } from './run.ts'
import { text } from './text.ts'
import { stampSchema } from './time.ts'

const ofSource = { node: nodeName, source: sourceName, stamp: stampSchema }

/**
 * Everything that happens, as it stands in the event stream and reaches a browser. Each carries what changed, whole:
 * whoever has the state before and the event has the state after (live.ts).
 */
export const eventSchema = v.variant('type', [
  /** A new reading. `failure` is set when it is only part of what it should be. */
  v.object({
    type: v.literal('reading'),
    ...ofSource,
    reading: readingSchema,
    failure: v.nullable(failureSchema),
  }),
  /** A success whose measurement is the one that we have. `failure` is set when it is only part of what it should be. */
  v.object({ type: v.literal('success'), ...ofSource, failure: v.optional(failureSchema) }),
  v.object({ type: v.literal('failure'), ...ofSource, failure: failureSchema }),
  v.object({ type: v.literal('run'), ...ofSource, run: runStateSchema }),
  v.object({ type: v.literal('command'), ...ofSource, command: commandSchema }),
  /** Somebody pressed a button of the source's device. */
  v.object({ type: v.literal('press'), ...ofSource, press: pressSchema }),
  /** A configuration came into force, or a broken file was refused. */
  v.object({
    type: v.literal('config'),
    node: nodeName,
    stamp: stampSchema,
    status: configStatusSchema,
    config: configSchema,
  }),
  /** The wall clock moved against the monotonic one by `jumpMs`. */
  v.object({ type: v.literal('clock'), node: nodeName, stamp: stampSchema, jumpMs: v.number() }),
  /** Something about the system itself that the owner must know (`text` set), or that is over (`text` null). */
  v.object({
    type: v.literal('notice'),
    node: nodeName,
    stamp: stampSchema,
    /** One notice an id: `redis-save`, `clock`, `orchestrator`. */
    id: v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]{0,47}$/)),
    level: v.picklist(['info', 'warning', 'error']),
    text: v.nullable(text(400)),
    hint: v.nullable(text(400)),
  }),
  /** A call that changed something, and the address that it came from. */
  v.object({
    type: v.literal('write'),
    node: nodeName,
    stamp: stampSchema,
    by: text(64),
    what: text(200),
  }),
])
export type Event = v.InferOutput<typeof eventSchema>

export type Notice = Extract<Event, { type: 'notice' }>
