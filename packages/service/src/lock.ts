import { keys, type SourceId } from '@tailboard/contracts'
import type { Redis } from 'ioredis'
import type { TimeSource } from './clock.ts'
import { withRoom } from './room.ts'

/**
 * Takes the lock when it is free, of another boot, past its time, or no record that can be read. Its time is monotonic: a wall clock that jumps must
 * neither free it early nor hold it for hours.
 */
const takeScript = `
local held = redis.call('GET', KEYS[1])
if held then
  local isJson, lock = pcall(cjson.decode, held)
  local isOurs = isJson and type(lock) == 'table' and lock.boot == ARGV[1]
  if isOurs and (tonumber(lock.untilMs) or 0) > tonumber(ARGV[2]) then return 0 end
end
redis.call('SET', KEYS[1], ARGV[3])
return 1`

const giveScript = `
local held = redis.call('GET', KEYS[1])
if held and held == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 0`

const freeScript = `
local held = redis.call('GET', KEYS[1])
if not held then return 0 end
local isJson, lock = pcall(cjson.decode, held)
local isOurs = isJson and type(lock) == 'table' and lock.boot == ARGV[1]
if isOurs and (tonumber(lock.tookMs) or 0) < tonumber(ARGV[2]) then return 0 end
redis.call('DEL', KEYS[1])
return 0`

/** Keeps two runs of one source apart, also one by schedule and one by hand. */
export class RunLock {
  readonly #redis: Redis
  readonly #key: string
  readonly #time: TimeSource
  #token = ''

  constructor(redis: Redis, node: string, source: SourceId, time: TimeSource) {
    this.#redis = redis
    this.#key = keys.lock(node, source)
    this.#time = time
  }

  /** Whether the lock is ours now, for `forMs` at most. */
  async take(forMs: number): Promise<boolean> {
    const now = this.#time.monotonicMs()
    this.#token = JSON.stringify({
      boot: this.#time.boot,
      tookMs: now,
      untilMs: now + forMs,
      by: process.pid,
      nonce: Math.random(),
    })
    const args = [this.#key, this.#time.boot, now, this.#token] as const
    return (await withRoom(this.#redis, () => this.#redis.eval(takeScript, 1, ...args))) === 1
  }

  async give(): Promise<void> {
    await this.#redis.eval(giveScript, 1, this.#key, this.#token)
  }

  /**
   * Frees the lock of a run that is known to have ended without giving it back. A lock that was taken before
   * `sinceMs` (the start of that run, CLOCK_MONOTONIC) is another run's, and stays.
   */
  async free(sinceMs: number): Promise<void> {
    await this.#redis.eval(freeScript, 1, this.#key, this.#time.boot, sinceMs)
  }
}
