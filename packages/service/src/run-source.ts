import { isDeepStrictEqual } from 'node:util'
import {
  type Command,
  type Config,
  commonVariables,
  defaultConfig,
  type Environment,
  type Failure,
  type Reading,
  type SourceContract,
  type SourceId,
  type SourceSettings,
  TailboardError,
  type Variables,
} from '@tailboard/contracts'
import { stampNow, systemTime, type TimeSource } from './clock.ts'
import { onCrash } from './crash.ts'
import { readEnvironment } from './env.ts'
import { toFailure } from './failure.ts'
import { RunLock } from './lock.ts'
import { createLogger, type Logger } from './log.ts'
import { SourceMemory } from './memory.ts'
import { findNodeName } from './node-name.ts'
import { redactor } from './redact.ts'
import { createRedis } from './redis.ts'
import { checkReading, Store } from './store.ts'

/** How a run ended, as its exit code. The orchestrator reads the outcome in Redis; a person reads this. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  bug: 70,
  noRedis: 69,
  notGivenBack: 76,
  alreadyRunning: 75,
  misconfigured: 78,
} as const

/** A command that waited longer than this is not carried out any more: nobody stands there now (ms). */
const commandMaxAgeMs = 120_000
const nodeNameWithinMs = 5_000

/** What a source measured. */
export interface Measurement {
  data: Record<string, unknown>
  /** When the world was so; now, when absent. */
  measuredAt?: Date
  /** What is missing in the data, when it is only part of what it should be. */
  problem?: TailboardError
  /** How long this may pass for current (s), where the device knows better than twice the interval. */
  staleAfterS?: number
  /**
   * In how long another run is worth its cost (s), where the device says when it measures next. The orchestrator keeps it
   * between its least interval and twice the owner's.
   */
  nextInS?: number
  /** Made up: the run spoke to a stand-in. */
  simulated?: boolean
}

/** What a run has to work with. */
export interface RunContext<V extends Variables = Variables> {
  environment: Environment<V>
  settings: SourceSettings & Record<string, unknown>
  config: Config
  /** Aborts at the source's time limit and at SIGTERM. */
  signal: AbortSignal
  time: TimeSource
  log: Logger
  /** The last good reading. */
  previous: Reading | null
  /** What the source keeps between runs. */
  memory: SourceMemory
}

/** A poll source: its contract, and what it does. Glue only: the protocol stands in a file of its own. */
export interface PollSource {
  contract: SourceContract
  measure(context: RunContext): Promise<Measurement>
  /** Carries out a command and says in words what came of it. */
  carryOut?(command: Command, context: RunContext): Promise<string>
  /** The last run of a disabled source: returns what it holds elsewhere. */
  giveBack?(context: RunContext): Promise<void>
}

/** Runs a poll source once and ends the process with one of `exitCodes`. */
export async function runSource(source: PollSource): Promise<never> {
  onCrash(createLogger({ service: `source-${source.contract.id}` }), exitCodes.bug)
  process.exit(await runOnce(source))
}

/** As `runSource`, without ending the process. `raw` and `time` are for tests. */
export async function runOnce(
  source: PollSource,
  raw?: Record<string, string | undefined>,
  time: TimeSource = systemTime,
): Promise<number> {
  const id = source.contract.id as SourceId
  let log = createLogger({ service: `source-${id}` })
  let environment: Environment<typeof commonVariables>
  try {
    environment = readEnvironment({ ...commonVariables, ...source.contract.variables }, raw)
  } catch (error) {
    log.error('the environment is wrong', { error })
    return exitCodes.misconfigured
  }
  log = createLogger({ service: `source-${id}`, level: environment.LOG_LEVEL })
  const redis = createRedis(environment.REDIS_URL, { name: `source-${id}`, log })
  try {
    await redis.connect()
    const node = await findNodeName(redis, environment.TAILBOARD_NODE, nodeNameWithinMs)
    return await runWithStore(source, new Store(redis, node, time), environment, log)
  } catch (error) {
    log.error('the run could not start', { error })
    return error instanceof TailboardError ? exitCodes.misconfigured : exitCodes.noRedis
  } finally {
    redis.disconnect()
  }
}

async function runWithStore(
  source: PollSource,
  store: Store,
  environment: Environment<typeof commonVariables>,
  log: Logger,
): Promise<number> {
  const id = source.contract.id as SourceId
  const config = (await store.readConfig())?.config ?? defaultConfig
  const settings = config.sources[id]
  const timeoutMs = settings.timeoutSeconds * 1000
  const lock = new RunLock(store.redis, store.node, id, store.time)
  if (!(await lock.take(timeoutMs * 2))) {
    log.warn('another run of this source is under way')
    return exitCodes.alreadyRunning
  }
  const stop = new AbortController()
  let nextInS: number | undefined
  const onSignal = () => stop.abort(new TailboardError('timeout', 'The run was stopped before it was done'))
  process.once('SIGTERM', onSignal)
  process.once('SIGINT', onSignal)
  const deadline = setTimeout(() => {
    stop.abort(
      new TailboardError('timeout', `The measurement took longer than ${settings.timeoutSeconds} s`, {
        hint: `Raise sources.${id}.timeoutSeconds in config/tailboard.yaml if it needs more.`,
      }),
    )
  }, timeoutMs)
  try {
    const stored = await store.readSource(id)
    for (const problem of stored.problems) log.warn('a record in Redis can’t be read', { problem })
    const context: RunContext = {
      environment,
      settings,
      config,
      signal: stop.signal,
      time: store.time,
      log,
      previous: stored.reading,
      memory: new SourceMemory(store.redis, store.node, id, log),
    }
    if (!settings.enabled) return await giveBack(source, context)
    await carryOutCommands(source, store, context)
    const done = await measureAndPublish(source, store, context, environment.TAILBOARD_SIMULATED)
    nextInS = done.nextInS
    return done.exitCode
  } finally {
    clearTimeout(deadline)
    process.off('SIGTERM', onSignal)
    process.off('SIGINT', onSignal)
    await reportCost(store, id, log, nextInS)
    await lock.give()
  }
}

