import {
  type Command,
  type Config,
  type Environment,
  type Failure,
  type PublishedConfig,
  type Reading,
  runVerb,
  type SourceContract,
  type SourceId,
  TailboardError,
  type Variables,
} from '@tailboard/contracts'
import type { Redis } from 'ioredis'
import { carryOutCommands } from './carry-out.ts'
import { toFailure } from './failure.ts'
import type { Logger } from './log.ts'
import { abortable, isSameData, type Measurement, type RunContext, toReading } from './measurement.ts'
import { SourceMemory } from './memory.ts'
import { SourceInbox } from './source-inbox.ts'
import { checkReading, type Store } from './store.ts'

/** After a failure it is tried again this soon, however long the interval: what comes back is back within 30 s (ms). */
const retryMs = 15_000
/** A failure that lasts is said again this often, so that its time is not an hour old (ms). */
const sayAgainMs = 60_000

/** What a source that always lives has to work with. */
export interface ServiceContext extends RunContext {
  store: Store
  /** Measures now instead of at the next interval. */
  measureNow(): void
}

/** A source that always lives: its contract, and what it does. Glue only: the protocol stands in files of its own. */
export interface ServiceSource {
  contract: SourceContract
  /** The settings in force, at start and at each change; `settings.enabled` false: let go of the hardware. */
  configure?(context: ServiceContext): Promise<void>
  /** One measurement. Hardware that is not there is a TailboardError, and looked for anew in the next. */
  measure(context: ServiceContext): Promise<Measurement>
  /** Carries out a command and says in words what came of it. */
  carryOut?(command: Command, context: ServiceContext): Promise<string>
  /** Lets go of everything. */
  stop?(): Promise<void>
}

export interface ServiceRunnerOptions {
  store: Store
  /** A connection of its own, to wait in. */
  blocking: Redis
  config: Config
  environment: Environment<Variables>
  log: Logger
}

/** Measures at the source's interval (monotonic), publishes, carries out commands, and follows the configuration. */
export class ServiceRunner {
  readonly #source: ServiceSource
  readonly #id: SourceId
  readonly #options: ServiceRunnerOptions
  readonly #memory: SourceMemory
  readonly #inbox: SourceInbox
  readonly #stop = new AbortController()
  #config: Config
  #previous: Reading | null = null
  /** How often Redis came back. */
  #connections = 0
  #said: { text: string; ms: number } | null = null
  #timer: NodeJS.Timeout | undefined
  #complaint = ''
  /** One thing after another: a measurement, a command, a change of settings. */
  #turn: Promise<void> = Promise.resolve()

