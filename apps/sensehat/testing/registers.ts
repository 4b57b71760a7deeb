import type { I2cBus } from '../src/i2c.ts'

/** The parts of a Sense HAT on the bus, by address. */
export const addresses = { hts221: 0x5f, lps25h: 0x5c, motion: 0x6a } as const
export type ChipName = keyof typeof addresses

export interface Factory {
  whoAmI: number
  /** Registers that the factory has written. */
  fixed: Record<number, number[]>
  /** Where the output stands, and how long it is. */
  output: number
  switchedOn: number
}

const factories: Record<ChipName, Factory> = {
  hts221: {
    whoAmI: 0xbc,
    fixed: {
      48: [0x42, 0x94, 0xa4, 0x22, 0x00, 0x04, 0xf6, 0xff, 0x00, 0x00, 0xee, 0xd8, 0x03, 0x00, 0xbc, 0x02],
    },
    output: 0x28,
    switchedOn: 0x80,
  },
  lps25h: { whoAmI: 0xbd, fixed: {}, output: 0x28, switchedOn: 0x80 },
  motion: { whoAmI: 0x68, fixed: {}, output: 0x18, switchedOn: 0 },
}

/** One chip: 128 registers that lose what was written when the power goes, and convert only while it is on. */
export class FakeChip {
  readonly #factory: Factory
  readonly registers = Buffer.alloc(128)
  readonly written: [register: number, value: number][] = []
  /** What it measures from now on, as its output registers say it. */
  values: number[] = []
  /** What its first conversion after power-on says: nothing to believe. */
  firstValues: number[] = []
  /** Looks at its status until a conversion is done. */
  looks = 3
  #looked = 0
  #conversions = 0

  constructor(name: ChipName) {
    this.#factory = factories[name]
    this.powerOn()
  }

  powerOn(): void {
    this.registers.fill(0)
    this.registers[0x0f] = this.#factory.whoAmI
    for (const [at, bytes] of Object.entries(this.#factory.fixed)) this.set(Number(at), bytes)
    this.#looked = 0
    this.#conversions = 0
  }

  set(register: number, bytes: number[]): void {
    Buffer.from(bytes).copy(this.registers, register)
  }

  read(register: number): number {
    if (register === 0x27) this.#convert()
    const value = this.registers.readUInt8(register)
    // The last byte of the output read: the value is taken, the status says so.
    if (register === this.#factory.output + this.values.length - 1) this.registers[0x27] = 0
    return value
  }

  write(register: number, value: number): void {
    this.written.push([register, value])
    this.registers[register] = value
  }

  #convert(): void {
    const isOn = (this.registers.readUInt8(0x20) & this.#factory.switchedOn) !== 0
    if (!isOn || this.registers[0x27] === 3) return
    this.#looked += 1
    if (this.#looked < this.looks) return
    this.#looked = 0
    const isFirst = this.#conversions === 0 && this.firstValues.length > 0
    this.set(this.#factory.output, isFirst ? this.firstValues : this.values)
    this.#conversions += 1
    this.registers[0x27] = 3
  }
}

/** An I2C bus with chips on it; each can be taken away, or fail as a real bus does. */
export class FakeBus implements I2cBus {
  readonly hts221 = new FakeChip('hts221')
  readonly lps25h = new FakeChip('lps25h')
  readonly motion = new FakeChip('motion')
  /** The errno that opening the bus ends in. */
  openFails: string | null = null
  /** The errno of each transfer, for every chip or for one. */
  fails: string | null = null
  readonly failing = new Map<number, string>()
  opened = 0
  isOpen = false

  /** As `openBus`. */
  readonly open = async (): Promise<I2cBus> => {
    if (this.openFails !== null) throw errno(this.openFails)
    this.opened += 1
    this.isOpen = true
    return this
  }

  /** The HAT was pulled off, and put back: registers are lost. */
  pullOff(): void {
    this.fails = 'EREMOTEIO'
  }

  putBack(): void {
    this.fails = null
    for (const chip of [this.hts221, this.lps25h, this.motion]) chip.powerOn()
  }

  async readByte(address: number, register: number): Promise<number> {
    return this.#chip(address).read(register)
  }

  async writeByte(address: number, register: number, value: number): Promise<void> {
    this.#chip(address).write(register, value)
  }

  /** Without bit 7 a chip gives the same register again and again. */
  async readBlock(address: number, register: number, length: number): Promise<Buffer> {
    const chip = this.#chip(address)
    const goesOn = (register & 0x80) !== 0
    const first = register & 0x7f
    return Buffer.from(Array.from({ length }, (_, index) => chip.read(goesOn ? first + index : first)))
  }

  async close(): Promise<void> {
    this.isOpen = false
  }

  #chip(address: number): FakeChip {
    if (!this.isOpen) throw errno('EBADF')
    const code = this.failing.get(address) ?? this.fails
    if (code !== null) throw errno(code)
    if (address === addresses.hts221) return this.hts221
    if (address === addresses.lps25h) return this.lps25h
    if (address === addresses.motion) return this.motion
    throw errno('EREMOTEIO')
  }
}

function errno(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: made up`), { code })
}

/** A 16-bit number as two bytes, the low one first. */
export function int16(value: number): number[] {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16LE(value)
  return [...bytes]
}

/** A HAT in a room: 49.372 %, 29.471 °C, 1013.0 hPa and 29.060 °C. */
export function roomBus(): FakeBus {
  const bus = new FakeBus()
  bus.hts221.values = [...int16(-4000), ...int16(400)]
  bus.lps25h.values = [0x00, 0x50, 0x3f, 0xcd, 0xe6]
  return bus
}