/** Publishes nothing: no measurement was asked for, so none has failed. The orchestrator reads the log's last words. */
async function giveBack(source: PollSource, context: RunContext): Promise<number> {
  const { log, signal } = context
  try {
    if (source.giveBack !== undefined) await abortable(source.giveBack(context), signal)
    log.info('disabled: nothing is measured')
    return exitCodes.ok
  } catch (error) {
    if (!(error instanceof TailboardError)) {
      log.error('disabled: a fault in the program while it gave back what it held', { error })
      return exitCodes.bug
    }
    log.warn('disabled: what it held could not be given back', { error })
    return exitCodes.notGivenBack
  }
}

async function measureAndPublish(
  source: PollSource,
  store: Store,
  context: RunContext,
  isSimulated: boolean,
): Promise<{ exitCode: number; nextInS?: number | undefined }> {
  const id = source.contract.id as SourceId
  try {
    const measured = await abortable(source.measure(context), context.signal)
    const stamp = stampNow(store.time)
    const measuredAt = measured.measuredAt?.toISOString() ?? stamp.at
    const reading: Reading = {
      node: store.node,
      source: id,
      schema: source.contract.schema,
      // A device whose clock runs ahead has still not measured in the future.
      measuredAt: measuredAt > stamp.at ? stamp.at : measuredAt,
      writtenAt: stamp.at,
      clock: stamp.clock,
      simulated: measured.simulated ?? isSimulated,
      ...(measured.staleAfterS === undefined ? {} : { staleAfterS: measured.staleAfterS }),
      data: redactor.redactValue(measured.data),
    }
    const problem = measured.problem === undefined ? null : toFailure(measured.problem, stamp, context.log)
    if (measured.measuredAt !== undefined && isSameMeasurement(checkReading(reading), context.previous)) {
      await store.publishSuccess(id, problem)
    } else {
      await store.publishReading(reading, problem)
    }
    context.log.info('measured', problem === null ? {} : { problem })
    return { exitCode: exitCodes.ok, nextInS: measured.nextInS }
  } catch (error) {
    const failure: Failure = toFailure(error, stampNow(store.time), context.log)
    await store.publishFailure(id, failure)
    return { exitCode: error instanceof TailboardError ? exitCodes.failed : exitCodes.bug }
  }
}

function isSameMeasurement(reading: Reading, previous: Reading | null): boolean {
  return (
    previous !== null &&
    previous.measuredAt === reading.measuredAt &&
    // After a boot it is written once more: the age of what an earlier boot wrote hangs on the wall clock.
    previous.clock.boot === reading.clock.boot &&
    previous.simulated === reading.simulated &&
    // Not as text: what was stored has the order of the schema's keys.
    isDeepStrictEqual(previous.data, reading.data)
  )
}

/** Ends with the signal's reason even when `work` never looks at the signal. */
function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    if (signal.aborted) return onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

async function carryOutCommands(source: PollSource, store: Store, context: RunContext): Promise<void> {
  const id = source.contract.id as SourceId
  for (;;) {
    const command = await store.takeCommand(id)
    if (command === null) return
    const finish = (status: 'done' | 'failed', outcome: string) =>
      store.publishCommand({ ...command, status, outcome: redactor.redact(outcome), finished: store.now() })
    const isOfThisBoot = command.asked.clock.boot === store.time.boot
    if (!isOfThisBoot || store.time.monotonicMs() - command.asked.clock.ms > commandMaxAgeMs) {
      await finish('failed', 'It waited too long and was not carried out')
    } else if (source.carryOut === undefined) {
      await finish('failed', 'This source has no commands')
    } else {
      try {
        await finish('done', await abortable(source.carryOut(command, context), context.signal))
      } catch (error) {
        const failure = toFailure(error, stampNow(store.time), context.log)
        await finish(
          'failed',
          failure.hint === null ? failure.message : `${failure.message}. ${failure.hint}`,
        )
      }
    }
  }
}

async function reportCost(store: Store, id: SourceId, log: Logger, nextInS?: number): Promise<void> {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
  try {
    await store.writeCost(
      id,
      { peakMemoryBytes: maxRSS * 1024, cpuMs: (userCPUTime + systemCPUTime) / 1000 },
      nextInS,
    )
  } catch (error) {
    log.warn('the run’s cost could not be written', { error })
  }
}