  constructor(source: ServiceSource, options: ServiceRunnerOptions) {
    const { store, log, blocking } = options
    this.#source = source
    this.#id = source.contract.id as SourceId
    this.#options = options
    this.#config = options.config
    this.#memory = new SourceMemory(store.redis, store.node, this.#id, log)
    this.#inbox = new SourceInbox({
      store,
      source: this.#id,
      redis: blocking,
      log,
      onConfig: (published) => this.#takeConfig(published),
      onCommands: () => this.#takeCommands(),
      // A Redis that came back empty must get the reading again, changed or not.
      onReconnected: () => {
        this.#previous = null
        this.#said = null
        this.#connections += 1
      },
    })
  }

  async start(): Promise<void> {
    await this.#inTurn('settings', () => this.#configure())
    this.#inbox.start()
    this.#measureIn(0)
  }

  /** What is under way ends first, then the source lets go of its hardware. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer)
    this.#stop.abort(new TailboardError('timeout', 'The service was stopped'))
    await this.#inbox.stop()
    await this.#turn
    clearTimeout(this.#timer)
    await this.#source.stop?.()
  }

  get #settings(): RunContext['settings'] {
    return this.#config.sources[this.#id]
  }

  #context(signal: AbortSignal): ServiceContext {
    const { store, environment, log } = this.#options
    return {
      environment,
      settings: this.#settings,
      config: this.#config,
      signal,
      time: store.time,
      log,
      previous: this.#previous,
      memory: this.#memory,
      store,
      measureNow: () => this.#measureIn(0),
    }
  }

  #takeConfig({ config }: PublishedConfig): void {
    const before = JSON.stringify(this.#settings)
    this.#config = config
    if (JSON.stringify(this.#settings) === before) return
    void this.#inTurn('settings', () => this.#configure())
    this.#measureIn(0)
  }

  async #configure(): Promise<void> {
    await this.#source.configure?.(this.#context(this.#stop.signal))
    if (!this.#settings.enabled) this.#options.log.info('disabled: nothing is measured')
  }

  #takeCommands(): void {
    void this.#inTurn('commands', () => {
      const carryOut = (command: Command, context: RunContext) => this.#carryOut(command, context)
      const { store } = this.#options
      return this.#withDeadline((context) => carryOutCommands(this.#id, carryOut, store, context))
    })
  }

  async #carryOut(command: Command, context: RunContext): Promise<string> {
    if (!this.#settings.enabled) throw new TailboardError('refused', 'This source is switched off')
    if (command.verb === runVerb) {
      this.#measureIn(0)
      return 'It measures now'
    }
    if (this.#source.carryOut === undefined) {
      throw new TailboardError('refused', 'This source has no commands')
    }
    const said = await this.#source.carryOut(command, context as ServiceContext)
    // What it changed is seen at once.
    this.#measureIn(0)
    return said
  }

  #measureIn(ms: number): void {
    clearTimeout(this.#timer)
    if (this.#stop.signal.aborted) return
    this.#timer = setTimeout(() => void this.#inTurn('measurement', () => this.#measureOnce()), ms)
  }

  async #measureOnce(): Promise<void> {
    if (!this.#settings.enabled) return
    const { time } = this.#options.store
    const started = time.monotonicMs()
    let isWell = false
    try {
      isWell = await this.#measureAndPublish()
    } finally {
      const intervalMs = this.#settings.intervalSeconds * 1000
      const wantedMs = isWell ? intervalMs : Math.min(intervalMs, retryMs)
      this.#measureIn(Math.max(0, wantedMs - (time.monotonicMs() - started)))
    }
  }

  /** Whether all is well. A failure is published beside the last good reading, once and then seldom. */
  async #measureAndPublish(): Promise<boolean> {
    const { store, environment } = this.#options
    const before = this.#said
    let measured: Measurement
    let reading: Reading
    try {
      measured = await this.#withDeadline((context) => this.#source.measure(context))
      const isSimulated = environment.TAILBOARD_SIMULATED === true
      reading = checkReading(toReading(this.#source.contract, store.node, measured, store.now(), isSimulated))
    } catch (error) {
      if (this.#stop.signal.aborted) return false
      const failure = this.#toFailure(error)
      const isOld = before === null || failure.clock.ms - before.ms >= sayAgainMs
      if (isOld || before.text !== this.#said?.text) await store.publishFailure(this.#id, failure)
      else this.#said = before
      return false
    }
    const problem = measured.problem === undefined ? null : this.#toFailure(measured.problem)
    if (problem === null) this.#said = null
    const connections = this.#connections
    if (isSameData(reading, this.#previous)) await store.publishSuccess(this.#id, problem)
    else await store.publishReading(reading, problem, this.#settings.intervalSeconds)
    // What waited for Redis to come back does not tell whether it still holds the reading.
    this.#previous = connections === this.#connections ? reading : null
    return problem === null
  }

  /** As a failure for the owner; in the log once, however long it lasts. */
  #toFailure(error: unknown): Failure {
    const { log, store } = this.#options
    const text = error instanceof TailboardError ? `${error.message}|${error.hint}` : String(error)
    const isKnown = this.#said?.text === text
    const stamp = store.now()
    const failure = toFailure(error, stamp, isKnown ? { ...log, warn: log.debug, error: log.debug } : log)
    this.#said = { text, ms: stamp.clock.ms }
    return failure
  }

  /** Gives up at the source's time limit and when the service is stopped. */
  async #withDeadline<T>(task: (context: ServiceContext) => Promise<T>): Promise<T> {
    const { timeoutSeconds } = this.#settings
    const late = new AbortController()
    const reason = new TailboardError('timeout', `It took longer than ${timeoutSeconds} s`, {
      hint: `Raise sources.${this.#id}.timeoutSeconds in config/tailboard.yaml if it needs more.`,
    })
    const timer = setTimeout(() => late.abort(reason), timeoutSeconds * 1000)
    const onStop = () => late.abort(this.#stop.signal.reason)
    this.#stop.signal.addEventListener('abort', onStop, { once: true })
    if (this.#stop.signal.aborted) onStop()
    try {
      return await abortable(task(this.#context(late.signal)), late.signal)
    } finally {
      clearTimeout(timer)
      this.#stop.signal.removeEventListener('abort', onStop)
    }
  }

  /** Whatever fails there (Redis is away, a fault) ends that one thing alone, and is logged once until one succeeds. */
  #inTurn(what: string, task: () => Promise<void>): Promise<void> {
    const work = async () => {
      try {
        await task()
        this.#complaint = ''
      } catch (error) {
        if (this.#stop.signal.aborted) return
        const { log } = this.#options
        const complaint = `${what}: it could not be finished`
        if (complaint !== this.#complaint) log.warn(complaint, { error })
        this.#complaint = complaint
      }
    }
    this.#turn = this.#turn.then(work)
    return this.#turn
  }
}
