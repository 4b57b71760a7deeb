import type { RedisFacts } from '@tailboard/contracts'
import { type Logger, readHeartbeat, stampNow, type TimeSource } from '@tailboard/service'
import type { Redis } from 'ioredis'
import type { OwnNotices } from './live/own-notices.ts'

const everyMs = 20_000
const orchestratorEveryMs = 10_000
/** After a start everything comes up in no order: the orchestrator may take this long (ms). */
const orchestratorGraceMs = 45_000
/** Redis that restarts has forgotten the heartbeat until the next one: one miss says nothing. */
const missesThatCount = 2
const fullShare = 0.9

/** Watches what would otherwise fail in silence: Redis's card and memory, and whether anybody measures at all. */
export class RedisWatch {
  readonly #redis: Redis
  readonly #log: Logger
  readonly #notices: OwnNotices
  readonly #node: () => string | null
  readonly #time: TimeSource
  readonly #timers: NodeJS.Timeout[] = []
  #startedMs = 0
  #hasSeenOrchestrator = false
  #misses = 0

  constructor(redis: Redis, log: Logger, notices: OwnNotices, time: TimeSource, node: () => string | null) {
    this.#redis = redis
    this.#log = log
    this.#notices = notices
    this.#node = node
    this.#time = time
  }

  start(): void {
    this.#startedMs = performance.now()
    this.#timers.push(setInterval(() => void this.check(), everyMs))
    this.#timers.push(setInterval(() => void this.checkOrchestrator(), orchestratorEveryMs))
  }

  stop(): void {
    for (const timer of this.#timers) clearInterval(timer)
  }

  /** Looks now; also called when a write failed. */
  async check(): Promise<void> {
    try {
      const facts = await readRedisFacts(this.#redis)
      this.#judgeSave(facts)
      this.#judgeMemory(facts)
    } catch (error) {
      this.#log.debug('Redis could not be asked about itself', { error })
    }
  }

  #judgeSave({ lastSaveWorked }: RedisFacts): void {
    if (lastSaveWorked) this.#notices.clear('redis-save')
    else
      this.#notices.raise('redis-save', {
        level: 'error',
        text: 'What is known now can’t be saved to the card. Live values go on, but after a power cut the newest are lost.',
        hint: 'The card is full or read-only. Look with: df -h / and: dmesg | grep -i mmc. To make room: docker image prune',
      })
  }

  #judgeMemory({ usedMemoryBytes, maxMemoryBytes }: RedisFacts): void {
    const isFull = maxMemoryBytes > 0 && usedMemoryBytes > maxMemoryBytes * fullShare
    if (!isFull) this.#notices.clear('redis-memory')
    else
      this.#notices.raise('redis-memory', {
        level: 'error',
        text: 'The store (Redis) is nearly full and may refuse new readings.',
        hint: 'Restart it with: docker compose restart redis. If this comes back, please report it.',
      })
  }

  async checkOrchestrator(): Promise<void> {
    const node = this.#node()
    if (node === null) return
    try {
      if ((await readHeartbeat(this.#redis, node, 'orchestrator', stampNow(this.#time))) !== null) {
        this.#hasSeenOrchestrator = true
        this.#misses = 0
        return this.#notices.clear('orchestrator')
      }
      if (!this.#hasSeenOrchestrator && performance.now() - this.#startedMs < orchestratorGraceMs) return
      this.#misses += 1
      if (this.#misses < missesThatCount) return
      this.#notices.raise('orchestrator', {
        level: 'error',
        text: 'The orchestrator is not running: nothing is measured.',
        hint: 'Start it with: docker compose up -d. If it stops again, look at: docker compose logs orchestrator',
      })
    } catch (error) {
      this.#log.debug('the orchestrator could not be looked for', { error })
    }
  }
}

/** Redis's own INFO, as numbers. */
export async function readRedisFacts(redis: Redis): Promise<RedisFacts> {
  const info = new Map<string, string>()
  for (const line of (await redis.info()).split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon > 0) info.set(line.slice(0, colon), line.slice(colon + 1))
  }
  const number = (name: string) => Number(info.get(name) ?? 0) || 0
  return {
    version: info.get('redis_version') ?? '',
    uptimeS: number('uptime_in_seconds'),
    usedMemoryBytes: number('used_memory'),
    maxMemoryBytes: number('maxmemory'),
    clients: number('connected_clients'),
    lastSaveWorked: info.get('rdb_last_bgsave_status') !== 'err',
    unsavedChanges: number('rdb_changes_since_last_save'),
  }
}
