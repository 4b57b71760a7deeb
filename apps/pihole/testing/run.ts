import { defaultConfig, sources } from '@tailboard/contracts'
import { pihole } from '@tailboard/contracts/sources/pihole'
import { runOnce } from '@tailboard/service/run-source'
import { Store } from '@tailboard/service/store'
import { FakeTime } from '@tailboard/service/testing/fake-time'
import { TestRedis } from '@tailboard/service/testing/redis-server'
import { Redis } from 'ioredis'
import * as v from 'valibot'
import { piholeSource } from '../src/pihole.ts'
import { type DoubleOptions, PiholeDouble } from './double.ts'

/** A source on a bench: a real Redis, a double of the Pi-hole, a clock to move. */
export class Bench {
  readonly time = new FakeTime('2026-11-21T02:05:00.000Z')
  readonly server = new TestRedis()
  /** What the runs wrote to their logs. */
  logs = ''
  double!: PiholeDouble
  redis!: Redis
  store!: Store

  async start(): Promise<this> {
    await this.server.start()
    this.redis = new Redis(this.server.url)
    this.store = new Store(this.redis, 'kitchen', this.time)
    return this
  }

  /** A new Pi-hole, and nothing remembered of the one before. */
  async reset(options: DoubleOptions = {}): Promise<PiholeDouble> {
    await this.double?.stop()
    await this.redis.flushall()
    this.logs = ''
    this.double = await new PiholeDouble({ now: () => this.time.wallMs(), ...options }).start()
    return this.double
  }

  async stop(): Promise<void> {
    this.redis.disconnect()
    await this.server[Symbol.asyncDispose]()
    await this.double?.stop()
  }

  /** One run with these settings; answers its exit code. */
  async run(
    settings: Record<string, unknown> = {},
    environment: Record<string, string> = {},
  ): Promise<number> {
    const { topCount } = v.parse(v.object(pihole.settings), settings)
    // No gateway has published a configuration: these are the defaults in force.
    const all = { enabled: true, intervalSeconds: 60, timeoutSeconds: 1, ...settings, topCount }
    Object.assign(sources, { pihole })
    Object.assign(defaultConfig.sources, { pihole: all })
    const fixed = { REDIS_URL: this.server.url, TAILBOARD_NODE: 'kitchen', LOG_LEVEL: 'debug' }
    const write = process.stdout.write
    process.stdout.write = ((line: string) => {
      this.logs += line
      return true
    }) as typeof write
    try {
      return await runOnce(piholeSource, { ...fixed, ...this.double.environment, ...environment }, this.time)
    } finally {
      process.stdout.write = write
    }
  }

  /** What Redis holds of the source. */
  read() {
    return this.store.readSource('pihole' as never)
  }

  /** A command for the next run. */
  async order(verb: string, args: Record<string, unknown> = {}): Promise<void> {
    await this.store.publishCommand({
      id: '0123abcd',
      node: 'kitchen',
      source: 'pihole',
      verb,
      args,
      by: '100.64.0.7',
      asked: this.store.now(),
      status: 'queued',
      outcome: null,
      finished: null,
    })
  }

  /** What came of the last command. */
  async outcome(): Promise<{ status: string; outcome: string }> {
    return JSON.parse((await this.redis.lindex('tailboard:kitchen:command-log', 0)) ?? 'null')
  }

  /** Everything in Redis as text, but for what a source keeps for itself. */
  async dump(): Promise<string> {
    const parts: unknown[] = []
    for (const key of await this.redis.keys('*')) {
      if (key.includes(':memory:')) continue
      const type = await this.redis.type(key)
      if (type === 'hash') parts.push(key, await this.redis.hgetall(key))
      else if (type === 'stream') parts.push(key, await this.redis.xrange(key, '-', '+'))
      else if (type === 'list') parts.push(key, await this.redis.lrange(key, 0, -1))
      else parts.push(key, await this.redis.get(key))
    }
    return JSON.stringify(parts)
  }
}
