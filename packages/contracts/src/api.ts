import * as v from 'valibot'
import { commandSchema } from './command.ts'
import { configStatusSchema } from './config.ts'
import { nodeName, sourceName } from './names.ts'
import { limits } from './redis.ts'
import { runRecordSchema } from './run.ts'
import { heartbeatSchema, systemStatusSchema } from './service.ts'
import { text } from './text.ts'
import { stampSchema } from './time.ts'

/** One line of the list of the last runs: the run, and which source it was of. */
export const loggedRunSchema = v.object({ source: sourceName, ...runRecordSchema.entries })
export type LoggedRun = v.InferOutput<typeof loggedRunSchema>

/** What GET /api/status answers. What can't be had (Redis is away, the orchestrator silent) is null or an empty list. */
export const statusAnswerSchema = v.object({
  now: stampSchema,
  node: nodeName,
  /** Version of the gateway. */
  version: text(32),
  /** What each long-running service last said of itself. */
  heartbeats: v.array(heartbeatSchema),
  /** What the orchestrator sees. Null until it has answered: it tells only while someone looks. */
  system: v.nullable(systemStatusSchema),
  config: v.nullable(configStatusSchema),
  /** The last runs of every source, newest first. */
  runs: v.pipe(v.array(loggedRunSchema), v.maxLength(limits.runs)),
  /** The last commands, newest first. */
  commands: v.array(commandSchema),
})
export type StatusAnswer = v.InferOutput<typeof statusAnswerSchema>
