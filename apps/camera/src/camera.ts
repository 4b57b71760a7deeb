import { randomBytes } from 'node:crypto'
import { TailboardError } from '@tailboard/contracts'
import type { CameraData, CameraPhase } from '@tailboard/contracts/sources/camera'
import type { Logger, TimeSource } from '@tailboard/service'
import { commandsOf } from './ffmpeg-args.ts'
import { failureOf, isEncoderFault } from './ffmpeg-failure.ts'
import { HlsFolder, type Playlist } from './hls-folder.ts'
import type { CameraInput } from './input.ts'
import { type Abilities, type Plan, plansOf } from './plan.ts'
import { encoderDevice, formatsOf, whyNoEncoder } from './probe.ts'
import type { Picture } from './settings.ts'
import { type Programs, StreamProcess } from './stream-process.ts'
import { Watchdog, type WatchdogLimits } from './watchdog.ts'

const lookEveryMs = 200

export interface CameraOptions {
  input: CameraInput
  picture: Picture
  folder: string
  time: TimeSource
  log: Logger
  programs: Programs
  limits: WatchdogLimits
  /** Where the Pi's encoder is looked for. */
  encoderDevice?: string
  /** Told at each change of phase, and by `tell`. Must not throw. */
  onState: (data: CameraData) => void
}

/** One run of the camera: what it can do is found out, the best way that works is taken, its segments are watched. */
export class Camera {
  readonly #options: CameraOptions
  readonly #folder: HlsFolder
  #state: CameraData
  #lastSequence = 0
  #stream: StreamProcess | undefined

  constructor(options: CameraOptions) {
    this.#options = options
    this.#folder = new HlsFolder(options.folder)
    this.#state = {
      phase: 'starting',
      since: this.#now(),
      input: options.input.kind,
      encoder: null,
      encoderReason: null,
      width: null,
      height: null,
      framesPerSecond: null,
      bitrateKbps: null,
      segmentS: null,
    }
  }

  /** What it would say now. */
  get state(): CameraData {
    return this.#state
  }

  /**
   * Streams until `signal` aborts. The folder is empty before the first picture and after the last.
   * @throws TailboardError why there is no picture (any more).
   */
  async run(signal: AbortSignal): Promise<void> {
    try {
      await this.#folder.clear()
      this.#options.onState(this.#state)
      await this.#streamBestWay(signal)
    } finally {
      await this.#folder.clear()
    }
    this.#setPhase('off')
  }

  async #streamBestWay(signal: AbortSignal): Promise<void> {
    const { input, picture, log } = this.#options
    const abilities = await this.#abilities(signal)
    if (signal.aborted) return
    const plans = plansOf(input, picture, abilities)
    for (const [index, plan] of plans.entries()) {
      if (signal.aborted) return
      log.info('the way is chosen', { encoder: plan.encoder, reason: plan.reason })
      Object.assign(this.#state, { encoder: plan.encoder, encoderReason: plan.reason })
      this.#options.onState(this.#state)
      const problem = await this.#streamOneWay(plan, signal)
      if (problem === null) return
      const isLast = index === plans.length - 1
      if (isLast || !problem.isEncoderFault || this.#state.phase !== 'starting') throw problem.error
      log.warn('this encoder does not work: the next one is tried', { error: problem.error })
      await this.#folder.clear()
    }
  }

  async #abilities(signal: AbortSignal): Promise<Abilities> {
    const { input, programs, encoderDevice: device = encoderDevice } = this.#options
    const formats = input.kind === 'v4l2' ? await formatsOf(programs.ffmpeg, input.path, signal) : []
    return { formats, noHardware: await whyNoEncoder(device) }
  }

  /** Null when it ended as it was asked to. */
  async #streamOneWay(
    plan: Plan,
    signal: AbortSignal,
  ): Promise<{ error: TailboardError; isEncoderFault: boolean } | null> {
    const { input, picture, folder, time, programs, limits } = this.#options
    const startNumber = Math.max(Math.floor(time.wallMs() / 1000), this.#lastSequence + 2)
    const prefix = randomBytes(5).toString('hex')
    const { encoder, inputFormat } = plan
    const stream = new StreamProcess(
      programs,
      commandsOf({ input, encoder, inputFormat, picture, folder, prefix, startNumber }),
    )
    this.#stream = stream
    const watchdog = new Watchdog(limits, time.monotonicMs())
    const onAbort = () => stream.stop()
    signal.addEventListener('abort', onAbort, { once: true })
    let unplayable: TailboardError | null = null
    const look = async () => {
      // Where all want the processor, several looks wait by now: the end must not.
      if (signal.aborted) return
      const playlist = await this.#folder.read()
      const verdict = watchdog.look(playlist, time.monotonicMs())
      if (playlist !== null) this.#take(playlist)
      unplayable ??= unplayableError(plan, stream)
      if (verdict === 'dead' || unplayable !== null) stream.kill()
      else this.#setPhase(verdict)
    }
    let looking = Promise.resolve()
    const timer = setInterval(() => {
      looking = looking.then(look)
    }, lookEveryMs)
    const running = stream.run()
    // It may have been aborted while what it can do was looked up.
    if (signal.aborted) stream.stop()
    const end = await running.finally(() => clearInterval(timer))
    signal.removeEventListener('abort', onAbort)
    await looking
    if (signal.aborted) return null
    const error = unplayable ?? watchdog.error() ?? endError(input, end)
    return { error, isEncoderFault: encoder !== 'copy' && isEncoderFault(end.lines) }
  }

  #take({ sequence, longestS, bitrateKbps }: Playlist): void {
    this.#lastSequence = sequence
    const { width, height, framesPerSecond } = this.#stream?.facts ?? {}
    Object.assign(this.#state, {
      width: width ?? null,
      height: height ?? null,
      framesPerSecond: framesPerSecond ?? null,
      bitrateKbps,
      segmentS: longestS,
    })
  }

  #setPhase(phase: CameraPhase): void {
    if (phase === this.#state.phase) return
    this.#options.log.info('the camera', { phase })
    this.#state = { ...this.#state, phase, since: this.#now() }
    this.#options.onState(this.#state)
  }

  #now(): string {
    return new Date(this.#options.time.wallMs()).toISOString()
  }
}

/** Browsers play H.264; a stream that is passed on as it is may hold something else. */
function unplayableError({ encoder }: Plan, { facts }: StreamProcess): TailboardError | null {
  if (encoder !== 'copy' || facts.codec === null || facts.codec === 'h264') return null
  return new TailboardError('misconfigured', `The camera sends ${facts.codec}, which browsers can’t play`, {
    hint: 'Set it to H.264 on the camera’s own page, or name its second stream as CAMERA_INPUT in .env.',
  })
}

function endError(
  input: CameraInput,
  { missing, lines, exitCode }: { missing: string | null; lines: string[]; exitCode: number | null },
): TailboardError {
  if (missing === null) return failureOf(input, lines, exitCode)
  const hint =
    input.kind === 'libcamera' && !missing.endsWith('ffmpeg')
      ? 'docs/pi-setup.md says how it comes into the image.'
      : 'Install it with: sudo apt install ffmpeg'
  return new TailboardError('misconfigured', `${missing.split('/').at(-1)} is not installed here`, { hint })
}
