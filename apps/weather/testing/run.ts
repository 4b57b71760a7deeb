import { defaultConfig, sources } from '@tailboard/contracts'
import { weather } from '@tailboard/contracts/sources/weather'
import { runOnce } from '@tailboard/service/run-source'
import { Store } from '@tailboard/service/store'
import { FakeTime } from '@tailboard/service/testing/fake-time'
import { TestRedis } from '@tailboard/service/testing/redis-server'
import { Redis } from 'ioredis'
import * as v from 'valibot'
import { weatherSource } from '../src/weather.ts'
import { WeatherDouble } from './double.ts'

/** A source on a bench: a real Redis, a double of the services, a clock to move. */
export class Bench {
  readonly time = new FakeTime('2026-11-21T02:05:00.000Z')
  readonly double = new WeatherDouble(() => this.time.wallMs())
  readonly server = new TestRedis()
  redis!: Redis
  store!: Store

  async start(): Promise<this> {
    await this.double.start()
    await this.server.start()
    this.redis = new Redis(this.server.url)
    this.store = new Store(this.redis, 'kitchen', this.time)
    return this
  }

  async stop(): Promise<void> {
    this.redis.disconnect()
    await this.server[Symbol.asyncDispose]()
    await this.double.stop()
  }

  /** One run with these settings; answers its exit code. */
  run(settings: Record<string, unknown>, environment: Record<string, string> = {}): Promise<number> {
    const own = v.parse(v.object(weather.settings), settings)
    // No gateway has published a configuration: these are the defaults in force. A short time limit, for what is slow.
    const all = { enabled: true, intervalSeconds: 900, timeoutSeconds: 1, ...own }
    Object.assign(sources, { weather })
    Object.assign(defaultConfig.sources, { weather: all })
    const fixed = { REDIS_URL: this.server.url, TAILBOARD_NODE: 'kitchen', LOG_LEVEL: 'error' }
    return runOnce(weatherSource, { ...fixed, ...this.double.environment, ...environment }, this.time)
  }

  /** What Redis holds of the source. */
  read() {
    return this.store.readSource('weather' as never)
  }

  /** Everything in Redis, as text. */
  async dump(): Promise<string> {
    const parts: unknown[] = []
    for (const key of await this.redis.keys('*')) {
      const type = await this.redis.type(key)
      if (type === 'hash') parts.push(key, await this.redis.hgetall(key))
      else if (type === 'stream') parts.push(key, await this.redis.xrange(key, '-', '+'))
      else if (type === 'list') parts.push(key, await this.redis.lrange(key, 0, -1))
      else parts.push(key, await this.redis.get(key))
    }
    return JSON.stringify(parts)
  }
}
