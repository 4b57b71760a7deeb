import { defaultConfig, sources } from '@tailboard/contracts'
import { aranet4 } from '@tailboard/contracts/sources/aranet4'
import { runOnce } from '@tailboard/service/run-source'
import { Store } from '@tailboard/service/store'
import { FakeTime } from '@tailboard/service/testing/fake-time'
import { TestRedis } from '@tailboard/service/testing/redis-server'
import { Redis } from 'ioredis'
import * as v from 'valibot'
import { createAranet4Source } from '../src/aranet4.ts'
import { systemTimers, type Timers } from '../src/timers.ts'
import { type Advertiser, Controller, type ControllerFault } from './controller.ts'
import { install, plugIn } from './hci-socket.ts'

/** Timers that are over a hundred times too soon: for what would keep a test waiting. */
export const hastyTimers: Timers = { after: (ms, act) => systemTimers.after(ms / 100, act) }

/** A source on a bench: a real Redis, the real noble over a controller of the test's, a clock to move. */
export class Bench {
  readonly time = new FakeTime()
  readonly server = new TestRedis()
  redis!: Redis
  store!: Store
  controller = new Controller([])

  async start(): Promise<this> {
    install(import.meta.filename)
    Object.assign(sources, { aranet4 })
    await this.server.start()
    this.redis = new Redis(this.server.url)
    this.store = new Store(this.redis, 'kitchen', this.time)
    return this
  }

  async stop(): Promise<void> {
    plugIn(undefined)
    this.redis.disconnect()
    await this.server[Symbol.asyncDispose]()
  }

  /** What is in the air from now on, and what is wrong with the adapter. */
  air(advertisers: readonly Advertiser[], fault: ControllerFault | null = null): void {
    this.controller = new Controller(advertisers, fault)
    plugIn(this.controller)
  }

  /** One run with this list of devices; answers its exit code. */
  run(
    devices: { address: string; name?: string }[],
    { timers = hastyTimers, intervalSeconds = 120, environment = {} as Record<string, string> } = {},
  ): Promise<number> {
    const own = v.parse(v.object(aranet4.settings), { devices })
    // No gateway has published a configuration: these are the defaults in force.
    const settings = { enabled: true, intervalSeconds, timeoutSeconds: 45, ...own }
    Object.assign(defaultConfig.sources, { aranet4: settings })
    const fixed = {
      REDIS_URL: this.server.url,
      TAILBOARD_NODE: 'kitchen',
      LOG_LEVEL: 'error',
      BLUETOOTH_SYS: '/nowhere',
    }
    return runOnce(createAranet4Source(undefined, timers), { ...fixed, ...environment }, this.time)
  }

  /** What Redis holds of the source. */
  read() {
    return this.store.readSource('aranet4' as never)
  }
}
