import {
  type Command,
  commonVariables,
  defaultConfig,
  type Environment,
  type Failure,
  type Reading,
  type SourceContract,
  type SourceId,
  TailboardError,
} from '@tailboard/contracts'
import { carryOutCommands } from './carry-out.ts'
import { stampNow, systemTime, type TimeSource } from './clock.ts'
import { onCrash } from './crash.ts'
import { readEnvironment } from './env.ts'
import { toFailure } from './failure.ts'
import { RunLock } from './lock.ts'
import { createLogger, type Logger } from './log.ts'
import { abortable, isSameData, type Measurement, type RunContext, toReading } from './measurement.ts'
import { SourceMemory } from './memory.ts'
import { findNodeName } from './node-name.ts'
import { createRedis } from './redis.ts'
import { checkReading, Store } from './store.ts'

export type { Measurement, RunContext } from './measurement.ts'

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

const nodeNameWithinMs = 5_000

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
    await carryOutCommands(id, source.carryOut?.bind(source), store, context)
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
    const reading = toReading(source.contract, store.node, measured, stamp, isSimulated)
    const problem = measured.problem === undefined ? null : toFailure(measured.problem, stamp, context.log)
    if (measured.measuredAt !== undefined && isSameMeasurement(checkReading(reading), context.previous)) {
      await store.publishSuccess(id, problem)
    } else {
      await store.publishReading(reading, problem, context.settings.intervalSeconds)
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
  return previous?.measuredAt === reading.measuredAt && isSameData(reading, previous)
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
