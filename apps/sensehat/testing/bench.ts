import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Command, type Config, configSchema, type Event, keys } from '@tailboard/contracts'
import type { SensehatData } from '@tailboard/contracts/sources/sensehat'
import { type Logger, Store, systemTime } from '@tailboard/service'
import { createLogger } from '@tailboard/service/log'
import { createRedis } from '@tailboard/service/redis'
import { ServiceRunner } from '@tailboard/service/service-runner'
import { TestRedis } from '@tailboard/service/testing/redis-server'
import { Redis } from 'ioredis'
import * as v from 'valibot'
import type { Animation, OnPress, RawMotion } from '../src/driver.ts'
import { HardwareDriver, type Hat } from '../src/hardware.ts'
import type { Parts } from '../src/hat-messages.ts'
import { type MakeDriver, SensehatSource } from '../src/sensehat.ts'
import { roomBus } from './registers.ts'

const id = 'sensehat' as never

/** A child process that never fails: what it was told, and the motion that it says. */
export class FakeHat implements Hat {
  hasLeds = false
  hasMotion = false
  readonly shown: Animation[] = []
  stops = 0
  motion: RawMotion | null = {
    accel: { x: 0, y: 0.02, z: 0.99 },
    compass: { x: 20, y: -3, z: -40 },
    tiltHeading: -Math.PI / 2,
  }

  async drive(parts: Parts): Promise<void> {
    this.hasLeds = parts.leds
    this.hasMotion = parts.motion
  }
  async readMotion(): Promise<RawMotion | null> {
    return this.hasMotion ? this.motion : null
  }
  show(animation: Animation): void {
    this.shown.push(animation)
  }
  async stop(): Promise<void> {
    this.stops += 1
    this.hasLeds = false
  }
}

/** The source on a bench: a real Redis, a bus of registers, a /sys and /dev of its own. */
export class Bench {
  readonly server = new TestRedis()
  readonly bus = roomBus()
  readonly hat = new FakeHat()
  readonly root = mkdtempSync(join(tmpdir(), 'tailboard-sensehat-'))
  readonly lines: Record<string, unknown>[] = []
  readonly log: Logger = createLogger({
    service: 'source-sensehat',
    write: (line) => this.lines.push(JSON.parse(line)),
  })
  redis!: Redis
  store!: Store
  runner: ServiceRunner | undefined
  press: OnPress = () => {}
  #settings: Record<string, unknown> = {}

  async start(): Promise<this> {
    await this.server.start()
    this.redis = new Redis(this.server.url)
    this.redis.on('error', () => {})
    this.store = new Store(this.redis, 'kitchen', systemTime)
    return this
  }

  async stop(): Promise<void> {
    await this.runner?.stop()
    this.redis.disconnect()
    await this.server[Symbol.asyncDispose]()
    rmSync(this.root, { recursive: true })
  }

  /** A file in the machine that the driver sees: `sys/class/…`. */
  file(path: string, text: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true })
    writeFileSync(join(this.root, path), text)
  }

  remove(path: string): void {
    rmSync(join(this.root, path), { recursive: true })
  }

  /** What the kernel has where the HAT was there at boot. */
  bootedWithHat(): void {
    this.file('sys/class/graphics/fb1/name', 'RPi-Sense FB\n')
    this.file('sys/class/input/event0/device/name', 'Raspberry Pi Sense HAT Joystick\n')
    this.file('sys/class/thermal/thermal_zone0/temp', '48000\n')
  }

  readonly makeDriver: MakeDriver = (_context, onPress) => {
    this.press = onPress
    return new HardwareDriver({
      hat: this.hat,
      sysPath: join(this.root, 'sys'),
      devPath: join(this.root, 'dev'),
      open: this.bus.open,
      pause: async () => {},
    })
  }

  /** Runs the service with these settings; measures several times a second, so that no test waits. */
  async run(settings: Record<string, unknown> = {}, makeDriver = this.makeDriver): Promise<void> {
    this.#settings = settings
    const blocking = createRedis(this.server.url, { name: 'inbox', log: this.log, blocking: true })
    const config = this.#config()
    this.runner = new ServiceRunner(new SensehatSource(makeDriver), {
      store: this.store,
      blocking,
      config: { ...config, sources: { ...config.sources, ...this.#fast(config) } },
      environment: { TAILBOARD_SIMULATED: false },
      log: this.log,
    })
    await this.runner.start()
  }

  /** A change of the configuration, as the gateway publishes it. */
  async configure(settings: Record<string, unknown>): Promise<void> {
    this.#settings = { ...this.#settings, ...settings }
    await this.store.publishConfig({
      status: {
        version: randomUUID(),
        origin: 'file',
        problems: [],
        unknownKeys: [],
        notWritable: null,
        changed: this.store.now(),
      },
      config: this.#config(),
    })
  }

  async command(verb: string, args: Record<string, unknown> = {}): Promise<void> {
    await this.store.publishCommand({
      id: randomUUID(),
      node: 'kitchen',
      source: 'sensehat',
      verb,
      args,
      by: '100.64.0.2',
      asked: this.store.now(),
      status: 'queued',
      outcome: null,
      finished: null,
    })
  }

  /** What Redis holds of the source. */
  async read() {
    const stored = await this.store.readSource(id)
    return { ...stored, data: stored.reading?.data as SensehatData | undefined }
  }

  async events(): Promise<Event[]> {
    return (await this.redis.xrange(keys.events, '-', '+')).map(([, fields]) => JSON.parse(fields[1] ?? ''))
  }

  async commands(): Promise<Command[]> {
    return (await this.redis.lrange(keys.commandLog('kitchen'), 0, -1)).map((json) => JSON.parse(json))
  }

  #config(): Config {
    return v.parse(configSchema, { sources: { sensehat: { intervalSeconds: 1, ...this.#settings } } })
  }

  #fast(config: Config): Config['sources'] {
    const own = config.sources[id] as Config['sources']['system']
    return { sensehat: { ...own, intervalSeconds: 0.05 } } as never
  }
}
