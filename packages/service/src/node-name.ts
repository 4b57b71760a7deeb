import { setTimeout as sleep } from 'node:timers/promises'
import { keys, nodeName, TailboardError } from '@tailboard/contracts'
import type { Redis } from 'ioredis'
import * as v from 'valibot'

const waitMs = 250

/**
 * This node's name: what the environment says, else what the orchestrator has written to Redis.
 * @throws TailboardError `misconfigured` when nobody has said it within `withinMs`.
 */
export async function findNodeName(redis: Redis, fromEnvironment: string, withinMs: number): Promise<string> {
  if (fromEnvironment !== '') return fromEnvironment
  for (let waited = 0; ; waited += waitMs) {
    const name = v.safeParse(nodeName, await redis.get(keys.localNode))
    if (name.success) return name.output
    if (waited >= withinMs) break
    await sleep(waitMs)
  }
  throw new TailboardError(
    'misconfigured',
    'This Pi’s name is not known yet: the orchestrator has not said it',
    {
      hint: 'Start everything with: docker compose up -d. Or give the name as TAILBOARD_NODE in .env.',
    },
  )
}
