import { keys } from '@tailboard/contracts'
import type { Redis } from 'ioredis'
import { giveUpHistory } from './history.ts'

/** So many of the newest events stay: pages resume from them, and a store that needs these too is full of something else. */
const fewestEvents = 16

/**
 * Does a write; where Redis is at its memory limit the oldest chunk of history goes first, again and again, then the older half
 * of the events, so that the newest reading has a place. What a page then misses it gets as a snapshot. Nothing else is ever
 * taken away.
 * @throws what `write` throws: `OOM` too, when no more can be given up.
 */
export async function withRoom<T>(redis: Redis, write: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await write()
    } catch (error) {
      if (!isOutOfMemory(error)) throw error
      if (!(await giveUpHistory(redis)) && !(await halveEvents(redis))) throw error
    }
  }
}

async function halveEvents(redis: Redis): Promise<boolean> {
  const count = await redis.xlen(keys.events)
  if (count <= fewestEvents) return false
  await redis.xtrim(keys.events, 'MAXLEN', '=', Math.max(fewestEvents, Math.floor(count / 2)))
  return true
}

/** In a MULTI it is the reason of what was queued in vain. */
function isOutOfMemory(error: unknown): boolean {
  const { message = '', previousErrors = [] } = error as { message?: string; previousErrors?: Error[] }
  return [message, ...previousErrors.map((each) => each.message)].some((text) => text.startsWith('OOM '))
}
