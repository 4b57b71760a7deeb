import {
  type Config,
  defaultConfig,
  elapsedMs,
  isSameBoot,
  keys,
  type Order,
  orderMaxAgeMs,
  type RunState,
  type SourceId,
  type SystemStatus,
  sourceContract,
  sourceIds,
} from '@tailboard/contracts'
import { type Logger, type Store, withRoom } from '@tailboard/service'
import type { Redis } from 'ioredis'
import { ClockWatch } from './clock-watch.ts'
import { DemandRunner } from './demand-runner.ts'
import { EngineGate } from './engine-gate.ts'
import { Inbox } from './inbox.ts'
import type { Launcher } from './launcher.ts'
import { pause } from './pause.ts'
import { plansOf } from './plans.ts'
import { remember } from './remember.ts'
import { Reporter } from './reporter.ts'
import { Runner } from './runner.ts'
import { Schedule } from './schedule.ts'

/** The wall clock is looked at this often, and at each wake-up (ms). */
const longestSleepMs = 10_000
/** So long a start waits for the gateway to say which configuration is in force; then defaults hold (ms). */
const configWithinMs = 30_000
/** How long a status stays in Redis: nobody looks any more (s). */
const statusKeptS = 30
/** How long the end waits for runs to be killed and recorded (ms); the process has eight seconds in all. */
const stopWithinMs = 3_000

export interface OrchestratorOptions {
  /** Its connection must be up. */
  store: Store
  /** A connection of its own for what waits in it. */
  connect(name: string): Redis
  launcher: Launcher
  log: Logger
  /** From 0 to 1. */
  random?: () => number
}

/** Runs every poll source when its turn comes, and says how each stands. */
export class Orchestrator {
  readonly #store: Store
  readonly #launcher: Launcher
  readonly #log: Logger
  readonly #reporter: Reporter
  readonly #inbox: Inbox
  readonly #clock: ClockWatch
  readonly #random: () => number
  /**
   * Last on the page, first at the start: this Pi's own numbers need nothing from outside and the smallest image, while the
   * images of those before it may take a Pi a quarter of an hour to build.
   */
  readonly #sources: SourceId[] = sourceIds.filter((id) => sourceContract(id).life === 'poll').toReversed()
  readonly #demands = new Map<SourceId, DemandRunner>()
  readonly #stopping = new AbortController()
  #schedule: Schedule | undefined
  #runner: Runner | undefined
  #gate: EngineGate | undefined
  #config: Config | undefined
  #timer: NodeJS.Timeout | undefined
  #isTellingStatus = false

