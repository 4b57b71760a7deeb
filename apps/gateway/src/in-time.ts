import { setTimeout as sleep } from 'node:timers/promises'

/** A promise that must not hang: on a dead connection nothing else would ever end it. */
export async function inTime<T>(
  work: Promise<T>,
  withinMs: number,
  onLate: () => void = () => {},
): Promise<T> {
  const late = new AbortController()
  const timer = sleep(withinMs, undefined, { signal: late.signal }).then(() => {
    onLate()
    throw Object.assign(new Error('Redis does not answer'), { code: 'ETIMEDOUT' })
  })
  try {
    return await Promise.race([work, timer])
  } finally {
    late.abort()
    timer.catch(() => {})
    work.catch(() => {})
  }
}
