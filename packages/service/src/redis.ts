import { Redis, type RedisOptions } from 'ioredis'
import { type Backoff, backoffMs } from './backoff.ts'
import type { Logger } from './log.ts'

const reconnect: Backoff = { firstMs: 100, factor: 2, mostMs: 2_000 }

export interface ConnectOptions {
  /** Shown by CLIENT LIST. */
  name: string
  log: Logger
  /** For BLPOP and XREAD BLOCK: such a connection waits, so it must not share itself. */
  blocking?: boolean
}

/**
 * A connection that comes back by itself, for as long as the process lives. A command given while it is away waits for
 * one try to reconnect and then fails. Connects at the first command or at `connect()`.
 * @param url redis://HOST:PORT, or the path of a Unix socket (with or without `unix:`)
 */
export function createRedis(url: string, { name, log, blocking = false }: ConnectOptions): Redis {
  const options = {
    connectionName: name,
    lazyConnect: true,
    connectTimeout: 5_000,
    maxRetriesPerRequest: blocking ? 0 : 1,
    retryStrategy: (attempt) => backoffMs(reconnect, attempt),
    // A half-open connection (the container of Redis was replaced) is noticed by its silence.
    keepAlive: 30_000,
  } satisfies RedisOptions
  const path = url.startsWith('unix:') ? url.slice('unix:'.length) : url
  const redis = path.startsWith('/') ? new Redis(path, options) : new Redis(path, { ...options, family: 0 })
  let isAway = false
  redis.on('error', (error) => {
    // Said once a loss, not once a try: a night without Redis must not fill the log.
    if (!isAway) log.warn('Redis is away', { reason: error.message })
    isAway = true
  })
  redis.on('ready', () => {
    if (isAway) log.info('Redis is back')
    isAway = false
  })
  return redis
}
