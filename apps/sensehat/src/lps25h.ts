import { neverReady, wrongChip } from './absent.ts'
import type { Pressure } from './driver.ts'
import { autoIncrement, type I2cBus, isReady, type Pause } from './i2c.ts'

const address = 0x5c
const part = 'pressure chip'
const registers = {
  whoAmI: 0x0f,
  resolution: 0x10,
  control1: 0x20,
  control2: 0x21,
  status: 0x27,
  output: 0x28,
  fifo: 0x2e,
}
const identity = 0xbd
/** On, 25 a second, values of one moment. */
const switchedOn = 0xc4
const bothReady = 0b11

/** The five registers from 0x28 on: 24 bits of pressure, 16 of temperature. */
export function toPressure(output: Buffer): Pressure {
  return {
    pressureHpa: output.readUIntLE(0, 3) / 4096,
    temperatureC: 42.5 + output.readInt16LE(3) / 480,
  }
}

/** The pressure chip, set up at its first reading and whenever it lost its power. */
export class Lps25h {
  readonly #bus: I2cBus
  readonly #pause: Pause
  #isSetUp = false

  constructor(bus: I2cBus, pause: Pause) {
    this.#bus = bus
    this.#pause = pause
  }

  async read(): Promise<Pressure> {
    const isOn = (await this.#bus.readByte(address, registers.control1)) === switchedOn
    if (!isOn || !this.#isSetUp) await this.#setUp()
    const pressure = await this.#nextPressure()
    // Registers that were never written say 0 hPa and 42.5 °C.
    if (pressure.pressureHpa === 0) throw neverReady(part)
    return pressure
  }

  async #setUp(): Promise<void> {
    this.#isSetUp = false
    const found = await this.#bus.readByte(address, registers.whoAmI)
    if (found !== identity) throw wrongChip(part, address, found)
    await this.#bus.writeByte(address, registers.control1, switchedOn)
    await this.#bus.writeByte(address, registers.resolution, 0x05)
    await this.#bus.writeByte(address, registers.fifo, 0xc0)
    await this.#bus.writeByte(address, registers.control2, 0x40)
    // The first value after power-on is of no use.
    await this.#nextPressure()
    this.#isSetUp = true
  }

  async #nextPressure(): Promise<Pressure> {
    if (!(await isReady(this.#bus, address, registers.status, bothReady, this.#pause))) throw neverReady(part)
    return toPressure(await this.#bus.readBlock(address, registers.output | autoIncrement, 5))
  }
}
