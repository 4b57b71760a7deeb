import { keys, parseJson, type SourceId } from '@tailboard/contracts'
import type { Redis } from 'ioredis'
import type * as v from 'valibot'
import { withRoom } from './room.ts'

/** What a source keeps between runs (counters, a latch, a session), in Redis. No API shows it. */
export class SourceMemory {
  readonly #redis: Redis
  readonly #key: string

  constructor(redis: Redis, node: string, source: SourceId) {
    this.#redis = redis
    this.#key = keys.memory(node, source)
  }

  /**
   * The value under `name`; null when there is none.
   * @throws TailboardError `malformed` when it is not of the schema.
   */
  async get<S extends v.GenericSchema>(name: string, schema: S): Promise<v.InferOutput<S> | null> {
    const json = await this.#redis.hget(this.#key, name)
    return json === null ? null : parseJson(schema, json, `${name} in the source’s memory`)
  }

  async set(name: string, value: unknown): Promise<void> {
    await withRoom(this.#redis, () => this.#redis.hset(this.#key, { [name]: JSON.stringify(value) }))
  }

  async delete(name: string): Promise<void> {
    await this.#redis.hdel(this.#key, name)
  }
}
