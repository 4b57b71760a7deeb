import { keys } from '@tailboard/contracts'
import { type Chunk, type Logger, readChunk } from '@tailboard/service'
import type { Redis } from 'ioredis'

/** More than a source makes in a day as a rule. The whole share in one answer would be near what Redis allows its clients. */
const chunksAtOnce = 32

/** What Redis holds of a source's past. */
export interface StoredHistory {
  /** The oldest first. */
  chunks: Chunk[]
  /** When the monotonic clock of a boot stood at zero, Unix ms. */
  boots: Map<string, number>
}

/** Reads the chunks of a source. One that is given up meanwhile is missing; one that can't be read is named in the log, once. */
export class ChunkReader {
  readonly #redis: Redis
  readonly #log: Logger
  #broken = new Set<string>()

  constructor(redis: Redis, log: Logger) {
    this.#redis = redis
    this.#log = log
  }

  async read(node: string, source: string): Promise<StoredHistory> {
    const start = `${keys.history(node, source)}:`
    const { all, boots } = await this.#index()
    const wanted = all.filter((key) => key.startsWith(start))
    this.#broken = new Set([...this.#broken].filter((key) => all.includes(key)))
    const chunks: Chunk[] = []
    for (let from = 0; from < wanted.length; from += chunksAtOnce) {
      const some = wanted.slice(from, from + chunksAtOnce)
      for (const [index, bytes] of (await this.#redis.mgetBuffer(some)).entries()) {
        const chunk = bytes === null ? null : this.#readOne(some[index] as string, bytes)
        if (chunk !== null) chunks.push(chunk)
      }
    }
    return { chunks, boots }
  }

  /** Both at one moment: of each chunk it is known then when it was. */
  async #index(): Promise<{ all: string[]; boots: Map<string, number> }> {
    const answers = await this.#redis
      .multi()
      .lrange(keys.historyChunks, 0, -1)
      .hgetall(keys.historyBoots)
      .exec()
    const [all, boots] = (answers ?? []).map(([error, answer]) => {
      if (error !== null) throw error
      return answer
    }) as [string[], Record<string, string>]
    return { all, boots: new Map(Object.entries(boots).map(([boot, zero]) => [boot, Number(zero)])) }
  }

  #readOne(key: string, bytes: Buffer): Chunk | null {
    try {
      return readChunk(key, bytes)
    } catch (error) {
      if (!this.#broken.has(key))
        this.#log.warn('a chunk of history can’t be read and is left out', { error })
      this.#broken.add(key)
      return null
    }
  }
}
