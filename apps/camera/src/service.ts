import {
  cameraId,
  commonVariables,
  defaultConfig,
  type Failure,
  isSameBoot,
  type Reading,
  type SourceSettings,
  TailboardError,
} from '@tailboard/contracts'
import {
  type CameraData,
  type CameraVariables,
  cameraData,
  camera as contract,
} from '@tailboard/contracts/sources/camera'
import {
  createLogger,
  createRedis,
  exitCodes,
  findNodeName,
  HeartbeatSender,
  type Logger,
  onCrash,
  onShutdown,
  readEnvironment,
  Store,
  systemTime,
  toFailure,
} from '@tailboard/service'
import * as v from 'valibot'
import { Camera } from './camera.ts'
import { HlsFolder } from './hls-folder.ts'
import { parseInput } from './input.ts'
import type { Picture } from './settings.ts'
import { version } from './version.ts'
import { watchdogLimits } from './watchdog.ts'

const variables = { ...commonVariables, ...contract.variables } as typeof commonVariables & CameraVariables
const service = `source-${cameraId}`
const source = cameraId
const nodeNameWithinMs = 5_000
/** Redis that hangs must not hold up the end. */
const goodbyeWithinMs = 1_000

type Settings = SourceSettings & Picture

/** Runs the camera until SIGTERM, or until it fails, and ends the process with one of `exitCodes`. */
export async function runCamera(): Promise<never> {
  let log = createLogger({ service })
  onCrash(log, exitCodes.bug)
  const stop = new AbortController()
  try {
    const environment = readEnvironment(variables)
    log = createLogger({ service, level: environment.LOG_LEVEL })
    // First of all, before anything that may take long or fail: what a run that was killed has left behind goes.
    let work: Promise<unknown> = new HlsFolder(environment.HLS_DIR).clear()
    onShutdown(log, async () => {
      stop.abort()
      await work
    })
    await work
    const redis = createRedis(environment.REDIS_URL, { name: service, log })
    await redis.connect()
    const node = await findNodeName(redis, environment.TAILBOARD_NODE, nodeNameWithinMs)
    const store = new Store(redis, node, systemTime)
    const streaming = stream(store, environment.CAMERA_INPUT, environment.HLS_DIR, log, stop.signal)
    work = streaming
    const code = await streaming
    redis.disconnect()
    process.exit(code)
  } catch (error) {
    log.error('the camera could not start', { error })
    process.exit(error instanceof TailboardError ? exitCodes.misconfigured : exitCodes.noRedis)
  }
}

async function stream(
  store: Store,
  input: string,
  folder: string,
  log: Logger,
  signal: AbortSignal,
): Promise<number> {
  if (!(await isLookedAt(store))) {
    log.info('nobody looks: the folder is empty, and no camera is opened')
    return exitCodes.ok
  }
  const settings = await readSettings(store, log)
  if (!settings.enabled) {
    log.info('disabled: nothing is shown')
    return exitCodes.ok
  }
  const heartbeat = new HeartbeatSender(store, log, service, version)
  heartbeat.start()
  const publisher = new Publisher(store, log, input === 'test')
  let timer: NodeJS.Timeout | undefined
  try {
    const camera = new Camera({
      input: parseInput(input),
      picture: settings,
      folder,
      time: store.time,
      log,
      programs: { ffmpeg: 'ffmpeg', rpicam: 'rpicam-vid' },
      limits: { ...watchdogLimits, firstMs: settings.timeoutSeconds * 1000 },
      onState: (data) => publisher.say(data),
    })
    timer = setInterval(() => publisher.say(camera.state), settings.intervalSeconds * 1000)
    await camera.run(signal)
    return exitCodes.ok
  } catch (error) {
    publisher.fail(toFailure(error, store.now(), log))
    return error instanceof TailboardError ? exitCodes.failed : exitCodes.bug
  } finally {
    clearInterval(timer)
    await Promise.race([
      Promise.all([publisher.written, heartbeat.stop()]),
      new Promise((resolve) => setTimeout(resolve, goodbyeWithinMs)),
    ])
  }
}

/** Whether the orchestrator has started this run for somebody. It starts one for nobody after a kill, to have the folder emptied. */
async function isLookedAt(store: Store): Promise<boolean> {
  const { running } = (await store.readSource(source)).run
  return running !== null && isSameBoot(running, store.now())
}

/** The owner's, where the gateway has published them. */
async function readSettings(store: Store, log: Logger): Promise<Settings> {
  let config = defaultConfig
  try {
    config = (await store.readConfig())?.config ?? defaultConfig
  } catch (error) {
    log.warn('the settings can’t be read: defaults hold', { error })
  }
  return config.sources[source] as unknown as Settings
}

/** Writes what the camera says, one after another. A Redis that is away costs what was said meanwhile, never the picture. */
class Publisher {
  readonly #store: Store
  readonly #log: Logger
  readonly #simulated: boolean
  written: Promise<void> = Promise.resolve()

  constructor(store: Store, log: Logger, simulated: boolean) {
    this.#store = store
    this.#log = log
    this.#simulated = simulated
  }

  say(given: CameraData): void {
    const data = v.parse(cameraData, given)
    const stamp = this.#store.now()
    const reading: Reading = {
      node: this.#store.node,
      source,
      schema: contract.schema,
      measuredAt: stamp.at,
      writtenAt: stamp.at,
      clock: stamp.clock,
      simulated: this.#simulated,
      data,
    }
    this.#write(() => this.#store.publishReading(reading, null))
  }

  fail(failure: Failure): void {
    this.#write(() => this.#store.publishFailure(source, failure))
  }

  #write(work: () => Promise<void>): void {
    this.written = this.written.then(work).catch((error: unknown) => {
      this.#log.warn('the camera’s state could not be written', { error })
    })
  }
}
