import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { TailboardError } from '@tailboard/contracts'
import { noLeds, noMotion, type Part, toHardwareError } from './absent.ts'
import { readCpuTemperature } from './cpu-temperature.ts'
import type { Animation, Driver, Humidity, Pressure, RawMotion, Sample } from './driver.ts'
import type { Parts } from './hat-messages.ts'
import { Hts221 } from './hts221.ts'
import { type I2cBus, openBus, type Pause } from './i2c.ts'
import { findIio, readIioHumidity, readIioPressure } from './iio.ts'
import { findJoystick } from './joystick.ts'
import { Lps25h } from './lps25h.ts'

const frameBufferName = 'RPi-Sense FB'
const motionChip = { address: 0x6a, whoAmI: 0x0f, identity: 0x68 }

/** The child process with node-sense-hat, as far as the driver knows it. */
export interface Hat {
  hasLeds: boolean
  drive(parts: Parts): Promise<void>
  readMotion(): Promise<RawMotion | null>
  show(animation: Animation): void
  stop(): Promise<void>
}

export interface HardwareOptions {
  hat: Hat
  sysPath?: string
  devPath?: string
  open?: () => Promise<I2cBus>
  pause?: Pause
}

interface Chips {
  bus: I2cBus
  hts221: Hts221
  lps25h: Lps25h
}

/** The real HAT: chips by our own driver or the kernel's, orientation and LEDs by node-sense-hat in its own process. */
export class HardwareDriver implements Driver {
  readonly isSimulated = false
  readonly #hat: Hat
  readonly #sysPath: string
  readonly #devPath: string
  readonly #open: () => Promise<I2cBus>
  readonly #pause: Pause
  #chips: Chips | null = null

  constructor(options: HardwareOptions) {
    this.#hat = options.hat
    this.#sysPath = options.sysPath ?? '/sys'
    this.#devPath = options.devPath ?? '/dev'
    this.#open = options.open ?? openBus
    this.#pause = options.pause ?? (async (ms) => void (await sleep(ms)))
  }

  async sample(): Promise<Sample> {
    const problems: TailboardError[] = []
    const humidity = await this.#read<Humidity>('humidity', problems)
    const pressure = await this.#read<Pressure>('pressure', problems)
    const isThere = humidity !== null || pressure !== null
    const parts = {
      leds: await this.#hasFrameBuffer(),
      joystick: (await findJoystick(this.#sysPath, this.#devPath)) !== null,
      motion: isThere && (await this.#hasMotionChip()),
    }
    await this.#hat.drive(parts)
    const motion = await this.#hat.readMotion()
    if (isThere && motion === null) problems.push(noMotion())
    if (isThere && !parts.leds) problems.push(noLeds())
    return {
      humidity,
      pressure,
      motion,
      cpuTemperatureC: await readCpuTemperature(this.#sysPath),
      hasLeds: this.#hat.hasLeds,
      hasJoystick: parts.joystick,
      problems,
    }
  }

  show(animation: Animation): void {
    this.#hat.show(animation)
  }

  async release(): Promise<void> {
    await this.#hat.stop()
    await this.#close()
  }

  /** By the kernel's files where it owns the chip, else over the bus. */
  async #read<T extends Humidity | Pressure>(
    what: 'humidity' | 'pressure',
    problems: TailboardError[],
  ): Promise<(T & { via: 'kernel' | 'i2c' }) | null> {
    const part: Part = `${what} chip`
    try {
      const folder = await findIio(this.#sysPath, what)
      if (folder !== null) {
        const read = what === 'humidity' ? readIioHumidity(folder) : readIioPressure(folder)
        return { ...((await read) as T), via: 'kernel' }
      }
      const { hts221, lps25h } = await this.#openChips()
      const read = what === 'humidity' ? hts221.read() : lps25h.read()
      return { ...((await read) as T), via: 'i2c' }
    } catch (error) {
      if (!(error instanceof TailboardError)) await this.#close()
      const problem = toHardwareError(error, part)
      // Without a bus every chip says the same.
      if (!problems.some(({ message }) => message === problem.message)) problems.push(problem)
      return null
    }
  }

  /** The bus anew after each failure: its node may have been made anew, and the chips then know nothing any more. */
  async #openChips(): Promise<Chips> {
    if (this.#chips !== null) return this.#chips
    const bus = await this.#open()
    this.#chips = { bus, hts221: new Hts221(bus, this.#pause), lps25h: new Lps25h(bus, this.#pause) }
    return this.#chips
  }

  async #close(): Promise<void> {
    const chips = this.#chips
    this.#chips = null
    await chips?.bus.close().catch(() => {})
  }

  /** Asked before node-sense-hat is: it ends its process where the chip does not answer. */
  async #hasMotionChip(): Promise<boolean> {
    try {
      const { bus } = await this.#openChips()
      return (await bus.readByte(motionChip.address, motionChip.whoAmI)) === motionChip.identity
    } catch {
      return false
    }
  }

  async #hasFrameBuffer(): Promise<boolean> {
    const folder = `${this.#sysPath}/class/graphics`
    for (const name of await readdir(folder).catch(() => [])) {
      const text = await readFile(`${folder}/${name}/name`, 'utf8').catch(() => '')
      if (text.trim() === frameBufferName) return true
    }
    return false
  }
}
