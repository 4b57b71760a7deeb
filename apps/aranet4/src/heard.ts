import { elapsedMs, type Stamp } from '@tailboard/contracts'
import { type Decoded, decode } from './decode.ts'
import type { Advertisement } from './listen.ts'

/** The best that was heard from one device in this run. */
export interface Heard {
  address: string
  name: string | null
  rssiDbm: number | null
  decoded: Decoded
  at: Stamp
}

/** With no list: so long after the last new device it is taken for the last one (ms). An Aranet speaks every few seconds. */
const quietMs = 8_000

/** What is heard in one run, and when that is enough. */
export class HeardDevices {
  readonly #listed: ReadonlySet<string>
  readonly #now: () => Stamp
  readonly #heard = new Map<string, Heard>()
  #newest: Stamp | undefined

  /** @param listed the addresses of the owner's list; empty: whoever is there */
  constructor(listed: readonly string[], now: () => Stamp) {
    this.#listed = new Set(listed)
    this.#now = now
  }

  add({ address, name, payload, rssiDbm }: Advertisement): void {
    const decoded = decode(payload, name)
    if (decoded === null) return
    const before = this.#heard.get(address)
    // A packet that was cut on the way says less than a whole one before it.
    if (decoded.content === 'cut' && before !== undefined && before.decoded.content !== 'cut') return
    const at = this.#now()
    if (before === undefined) this.#newest = at
    this.#heard.set(address, { address, name: name ?? before?.name ?? null, rssiDbm, decoded, at })
  }

  get(address: string): Heard | undefined {
    return this.#heard.get(address)
  }

  /** Those that are not on the list, the strongest first. */
  others(): Heard[] {
    return [...this.#heard.values()]
      .filter(({ address }) => !this.#listed.has(address))
      .sort((a, b) => (b.rssiDbm ?? -999) - (a.rssiDbm ?? -999) || a.address.localeCompare(b.address))
  }

  isEnough(): boolean {
    if (this.#listed.size === 0) {
      return this.#newest !== undefined && elapsedMs(this.#newest, this.#now()) >= quietMs
    }
    return [...this.#listed].every((address) => {
      const content = this.#heard.get(address)?.decoded.content
      return content !== undefined && content !== 'cut'
    })
  }
}
