import { keys, parseJson, type SourceId, TailboardError } from '@tailboard/contracts'
import type { Redis } from 'ioredis'
import type * as v from 'valibot'
import type { Logger } from './log.ts'
import { withRoom } from './room.ts'

/** What a source keeps between runs (counters, a latch, a session), in Redis. No API shows it. */
export class SourceMemory {
  readonly #redis: Redis
  readonly #key: string
  readonly #log: Logger

  constructor(redis: Redis, node: string, source: SourceId, log: Logger) {
    this.#redis = redis
    this.#key = keys.memory(node, source)
    this.#log = log
  }

  /**
   * The value under `name`; null when there is none.
   * @throws TailboardError `malformed` when it is not of the schema.
   */
  async get<S extends v.GenericSchema>(name: string, schema: S): Promise<v.InferOutput<S> | null> {
    const json = await this.#redis.hget(this.#key, name)
    return json === null ? null : parseJson(schema, json, `${name} in the source’s memory`)
  }

  /** As `get`, for what a run can make anew: what can't be read is logged, and is as if it were not there. */
  async recall<S extends v.GenericSchema>(name: string, schema: S): Promise<v.InferOutput<S> | null> {
    try {
      return await this.get(name, schema)
    } catch (error) {
      if (!(error instanceof TailboardError)) throw error
      // Its name alone: what stands there may be a session's id that nobody has told the redactor of.
      this.#log.warn('what a run before kept can’t be read', { name })
      return null
    }
  }

  async set(name: string, value: unknown): Promise<void> {
    await withRoom(this.#redis, () => this.#redis.hset(this.#key, { [name]: JSON.stringify(value) }))
  }

  async delete(name: string): Promise<void> {
    await this.#redis.hdel(this.#key, name)
  }
}
