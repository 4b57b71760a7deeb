import { advertisingReport, type Command, commandComplete, opcodes, parseCommand, statuses } from './hci.ts'

/** Something that advertises. Asked at each turn, so that its data may change. */
export interface Advertiser {
  address: string
  rssiDbm: number
  /** How often it speaks (ms). */
  everyMs: number
  advertisement(): Buffer
  /** What it answers to an active scan; null: nothing. */
  scanResponse(): Buffer | null
}

/**
 * How a controller, its driver or the kernel can fail.
 * - `no-bluetooth`: not the host's network. `no-adapter`. `no-privilege`. `down`. `old`: before 4.0. `silent`: answers nothing.
 * - `busy`: refuses to scan. `goes-away`: is pulled soon after the scan began. `stopped`: another program stops each scan.
 * - `stopped-once`: the first one alone.
 */
export const controllerFaults = [
  'no-bluetooth',
  'no-adapter',
  'no-privilege',
  'down',
  'old',
  'silent',
  'busy',
  'goes-away',
  'stopped',
  'stopped-once',
] as const
export type ControllerFault = (typeof controllerFaults)[number]

/** A host's end of the socket: what a driver hears. */
export interface Host {
  onData(packet: Buffer): void
}

/** A Bluetooth controller that knows what is needed to listen, and refuses what a real one refuses. */
export class Controller {
  fault: ControllerFault | null
  isUp: boolean
  isScanning = false
  filtersDuplicates = false
  /** Names of the commands that came, in their order; hexadecimal for one that it does not know. */
  readonly commands: string[] = []
  readonly #advertisers: readonly Advertiser[]
  readonly #hosts = new Set<Host>()
  readonly #reported = new Set<string>()
  readonly #timers = new Set<NodeJS.Timeout>()
  #isActive = false
  #scans = 0

  constructor(advertisers: readonly Advertiser[], fault: ControllerFault | null = null) {
    this.#advertisers = advertisers
    this.fault = fault
    this.isUp = fault !== 'down'
  }

  attach(host: Host): void {
    this.#hosts.add(host)
  }

  detach(host: Host): void {
    this.#hosts.delete(host)
    if (this.#hosts.size === 0) this.#clear()
  }

  /** A command of `from`. Answers come later, as over a wire, and to every host. */
  write(packet: Buffer, from: Host): void {
    const command = parseCommand(packet)
    if (command === null || !this.isUp || this.fault === 'silent') return
    const name = Object.entries(opcodes).find(([, opcode]) => opcode === command.opcode)?.[0]
    this.commands.push(name ?? command.opcode.toString(16))
    // The kernel shows a command to every socket but the one that it came from.
    for (const host of this.#hosts) if (host !== from) host.onData(packet)
    const [status, result] = this.#answer(command)
    this.#later(0, () => this.#tell(commandComplete(command.opcode, status, result)))
  }

  /** Another program, such as bluetoothd at the end of a search of its own, stops the scan. */
  stopScan(): void {
    const elsewhere: Host = { onData: () => {} }
    this.write(Buffer.from('010c20020000', 'hex'), elsewhere)
  }

  /** The adapter goes, or is switched off. */
  goDown(): void {
    this.isUp = false
    this.isScanning = false
  }

  #answer({ opcode, parameters }: Command): [number, Buffer?] {
    switch (opcode) {
      case opcodes.readLocalVersion:
        return [
          statuses.success,
          Buffer.from(this.fault === 'old' ? '050000050f000000' : '080000080f000000', 'hex'),
        ]
      case opcodes.readBdAddr:
        return [statuses.success, Buffer.from('563412ccbbaa', 'hex')]
      case opcodes.leReadBufferSize:
        return [statuses.success, Buffer.from('fb0008', 'hex')]
      case opcodes.readLeHostSupported:
        return [statuses.success, Buffer.from('0100', 'hex')]
      case opcodes.leSetScanParameters:
        return [this.#setScanParameters(parameters)]
      case opcodes.leSetScanEnable:
        return [this.#setScanEnable(parameters)]
      case opcodes.setEventMask:
      case opcodes.leSetEventMask:
      case opcodes.writeLeHostSupported:
        return [statuses.success]
      default:
        return [statuses.unknownCommand]
    }
  }

  #setScanParameters(parameters: Buffer): number {
    if (parameters.length !== 7) return statuses.invalidParameters
    const [interval, window] = [parameters.readUInt16LE(1), parameters.readUInt16LE(3)]
    if (interval < 0x0004 || interval > 0x4000 || window > interval) return statuses.invalidParameters
    // Not under a scan that runs.
    if (this.isScanning) return statuses.disallowed
    this.#isActive = parameters[0] === 1
    return statuses.success
  }

  #setScanEnable(parameters: Buffer): number {
    if (parameters.length !== 2) return statuses.invalidParameters
    const isWanted = parameters[0] === 1
    if (isWanted && this.fault === 'busy') return statuses.disallowed
    this.filtersDuplicates = parameters[1] === 1
    if (isWanted && !this.isScanning) this.#scan()
    if (!isWanted) this.#clear()
    this.isScanning = isWanted
    return statuses.success
  }

  #scan(): void {
    this.#reported.clear()
    this.#scans += 1
    for (const advertiser of this.#advertisers) this.#speak(advertiser)
    if (this.fault === 'goes-away') this.#later(50, () => this.goDown())
    if (this.fault === 'stopped' || (this.fault === 'stopped-once' && this.#scans === 1)) {
      this.#later(0, () => this.stopScan())
    }
  }

  #speak(advertiser: Advertiser): void {
    this.#later(advertiser.everyMs, () => {
      if (!this.isScanning) return
      this.#report('ADV_IND', advertiser, advertiser.advertisement())
      const response = this.#isActive ? advertiser.scanResponse() : null
      if (response !== null) this.#report('SCAN_RSP', advertiser, response)
      this.#speak(advertiser)
    })
  }

  #report(type: 'ADV_IND' | 'SCAN_RSP', { address, rssiDbm }: Advertiser, data: Buffer): void {
    if (this.filtersDuplicates && this.#reported.has(`${type} ${address}`)) return
    this.#reported.add(`${type} ${address}`)
    this.#tell(advertisingReport(type, address, data, rssiDbm))
  }

  #tell(packet: Buffer): void {
    if (!this.isUp) return
    for (const host of this.#hosts) host.onData(packet)
  }

  #later(ms: number, act: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      act()
    }, ms)
    this.#timers.add(timer)
  }

  /** What was in the air. Answers that are under way still come. */
  #clear(): void {
    this.isScanning = false
  }
}
