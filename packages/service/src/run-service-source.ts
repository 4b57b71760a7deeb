import { setTimeout as sleep } from 'node:timers/promises'
import { commonVariables, defaultConfig, type Environment } from '@tailboard/contracts'
import type { Redis } from 'ioredis'
import { backoffMs } from './backoff.ts'
import { systemTime, type TimeSource } from './clock.ts'
import { onCrash } from './crash.ts'
import { readEnvironment } from './env.ts'
import { HeartbeatSender } from './heartbeat.ts'
import { createLogger, type Logger } from './log.ts'
import { findNodeName } from './node-name.ts'
import { createRedis } from './redis.ts'
import { exitCodes } from './run-source.ts'
import { ServiceRunner, type ServiceSource } from './service-runner.ts'
import { onShutdown } from './shutdown.ts'
import { Store } from './store.ts'

export type { ServiceContext, ServiceSource } from './service-runner.ts'

/** What must be known to run a source that always lives. `raw` and `time` are for tests. */
export interface ServiceOptions {
  version: string
  log: Logger
  environment: Environment<typeof commonVariables>
  time?: TimeSource
}

/** Runs a source that always lives, until SIGTERM. Redis, its name and its hardware may all come later. */
export function runServiceSource(source: ServiceSource, version: string): void {
  const service = `source-${source.contract.id}`
  const early = createLogger({ service })
  onCrash(early, exitCodes.bug)
  let environment: Environment<typeof commonVariables>
  try {
    environment = readEnvironment({ ...commonVariables, ...source.contract.variables })
  } catch (error) {
    early.error('the environment is wrong', { error })
    process.exit(exitCodes.misconfigured)
  }
  const log = createLogger({ service, level: environment.LOG_LEVEL })
  const running = new ServiceProcess(source, { version, log, environment })
  onShutdown(log, () => running.stop())
  void running.start()
}

/** A source that always lives, with its connections: what `runServiceSource` starts, without the process around it. */
export class ServiceProcess {
  readonly #source: ServiceSource
  readonly #options: ServiceOptions
  readonly #redis: Redis
  #runner: ServiceRunner | undefined
  #heartbeat: HeartbeatSender | undefined
  #isStopped = false

  constructor(source: ServiceSource, options: ServiceOptions) {
    this.#source = source
    this.#options = options
    this.#redis = createRedis(options.environment.REDIS_URL, { name: this.#name, log: options.log })
  }

  get #name(): string {
    return `source-${this.#source.contract.id}`
  }

  /** Done when the source measures, which is after Redis has answered and this Pi's name is known. */
  async start(): Promise<void> {
    const { log, environment, version, time = systemTime } = this.#options
    const node = await this.#findNode()
    if (node === null) return
    const store = new Store(this.#redis, node, time)
    const blocking = createRedis(environment.REDIS_URL, { name: `${this.#name}-inbox`, log, blocking: true })
    const config = (await store.readConfig().catch(() => null))?.config ?? defaultConfig
    if (this.#isStopped) return blocking.disconnect()
    this.#heartbeat = new HeartbeatSender(store, log, this.#name, version)
    this.#runner = new ServiceRunner(this.#source, { store, blocking, config, environment, log })
    this.#heartbeat.start()
    log.info('started', { version, node })
    await this.#runner.start()
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#runner?.stop()
    await this.#heartbeat?.stop()
    this.#redis.disconnect()
  }

  /** Null when it was stopped before anybody knew. */
  async #findNode(): Promise<string | null> {
    const { environment, log } = this.#options
    for (let failures = 1; !this.#isStopped; failures++) {
      try {
        await this.#redis.ping()
        return await findNodeName(this.#redis, environment.TAILBOARD_NODE, 5_000)
      } catch (error) {
        // At a reboot everything starts at once, and some of it late.
        if (failures === 1 || failures % 60 === 0)
          log.warn('waiting for Redis and the orchestrator', { error })
        await sleep(backoffMs({ firstMs: 250, factor: 2, mostMs: 5_000 }, failures))
      }
    }
    return null
  }
}
