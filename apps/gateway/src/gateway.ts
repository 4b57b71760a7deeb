import type { Environment, LiveModel, serviceVariables } from '@tailboard/contracts'
import {
  createRedis,
  findNodeName,
  HeartbeatSender,
  type Logger,
  Store,
  type TimeSource,
} from '@tailboard/service'
import type { Redis } from 'ioredis'
import { ConfigKeeper } from './config/config-keeper.ts'
import { ConfigWriter } from './config/config-writer.ts'
import { HttpProblem } from './http-problem.ts'
import { Hub } from './hub.ts'
import { Follower } from './live/follower.ts'
import { OwnNotices } from './live/own-notices.ts'
import { Pages } from './live/pages.ts'
import { Orders } from './orders.ts'
import { RedisWatch } from './redis-watch.ts'
import { version } from './version.ts'

export type GatewayEnvironment = Environment<typeof serviceVariables.gateway>

const nodeNameWithinMs = 2_000

/** Everything behind the routes. It starts without Redis and without this node's name, and finds both by itself. */
export class Gateway {
  readonly environment: GatewayEnvironment
  readonly log: Logger
  readonly time: TimeSource
  readonly redis: Redis
  readonly hub = new Hub()
  readonly orders = new Orders()
  readonly notices: OwnNotices
  readonly follower: Follower
  readonly pages: Pages
  readonly config: ConfigKeeper
  readonly configWriter: ConfigWriter
  readonly watch: RedisWatch
  readonly #blocking: Redis
  #store: Store | null = null
  #heartbeat: HeartbeatSender | undefined

  constructor(environment: GatewayEnvironment, log: Logger, time: TimeSource) {
    this.environment = environment
    this.log = log
    this.time = time
    this.redis = createRedis(environment.REDIS_URL, { name: 'gateway', log })
    this.#blocking = createRedis(environment.REDIS_URL, { name: 'gateway-events', log, blocking: true })
    this.notices = new OwnNotices(time)
    this.follower = new Follower({
      redis: this.redis,
      blocking: this.#blocking,
      log,
      notices: this.notices,
      findNode: () => findNodeName(this.redis, environment.TAILBOARD_NODE, nodeNameWithinMs),
    })
    const { redis, hub, follower, notices } = this
    this.pages = new Pages({ redis, hub, follower, notices, time })
    this.watch = new RedisWatch(redis, log, notices, time, () => follower.node)
    this.config = new ConfigKeeper({
      folder: environment.CONFIG_DIR,
      log,
      time,
      store: () => this.#store,
      onTrouble: () => void this.watch.check(),
    })
    this.configWriter = new ConfigWriter(this.config)
  }

  /** What the gateway knows of this node. @throws HttpProblem until Redis has answered for the first time. */
  model(): LiveModel {
    const { model } = this.follower
    if (model === null) {
      throw new HttpProblem('not-ready', {
        detail: `Still waiting for: ${this.missing().join(', ')}.`,
        headers: { 'retry-after': '2' },
      })
    }
    return model
  }

  /** Where state is written. @throws HttpProblem while Redis is away. */
  store(): Store {
    this.model()
    if (this.#store === null || !this.follower.isLive) {
      throw new HttpProblem('redis-away', {
        detail: 'Nothing can be changed until it is back.',
        hint: 'Look at: docker compose logs redis',
      })
    }
    return this.#store
  }

  /** What readiness waits for. */
  missing(): string[] {
    const missing: string[] = []
    // An answer to a request for the name shows that Redis is there, with no name in it.
    if (!this.follower.isLive && this.redis.status !== 'ready') missing.push('Redis')
    else if (this.follower.node === null) missing.push('this Pi’s name (the orchestrator says it)')
    else if (!this.follower.isLive) missing.push('Redis')
    if (this.config.current === null) missing.push('the configuration')
    return missing
  }

  async start(): Promise<void> {
    this.pages.start()
    this.hub.start()
    this.follower.onBack = () => this.#onBack()
    this.follower.start()
    this.watch.start()
    await this.config.start()
  }

  async stop(): Promise<void> {
    this.watch.stop()
    this.hub.stop()
    await this.config.stop()
    await this.#heartbeat?.stop()
    await this.follower.stop()
    this.redis.disconnect()
  }

  #onBack(): void {
    const { node } = this.follower
    if (this.#store === null && node !== null) {
      this.#store = new Store(this.redis, node, this.time)
      this.#heartbeat = new HeartbeatSender(this.#store, this.log, 'web-gateway', version)
      this.#heartbeat.start()
    }
    void this.config.republish()
    void this.watch.check()
  }
}
