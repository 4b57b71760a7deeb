import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defaultConfig, sources } from '@tailboard/contracts'
import { type TailscaleData, tailscale, tailscaleData } from '@tailboard/contracts/sources/tailscale'
import { runOnce } from '@tailboard/service/run-source'
import { Store } from '@tailboard/service/store'
import { FakeTime } from '@tailboard/service/testing/fake-time'
import { TestRedis } from '@tailboard/service/testing/redis-server'
import { Redis } from 'ioredis'
import * as v from 'valibot'
import { tailscaleSource } from '../src/tailscale.ts'
import { TailscaledDouble } from './double.ts'

/** A source on a bench: a real Redis, a double of tailscaled in a folder of its own, a clock to move. */
export class Bench {
  readonly time = new FakeTime('2026-11-21T02:05:00.000Z')
  readonly server = new TestRedis()
  /** What the runs wrote to their logs. */
  logs = ''
  double!: TailscaledDouble
  redis!: Redis
  store!: Store
  #folder = ''

  async start(): Promise<this> {
    await this.server.start()
    this.redis = new Redis(this.server.url)
    this.store = new Store(this.redis, 'kitchen', this.time)
    this.#folder = await mkdtemp(join(tmpdir(), 'tailboard-tailscale-'))
    // The folder of a test is the test's alone; that of tailscaled is everyone's to look into.
    await chmod(this.#folder, 0o755)
    return this
  }

  /** As `/var/run/tailscale`: it comes and goes with tailscaled. */
  get folder(): string {
    return join(this.#folder, 'run')
  }

  /** A tailscaled that was just started, and nothing remembered of the one before. */
  async reset(): Promise<TailscaledDouble> {
    await this.double?.stop()
    await rm(this.folder, { recursive: true, force: true })
    await this.redis.flushall()
    this.logs = ''
    this.double = new TailscaledDouble(join(this.folder, 'tailscaled.sock'), () => this.time.wallMs())
    return this.double.start()
  }

  async stop(): Promise<void> {
    this.redis.disconnect()
    await this.server[Symbol.asyncDispose]()
    await this.double?.stop()
    await rm(this.#folder, { recursive: true, force: true })
  }

  /** One run; answers its exit code. A short time limit, for what is slow. */
  async run(environment: Record<string, string> = {}): Promise<number> {
    const settings = { enabled: true, intervalSeconds: 60, timeoutSeconds: 1 }
    // No gateway has published a configuration: these are the defaults in force.
    Object.assign(sources, { tailscale })
    Object.assign(defaultConfig.sources, { tailscale: settings })
    const fixed = { REDIS_URL: this.server.url, TAILBOARD_NODE: 'kitchen', LOG_LEVEL: 'debug' }
    const write = process.stdout.write
    process.stdout.write = ((line: string) => {
      this.logs += line
      return true
    }) as typeof write
    try {
      return await runOnce(
        tailscaleSource,
        { ...fixed, ...this.double.environment, ...environment },
        this.time,
      )
    } finally {
      process.stdout.write = write
    }
  }

  /** What Redis holds of the source. */
  read() {
    return this.store.readSource('tailscale' as never)
  }

  /** The data of the last good reading. */
  async data(): Promise<TailscaleData> {
    return v.parse(tailscaleData, (await this.read()).reading?.data)
  }
}
