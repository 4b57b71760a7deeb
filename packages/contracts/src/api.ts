import * as v from 'valibot'
import { commandSchema } from './command.ts'
import { configSchema, configStatusSchema, publishedConfigSchema } from './config.ts'
import { configChangeLimits, configChangeSchema, configVersionSchema } from './config-version.ts'
import { failureSchema } from './error.ts'
import { amount } from './field.ts'
import { nodeName, sourceName } from './names.ts'
import { readingSchema } from './reading.ts'
import { limits } from './redis.ts'
import { runRecordSchema } from './run.ts'
import { heartbeatSchema, systemStatusSchema } from './service.ts'
import { sourceStates } from './state.ts'
import { text } from './text.ts'
import { isoTime, stampSchema } from './time.ts'

/** What a client may send at most. */
export const apiLimits = { bodyBytes: 16 * 1024, urlBytes: 2 * 1024, headerBytes: 8 * 1024 } as const

/** One source as GET /api/sources tells it. Ages (s) come from the monotonic clock: trust them before the times. */
export const sourceAnswerSchema = v.object({
  id: sourceName,
  title: v.string(),
  description: v.string(),
  life: v.picklist(['always', 'poll', 'demand']),
  enabled: v.boolean(),
  intervalSeconds: v.number(),
  state: v.picklist(sourceStates),
  /** What it shows must not pass for current. */
  isStale: v.boolean(),
  lastRun: v.nullable(runRecordSchema),
  lastSuccess: v.nullable(isoTime),
  lastSuccessAgeS: v.nullable(amount),
  /** How long the last run took. */
  durationMs: v.nullable(amount),
  nextRun: v.nullable(isoTime),
  /** The last failure; it is of the last run when `outcome` is `partial` or `failed`. */
  failure: v.nullable(failureSchema),
  outcome: v.nullable(v.picklist(['ok', 'partial', 'failed'])),
  reading: v.nullable(readingSchema),
  readingAgeS: v.nullable(amount),
})
export type SourceAnswer = v.InferOutput<typeof sourceAnswerSchema>

/** GET /api/sources. `isLive` false: Redis is away, and this is what was known before. */
export const sourcesAnswerSchema = v.object({
  node: nodeName,
  now: stampSchema,
  isLive: v.boolean(),
  sources: v.array(sourceAnswerSchema),
})
export type SourcesAnswer = v.InferOutput<typeof sourcesAnswerSchema>

/** GET /api/readings/:source. */
export const readingAnswerSchema = v.object({
  node: nodeName,
  source: sourceName,
  now: stampSchema,
  isLive: v.boolean(),
  state: v.picklist(sourceStates),
  isStale: v.boolean(),
  reading: v.nullable(readingSchema),
  readingAgeS: v.nullable(amount),
  failure: v.nullable(failureSchema),
})
export type ReadingAnswer = v.InferOutput<typeof readingAnswerSchema>

/** POST /api/sources/:source/run. */
export const runAnswerSchema = v.object({ node: nodeName, source: sourceName, asked: stampSchema })
export type RunAnswer = v.InferOutput<typeof runAnswerSchema>

/** The body of POST /api/sources/:source/commands. The verb is one of the source's contract, or `run`. */
export const commandBodySchema = v.object({
  verb: v.pipe(v.string(), v.regex(/^[a-z][a-z-]{0,31}$/, 'must be one lower-case word')),
  args: v.optional(v.record(v.string(), v.unknown()), {}),
})

/** POST /api/sources/:source/commands: the command as it was recorded. */
export const commandAnswerSchema = commandSchema

/** GET /api/config. The ETag is `status.version`. */
export const configAnswerSchema = publishedConfigSchema

/** GET /api/config/versions: the kept versions, newest first. The first is what the file says now, unless that is broken. */
export const configVersionsAnswerSchema = v.object({ versions: v.array(configVersionSchema) })
export type ConfigVersionsAnswer = v.InferOutput<typeof configVersionsAnswerSchema>

/** GET /api/config/versions/:id: one version, its values, and what a return to it would change now. */
export const configVersionAnswerSchema = v.object({
  version: configVersionSchema,
  config: configSchema,
  /** From what is in force to this version; at most ten. */
  changes: v.pipe(v.array(configChangeSchema), v.maxLength(configChangeLimits.changes)),
})
export type ConfigVersionAnswer = v.InferOutput<typeof configVersionAnswerSchema>

/**
 * The body of PATCH /api/config: the values to change, nested as in the file. A list is replaced whole; null means the
 * default. Keys that no schema knows are refused.
 */
export const configPatchSchema = v.pipe(
  v.unknown(),
  // A list would pass for a group with nothing in it.
  v.check((body) => !Array.isArray(body), 'must be a group of settings'),
  v.record(v.string(), v.unknown(), 'must be a group of settings'),
)

/** One line of the list of the last runs: the run, and which source it was of. */
export const loggedRunSchema = v.object({ source: sourceName, ...runRecordSchema.entries })
export type LoggedRun = v.InferOutput<typeof loggedRunSchema>

/** What Redis says of itself. */
export const redisFactsSchema = v.object({
  version: text(32),
  uptimeS: amount,
  usedMemoryBytes: amount,
  /** 0: no limit. */
  maxMemoryBytes: amount,
  clients: amount,
  lastSaveWorked: v.boolean(),
  unsavedChanges: amount,
})
export type RedisFacts = v.InferOutput<typeof redisFactsSchema>

/** What GET /api/status answers. What can't be had (Redis is away, the orchestrator silent) is null or an empty list. */
export const statusAnswerSchema = v.object({
  now: stampSchema,
  node: nodeName,
  /** Version of the gateway. */
  version: text(32),
  /** False while Redis is away: what stands here is then what was known before. */
  isLive: v.boolean(),
  gateway: v.object({
    uptimeS: amount,
    memoryBytes: amount,
    /** Open WebSockets. */
    clients: amount,
    /** Readers that were too slow or dead, since the gateway started. */
    cutOff: amount,
  }),
  /** What each long-running service last said of itself; one that was silent for 35 s is not listed. */
  heartbeats: v.array(heartbeatSchema),
  /** What the orchestrator sees. Null until it has answered: it tells only while someone looks. */
  system: v.nullable(systemStatusSchema),
  config: v.nullable(configStatusSchema),
  /** The last runs of every source, newest first. */
  runs: v.pipe(v.array(loggedRunSchema), v.maxLength(limits.runs)),
  /** The last runs on demand, newest first: who looked, for how long, and why it ended. */
  demandRuns: v.pipe(v.array(loggedRunSchema), v.maxLength(limits.demandRuns)),
  /** The last commands, newest first. */
  commands: v.array(commandSchema),
  redis: v.nullable(redisFactsSchema),
})
export type StatusAnswer = v.InferOutput<typeof statusAnswerSchema>

/** GET /health and GET /health/ready. */
export const healthAnswerSchema = v.object({ status: v.literal('ok') })
