import { keys } from '@tailboard/contracts'
import type { Redis } from 'ioredis'

/** What all chunks of history cost, as Redis counts it. */
export async function historyBytes(redis: Redis): Promise<number> {
  const names = await redis.lrange(keys.historyChunks, 0, -1)
  const costs = await Promise.all(names.map((name) => redis.memory('USAGE', name)))
  return costs.reduce((sum: number, cost) => sum + Number(cost), 0)
}
