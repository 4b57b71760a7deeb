import * as v from 'valibot'
import { amount } from './field.ts'
import { text } from './text.ts'
import { stampSchema } from './time.ts'

/** What a long-running service says of itself. */
export const heartbeatSchema = v.object({
  service: text(32),
  version: text(32),
  started: stampSchema,
  said: stampSchema,
  /** Resident memory of the process (B). */
  memoryBytes: amount,
})
export type Heartbeat = v.InferOutput<typeof heartbeatSchema>

/** What the orchestrator sees of one container or process of the project. */
export const serviceStatusSchema = v.object({
  service: text(64),
  state: text(32),
  /** Version of the image, or of the process. */
  version: v.nullable(text(64)),
  upSinceS: v.nullable(amount),
  /** As `docker stats` counts: without the inactive page cache. Null where the memory cgroup is off. */
  memoryBytes: v.nullable(amount),
  memoryLimitBytes: v.nullable(amount),
  restarts: v.nullable(amount),
})

/** What runs, told by the orchestrator only while someone looks. */
export const systemStatusSchema = v.object({
  taken: stampSchema,
  services: v.pipe(v.array(serviceStatusSchema), v.maxLength(64)),
  /** Variables whose value in .env differs from what a container runs with, and the service. Names only, never values. */
  changedVariables: v.pipe(v.array(v.object({ service: text(64), name: text(64) })), v.maxLength(64)),
})
export type SystemStatus = v.InferOutput<typeof systemStatusSchema>
