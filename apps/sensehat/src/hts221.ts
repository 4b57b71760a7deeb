import { badCalibration, neverReady, wrongChip } from './absent.ts'
import type { Humidity } from './driver.ts'
import { autoIncrement, type I2cBus, isReady, type Pause } from './i2c.ts'

const address = 0x5f
const part = 'humidity chip'
const registers = {
  whoAmI: 0x0f,
  average: 0x10,
  control: 0x20,
  status: 0x27,
  output: 0x28,
  calibration: 0x30,
}
const identity = 0xbc
/** Power on, values of one moment, 12.5 a second. */
const switchedOn = 0x87
const bothReady = 0b11

/** What the factory wrote into the chip: two points of humidity, two of temperature. */
export interface Calibration {
  h0: number
  h1: number
  h0Out: number
  h1Out: number
  t0: number
  t1: number
  t0Out: number
  t1Out: number
}

/** The 16 registers from 0x30 on. @throws TailboardError `malformed` when they are those of a bus that failed. */
export function parseCalibration(block: Buffer): Calibration {
  const isDead = [0x00, 0xff].some((byte) => block.every((each) => each === byte))
  // The upper half of 0x35 is reserved and holds anything.
  const high = block.readUInt8(5)
  const calibration = {
    h0: block.readUInt8(0) / 2,
    h1: block.readUInt8(1) / 2,
    t0: (((high & 0b0011) << 8) | block.readUInt8(2)) / 8,
    t1: (((high & 0b1100) << 6) | block.readUInt8(3)) / 8,
    h0Out: block.readInt16LE(6),
    h1Out: block.readInt16LE(10),
    t0Out: block.readInt16LE(12),
    t1Out: block.readInt16LE(14),
  }
  const isFlat = calibration.h0Out === calibration.h1Out || calibration.t0Out === calibration.t1Out
  if (isDead || isFlat) throw badCalibration(part)
  return calibration
}

/** The four registers from 0x28 on, as the calibration makes them. Humidity may lie beyond 0 to 100. */
export function toHumidity(output: Buffer, c: Calibration): Humidity {
  const humidity = output.readInt16LE(0)
  const temperature = output.readInt16LE(2)
  return {
    humidityPercent: c.h0 + ((humidity - c.h0Out) * (c.h1 - c.h0)) / (c.h1Out - c.h0Out),
    temperatureC: c.t0 + ((temperature - c.t0Out) * (c.t1 - c.t0)) / (c.t1Out - c.t0Out),
  }
}

/** The humidity chip, set up at its first reading and whenever it lost its power. */
export class Hts221 {
  readonly #bus: I2cBus
  readonly #pause: Pause
  #calibration: Calibration | null = null

  constructor(bus: I2cBus, pause: Pause) {
    this.#bus = bus
    this.#pause = pause
  }

  async read(): Promise<Humidity> {
    // Registers are lost with the power: then it must be told again, and another HAT has another calibration.
    const isOn = (await this.#bus.readByte(address, registers.control)) === switchedOn
    const calibration = isOn && this.#calibration !== null ? this.#calibration : await this.#setUp()
    return toHumidity(await this.#nextOutput(), calibration)
  }

  async #setUp(): Promise<Calibration> {
    this.#calibration = null
    const found = await this.#bus.readByte(address, registers.whoAmI)
    if (found !== identity) throw wrongChip(part, address, found)
    const block = await this.#bus.readBlock(address, registers.calibration | autoIncrement, 16)
    const calibration = parseCalibration(block)
    await this.#bus.writeByte(address, registers.control, switchedOn)
    await this.#bus.writeByte(address, registers.average, 0x1b)
    // The first value after power-on is of no use.
    await this.#nextOutput()
    this.#calibration = calibration
    return calibration
  }

  async #nextOutput(): Promise<Buffer> {
    if (!(await isReady(this.#bus, address, registers.status, bothReady, this.#pause))) throw neverReady(part)
    return this.#bus.readBlock(address, registers.output | autoIncrement, 4)
  }
}
