import * as v from 'valibot'
import { watcherId } from './camera.ts'
import { nodeName, sourceName } from './names.ts'
import { text } from './text.ts'
import { stampSchema } from './time.ts'

/** The verb that every source understands: measure now. */
export const runVerb = 'run'

/** What a person asked of a source, who asked, when, and what came of it. */
export const commandSchema = v.object({
  id: v.pipe(v.string(), v.regex(/^[0-9a-f-]{8,36}$/)),
  node: nodeName,
  source: sourceName,
  verb: v.pipe(v.string(), v.regex(/^[a-z][a-z-]{0,31}$/)),
  args: v.record(v.string(), v.unknown()),
  /** The address that it came from. */
  by: text(64),
  asked: stampSchema,
  status: v.picklist(['queued', 'done', 'failed']),
  /** What came of it, in words. Null while it is queued. */
  outcome: v.nullable(text(400)),
  finished: v.nullable(stampSchema),
})
export type Command = v.InferOutput<typeof commandSchema>

/** What the gateway asks of the orchestrator. Names only: nothing in it becomes part of a container's definition. */
export const orderSchema = v.variant('type', [
  v.object({ type: v.literal('run'), source: sourceName, by: text(64), asked: stampSchema }),
  /** Someone looks at a source that lives on demand; said again and again for as long as he does. */
  v.object({
    type: v.literal('watch'),
    source: sourceName,
    watcher: watcherId,
    by: text(64),
    asked: stampSchema,
  }),
  /** He says that he doesn’t any more. */
  v.object({ type: v.literal('leave'), source: sourceName, watcher: watcherId, asked: stampSchema }),
  v.object({ type: v.literal('status'), asked: stampSchema }),
])
export type Order = v.InferOutput<typeof orderSchema>

/** An order that waited longer than this (the orchestrator was away) is dropped (ms). */
export const orderMaxAgeMs = 60_000

export const commandLimits = { queued: 16, recorded: 50 } as const
