import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Asks again and again until the answer is neither null, undefined nor false, and answers it.
 * The limit is for what never comes, not a measure of speed.
 */
export async function until<T>(
  what: string,
  ask: () => Promise<T | null | undefined | false> | T | null | undefined | false,
  { withinMs = 90_000, everyMs = 200 } = {},
): Promise<T> {
  const deadline = performance.now() + withinMs
  let last: unknown
  for (;;) {
    try {
      const answer = await ask()
      if (answer !== null && answer !== undefined && answer !== false) return answer
      last = answer
    } catch (error) {
      last = error
    }
    if (performance.now() > deadline) {
      throw new Error(
        `${what} did not come within ${withinMs / 1000} s; last: ${last instanceof Error ? last.message : JSON.stringify(last)}`,
      )
    }
    await sleep(everyMs)
  }
}
