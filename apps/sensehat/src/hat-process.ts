import { type ChildProcess, fork } from 'node:child_process'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { type Backoff, backoffMs } from '@tailboard/service/backoff'
import type { Logger } from '@tailboard/service/log'
import type { Animation, OnPress, RawMotion } from './driver.ts'
import type { FromChild, Parts, ToChild } from './hat-messages.ts'

const restart: Backoff = { firstMs: 500, factor: 2, mostMs: 60_000 }
/** A child that ran this long was well: what ends it then is a new trouble (ms). */
const wellAfterMs = 60_000
/** A motion chip that ended the child is left alone for this long, twice as long each time (ms). */
const motionRest: Backoff = { firstMs: 30_000, factor: 2, mostMs: 900_000 }
const readWithinMs = 3_000
const stopWithinMs = 2_000

/** Beside this file, in the sources and in the bundle alike. */
const childPath = join(import.meta.dirname, `hat-child${extname(import.meta.filename)}`)

export interface HatProcessOptions {
  log: Logger
  onPress: OnPress
  /** CLOCK_MONOTONIC, ms. */
  monotonicMs(): number
  /** For tests: another program in the child's place. */
  path?: string
  /** Waits between restarts; for tests. */
  restart?: Backoff
}

/**
 * The child process that holds node-sense-hat. It may die at any time: it is started again with growing waits, shows again
 * what it showed, and a motion chip that ended it is left out for a while, so that the LEDs go on.
 */
export class HatProcess {
  readonly #options: HatProcessOptions
  #child: ChildProcess | null = null
  #parts: Parts = { leds: false, motion: false, joystick: false }
  #animation: Animation | null = null
  #startedMs = 0
  #deaths = 0
  #motionDeaths = 0
  #motionRestsUntilMs = 0
  #isReady = false
  #hasLeds = false
  #hasMotion = false
  #timer: NodeJS.Timeout | undefined
  #answers: ((motion: RawMotion | null) => void)[] = []

  constructor(options: HatProcessOptions) {
    this.#options = options
  }

  /** Whether the LEDs can be written. */
  get hasLeds(): boolean {
    return this.#hasLeds
  }

  /** The id of the child, for tests and the log. */
  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** Starts, ends or restarts the child, so that it drives exactly these parts. */
  async drive(wanted: Parts): Promise<void> {
    const canMove = this.#options.monotonicMs() >= this.#motionRestsUntilMs
    const parts = { ...wanted, motion: wanted.motion && canMove }
    if (JSON.stringify(parts) === JSON.stringify(this.#parts)) return
    await this.stop()
    this.#parts = parts
    if (parts.leds || parts.motion || parts.joystick) this.#start()
  }

  show(animation: Animation): void {
    this.#animation = animation
    this.#tell({ type: 'show', animation })
  }

  /** Null when the child is not there, or its motion chip does not answer. */
  readMotion(): Promise<RawMotion | null> {
    if (!this.#hasMotion) return Promise.resolve(null)
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(null), readWithinMs)
      this.#answers.push((motion) => {
        clearTimeout(timer)
        resolve(motion)
      })
      this.#tell({ type: 'read' })
    })
  }

  /** Makes the LEDs dark and ends the child. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer)
    this.#parts = { leds: false, motion: false, joystick: false }
    const child = this.#child
    this.#child = null
    this.#forget()
    if (child === null || child.exitCode !== null || child.signalCode !== null) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => child.kill('SIGKILL'), stopWithinMs)
      child.once('exit', () => {
        clearTimeout(timer)
        resolve()
      })
      if (child.connected) child.send({ type: 'stop' } satisfies ToChild, () => {})
      else child.kill('SIGKILL')
    })
  }

  #start(): void {
    this.#startedMs = this.#options.monotonicMs()
    const child = fork(this.#options.path ?? childPath, [JSON.stringify(this.#parts)], {
      // The package writes a file of settings where it stands, and much on its outputs. The joystick takes a thread of its own.
      cwd: tmpdir(),
      env: { UV_THREADPOOL_SIZE: '2' },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    this.#child = child
    child.on('message', (message: FromChild) => {
      if (child === this.#child) this.#hear(message)
    })
    child.on('error', (error) => this.#options.log.warn('the HAT’s process can’t be used', { error }))
    child.on('exit', (code, signal) => {
      if (child === this.#child) this.#died(code, signal)
    })
  }

  #hear(message: FromChild): void {
    const { log, onPress } = this.#options
    switch (message.type) {
      case 'ready':
        this.#isReady = true
        this.#hasLeds = message.leds === null
        this.#hasMotion = message.motion === null
        log.info('the HAT’s process is ready', { leds: message.leds ?? 'ok', motion: message.motion ?? 'ok' })
        if (this.#animation !== null) this.#tell({ type: 'show', animation: this.#animation })
        return
      case 'motion':
        this.#answers.shift()?.(message.motion)
        return
      case 'press':
        onPress(message.key)
        return
      case 'dark':
        this.#hasLeds = false
        log.warn('the LEDs can’t be written', { reason: message.reason })
        return
      case 'stopped':
        return
    }
  }

  #died(code: number | null, signal: NodeJS.Signals | null): void {
    const { log, monotonicMs } = this.#options
    const now = monotonicMs()
    // Said by the package on its output and by its exit code, before it was ready.
    const isMotionsFault = this.#parts.motion && !this.#isReady && code === 1
    this.#child = null
    this.#forget()
    this.#deaths = now - this.#startedMs >= wellAfterMs ? 1 : this.#deaths + 1
    if (isMotionsFault) {
      this.#motionDeaths += 1
      this.#motionRestsUntilMs = now + backoffMs(motionRest, this.#motionDeaths)
      this.#parts = { ...this.#parts, motion: false }
      if (!this.#parts.leds && !this.#parts.joystick) return
    }
    const waitMs = isMotionsFault ? 0 : backoffMs(this.#options.restart ?? restart, this.#deaths)
    log.warn('the HAT’s process ended; it is started again', { code, signal, waitMs, isMotionsFault })
    this.#timer = setTimeout(() => this.#start(), waitMs)
  }

  #forget(): void {
    this.#isReady = false
    this.#hasLeds = false
    this.#hasMotion = false
    for (const answer of this.#answers.splice(0)) answer(null)
  }

  #tell(message: ToChild): void {
    // Before it is ready it would be lost with a child that ends in its first moments.
    if (this.#isReady && this.#child?.connected === true) this.#child.send(message, () => {})
  }
}
