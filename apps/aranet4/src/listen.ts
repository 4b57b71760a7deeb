import type { Peripheral } from '@abandonware/noble/with-bindings.js'
import type { TailboardError } from '@tailboard/contracts'
import type { Adapter } from './adapter.ts'
import {
  adapterGone,
  busyAdapter,
  noLowEnergy,
  notAllowed,
  offFailure,
  silentAdapter,
} from './adapter-failure.ts'
import { companyId } from './decode.ts'
import type { Timers } from './timers.ts'

/** The antenna is the Wi-Fi's too: no burst is longer (ms). */
export const burstMs = 20_000
/** How long an adapter that is down may take to come up, and one that is up to answer at all (ms). */
const upWithinMs = 3_000
const answerWithinMs = 5_000
/** How soon scanning is begun again when something stopped it, and how often the controller may say no to it. */
const againAfterMs = 250
const mostRefusals = 5
const lookEveryMs = 500

/** One packet of an Aranet (with what came before it from the same device). */
export interface Advertisement {
  address: string
  name: string | null
  /** Without the company's two bytes. */
  payload: Buffer
  rssiDbm: number | null
}

export interface Listening {
  /** An Aranet was heard. Must not throw: noble would take that for a broken packet. */
  onHeard(heard: Advertisement): void
  /** Asked after each packet and twice a second. */
  isEnough(): boolean
  signal: AbortSignal
  timers: Timers
  /** Where /sys is seen. */
  sys: string
}

export interface Listened {
  /** How many other Bluetooth devices were heard: with any, the adapter is well. */
  others: number
  /** How often something stopped the scan, and it was begun again. */
  restarts: number
}

/**
 * Listens until it is enough, `burstMs` at most. The adapter is closed afterwards, whatever happened.
 * @throws TailboardError naming what is wrong with the adapter, or the signal's reason
 */
export function listen(adapter: Adapter, listening: Listening): Promise<Listened> {
  return new Promise<Listened>((resolve, reject) => new Burst(adapter, listening, resolve, reject).start())
}

class Burst {
  readonly #adapter: Adapter
  readonly #listening: Listening
  readonly #resolve: (listened: Listened) => void
  readonly #reject: (error: unknown) => void
  readonly #others = new Set<string>()
  readonly #waits = new Set<() => void>()
  #isOver = false
  #hasScanned = false
  #restarts = 0
  #refusals = 0

  constructor(
    adapter: Adapter,
    listening: Listening,
    resolve: (listened: Listened) => void,
    reject: (error: unknown) => void,
  ) {
    this.#adapter = adapter
    this.#listening = listening
    this.#resolve = resolve
    this.#reject = reject
  }

  start(): void {
    const { noble, hci } = this.#adapter
    const { signal } = this.#listening
    if (signal.aborted) {
      this.#fail(signal.reason)
      return
    }
    signal.addEventListener('abort', this.#onAbort)
    noble.on('stateChange', this.#onState)
    noble.on('discover', this.#onDiscover)
    noble.on('scanStop', this.#scanAgain)
    hci.on('leScanEnableSet', this.#onAnswer)
    this.#after(answerWithinMs, () => {
      if (noble.state === 'unknown') this.#fail(silentAdapter())
    })
    this.#onState(noble.state)
  }

  readonly #onAbort = (): void => this.#fail(this.#listening.signal.reason)

  readonly #onState = (state: string): void => {
    if (this.#isOver) return
    const whatIsWrong = { unauthorized: notAllowed, unsupported: noLowEnergy }[state]
    if (whatIsWrong !== undefined) this.#fail(whatIsWrong())
    else if (state === 'poweredOn' && !this.#hasScanned) this.#begin()
    else if (state === 'poweredOff' && this.#hasScanned) this.#fail(adapterGone())
    else if (state === 'poweredOff') {
      this.#after(upWithinMs, () => {
        if (this.#adapter.noble.state === 'poweredOff') this.#fail(offFailure(this.#listening.sys))
      })
    }
  }

  #begin(): void {
    this.#hasScanned = true
    this.#after(burstMs, () => this.#end())
    // With every packet of every device: else each is heard once, perhaps before its name or its next measurement.
    this.#adapter.noble.startScanning([], true)
    this.#look()
  }

  #look(): void {
    if (this.#listening.isEnough()) this.#end()
    else this.#after(lookEveryMs, () => this.#look())
  }

  readonly #onDiscover = ({ address, rssi, advertisement }: Peripheral): void => {
    if (this.#isOver) return
    this.#refusals = 0
    const { manufacturerData: data, localName } = advertisement
    if (data === undefined || data.length < 2 || data.readUInt16LE(0) !== companyId) {
      this.#others.add(address)
      return
    }
    this.#listening.onHeard({
      address: address.toLowerCase(),
      name: localName === undefined || localName === '' ? null : localName,
      payload: Buffer.from(data.subarray(2)),
      // 127 is the controller's word for unknown.
      rssiDbm: Number.isFinite(rssi) && rssi !== 127 ? rssi : null,
    })
    if (this.#listening.isEnough()) this.#end()
  }

  /** Another program told the controller to stop (or bluetoothd came to the end of a search of its own). */
  readonly #scanAgain = (): void => {
    if (this.#isOver || !this.#hasScanned) return
    this.#restarts += 1
    this.#restart()
  }

  readonly #onAnswer = (status: number): void => {
    if (this.#isOver || !this.#hasScanned || status === 0) return
    this.#refusals += 1
    if (this.#refusals >= mostRefusals) this.#fail(busyAdapter())
    else this.#restart()
  }

  #restart(): void {
    this.#after(againAfterMs, () => {
      if (this.#adapter.noble.state === 'poweredOn') this.#adapter.noble.startScanning([], true)
    })
  }

  #after(ms: number, act: () => void): void {
    const cancel = this.#listening.timers.after(ms, () => {
      this.#waits.delete(cancel)
      if (!this.#isOver) act()
    })
    this.#waits.add(cancel)
  }

  #end(): void {
    this.#close()
    this.#resolve({ others: this.#others.size, restarts: this.#restarts })
  }

  #fail(error: TailboardError): void {
    this.#close()
    this.#reject(error)
  }

  #close(): void {
    this.#isOver = true
    for (const cancel of this.#waits) cancel()
    this.#waits.clear()
    this.#listening.signal.removeEventListener('abort', this.#onAbort)
    this.#adapter.hci.off('leScanEnableSet', this.#onAnswer)
    this.#adapter.close()
  }
}