  constructor({ store, connect, launcher, log, random = Math.random }: OrchestratorOptions) {
    this.#store = store
    this.#launcher = launcher
    this.#log = log
    this.#random = random
    this.#reporter = new Reporter(store, log)
    this.#clock = new ClockWatch(store.time)
    this.#inbox = new Inbox({
      store,
      connect,
      log,
      onOrder: (order) => this.#follow(order),
      onConfig: ({ config }) => this.#configure(config),
    })
  }

  async start(): Promise<void> {
    const onDemand = sourceIds.filter((id) => sourceContract(id).life === 'demand')
    const remembered = await remember(this.#store, this.#reporter, [...this.#sources, ...onDemand])
    const schedule = new Schedule(this.#random, remembered)
    const parts = { launcher: this.#launcher, schedule, reporter: this.#reporter, log: this.#log }
    const gate = new EngineGate({ ...parts, time: this.#store.time, signal: this.#stopping.signal })
    for (const source of onDemand) this.#demands.set(source, this.#newDemand(source, gate))
    this.#schedule = schedule
    this.#gate = gate
    this.#runner = new Runner({
      ...parts,
      store: this.#store,
      settings: (source) => (this.#config ?? defaultConfig).sources[source],
      onBegun: () => this.wake(),
      onEnd: (source, didRun) => void this.#ended(source, didRun),
      onRedisAway: () => schedule.hold('redis'),
      onEngineAway: (error) => void gate.wait(error).then(() => this.wake()),
    })
    // Until it is known what runs already, nothing may start.
    schedule.hold('start')
    this.#store.redis.on('close', this.#onRedisAway)
    this.#store.redis.on('ready', this.#onRedisBack)
    if (this.#store.redis.status !== 'ready') schedule.hold('redis')
    this.#inbox.start()
    await this.#untilConfigured()
    await gate.wait(null, () => this.#takeUp())
    schedule.release('start')
    this.#publishStates()
    this.wake()
  }

  /** Kills what runs, removes what was made, and tells Redis. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#schedule?.hold('stop')
    clearTimeout(this.#timer)
    this.#store.redis.off('close', this.#onRedisAway)
    this.#store.redis.off('ready', this.#onRedisBack)
    const demands = [...this.#demands.values()].map((demand) => demand.stop())
    await Promise.race([Promise.all([this.#runner?.stop(), ...demands]), pause(stopWithinMs)])
    await this.#launcher.stop()
    await Promise.race([this.#reporter.flush(), pause(500)])
    await this.#inbox.stop()
  }

  /** Looks what is due now. Called by its own timer, and whenever something changed. */
  wake(): void {
    const schedule = this.#schedule
    const runner = this.#runner
    if (schedule === undefined || runner === undefined || this.#stopping.signal.aborted) return
    const nowMs = this.#store.time.monotonicMs()
    this.#watchClock()
    const deadlineMs = runner.enforce(nowMs)
    const { start, wakeAtMs } = schedule.next(nowMs)
    for (const { source, cause } of start) runner.start(source as SourceId, cause)
    const isHeld = schedule.isHeld('start') || schedule.isHeld('engine')
    if (!isHeld && this.#haveAllPollsRun()) this.#makeDemandsReady()
    const wakes = [...this.#demands.values()].map((demand) => demand.act(nowMs, isHeld))
    void this.#flush()
    const times = [deadlineMs, wakeAtMs, ...wakes].map((each) => each ?? Infinity)
    const inMs = Math.min(...times, nowMs + longestSleepMs) - nowMs
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.wake(), Math.max(0, Math.ceil(inMs)))
  }

  /** Offers Redis again what it did not take before; runs wait until it takes everything. */
  async #flush(): Promise<void> {
    const schedule = this.#schedule
    const isWritten = await this.#reporter.flush()
    if (schedule === undefined || isWritten !== schedule.isHeld('redis')) return
    if (!isWritten) return schedule.hold('redis')
    if (this.#store.redis.status !== 'ready') return
    schedule.release('redis')
    this.wake()
  }

  /** Goes on with the runs that an earlier life of this process began. */
  async #takeUp(): Promise<void> {
    const running = new Set(await this.#launcher.running())
    for (const source of this.#sources) {
      const { running: started } = this.#reporter.state(source)
      if (started === null && !running.has(source)) continue
      this.#log.info('a run from before is taken up', { source, isRunning: running.has(source) })
      this.#runner?.takeUp(source, started)
    }
    for (const [source, demand] of this.#demands) {
      const { running: started, last } = this.#reporter.state(source)
      if (started !== null || running.has(source)) demand.takeUp(started)
      else if (last !== null && isSameBoot(last.ended, this.#store.now())) demand.recall(last)
    }
  }

  #newDemand(source: SourceId, gate: EngineGate): DemandRunner {
    return new DemandRunner({
      source,
      store: this.#store,
      launcher: this.#launcher,
      reporter: this.#reporter,
      log: this.#log,
      settings: () => (this.#config ?? defaultConfig).sources[source],
      onChange: () => this.wake(),
      onEngineAway: (error) => void gate.wait(error).then(() => this.wake()),
    })
  }

  async #untilConfigured(): Promise<void> {
    for (let waitedMs = 0; this.#config === undefined && waitedMs < configWithinMs; waitedMs += 100) {
      await pause(100, this.#stopping.signal)
      if (this.#stopping.signal.aborted) return
    }
    if (this.#config !== undefined) return
    this.#log.warn('the gateway has not said which configuration is in force: defaults hold until it does')
    this.#configure(defaultConfig)
  }

  #configure(config: Config): void {
    this.#config = config
    this.#schedule?.configure(
      plansOf(config, this.#sources),
      config.maxConcurrent,
      this.#store.time.monotonicMs(),
    )
    for (const [source, demand] of this.#demands) demand.configure(config.sources[source])
    if (this.#schedule?.isHeld('start') === false) this.#publishStates()
    this.wake()
  }

  #follow(order: Order): void {
    const now = this.#store.now()
    if (!isSameBoot(order.asked, now) || elapsedMs(order.asked, now) > orderMaxAgeMs) {
      this.#log.warn('an order is too old to be followed', { type: order.type })
      return
    }
    if (order.type === 'status') {
      void this.#tellStatus()
      return
    }
    if (order.type === 'watch' || order.type === 'leave') {
      this.#demands.get(order.source as SourceId)?.follow(order)
      this.wake()
      return
    }
    const answer = this.#schedule?.ask(order.source, order.by)
    this.#log.info('a run was asked for', { source: order.source, by: order.by, answer })
    this.wake()
  }

  async #ended(source: SourceId, didRun: boolean): Promise<void> {
    if (didRun) this.#gate?.reset()
    this.wake()
    if (this.#reporter.has('compose')) void this.#gate?.checkDefinitions()
    // A command that came while the run was under way would otherwise wait a whole interval.
    const queued = await this.#store.redis.llen(keys.queuedCommands(this.#store.node, source)).catch(() => 0)
    if (queued === 0) return
    this.#schedule?.ask(source, 'command')
    this.wake()
  }

  /** Images are built one at a time, and those of the polls come first: each of them has numbers for the page. */
  #haveAllPollsRun(): boolean {
    const config = this.#config ?? defaultConfig
    return this.#sources.every((id) => !config.sources[id].enabled || this.#reporter.state(id).last !== null)
  }

  #makeDemandsReady(): void {
    const { sources } = this.#config ?? defaultConfig
    for (const [source, demand] of this.#demands) if (sources[source].enabled) demand.makeReady()
  }

  async #tellStatus(): Promise<void> {
    if (this.#isTellingStatus) return
    this.#isTellingStatus = true
    try {
      const status: SystemStatus = { taken: this.#store.now(), ...(await this.#launcher.status()) }
      const { redis, node } = this.#store
      await withRoom(redis, () => redis.set(keys.status(node), JSON.stringify(status), 'EX', statusKeptS))
    } catch (error) {
      this.#log.warn('the status can’t be told', { error })
    } finally {
      this.#isTellingStatus = false
    }
  }

  #watchClock(): void {
    const jumpMs = this.#clock.check()
    if (jumpMs === null) return
    this.#log.warn('the clock jumped', { jumpMs })
    this.#reporter.clockJump(jumpMs)
    // Nothing moves on the monotonic clock, but what time the next run is has another name now.
    this.#publishStates(true)
  }

  #publishStates(always = false): void {
    for (const source of this.#sources) {
      const state = this.#runner?.state(source)
      if (state === undefined) continue
      if (always || !isSameState(state, this.#reporter.state(source))) this.#reporter.setState(source, state)
    }
  }

  readonly #onRedisAway = (): void => {
    this.#schedule?.hold('redis')
  }

  readonly #onRedisBack = (): void => {
    this.#reporter.repeat()
    void this.#flush()
  }
}

function isSameState(a: RunState, b: RunState): boolean {
  const key = ({ running, next, failuresInARow }: RunState) =>
    `${running?.clock.ms} ${next === null ? '' : Math.round(next.clock.ms)} ${failuresInARow}`
  return key(a) === key(b)
}
