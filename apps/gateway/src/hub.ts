import { closeCodes, webSocketLimits } from '@tailboard/contracts'

/** One open WebSocket, as far as the hub needs it. `write` takes a whole frame as it goes over the wire. */
export interface HubClient {
  isOpen(): boolean
  /** Bytes that the reader has not taken yet. */
  unsentBytes(): number
  write(frame: Buffer): void
  ping(): void
  close(code: number): void
  terminate(): void
}

interface Seat {
  isAlive: boolean
  messages: number
  /** It has its snapshot, or all that it missed: from here on it gets each event. */
  isLive: boolean
}

/** How long a reader that is cut off has to take the reason (ms). */
const lastWordMs = 500

/** Sends each frame, made once, to every live reader. A reader that can't keep up or does not answer is cut off. */
export class Hub {
  readonly #clients = new Map<HubClient, Seat>()
  readonly #limits: typeof webSocketLimits
  #pings: NodeJS.Timeout | undefined
  cutOff = 0

  constructor(limits: typeof webSocketLimits = webSocketLimits) {
    this.#limits = limits
  }

  get size(): number {
    return this.#clients.size
  }

  get isFull(): boolean {
    return this.#clients.size >= this.#limits.clients
  }

  start(): void {
    this.#pings = setInterval(() => this.pingAll(), this.#limits.pingMs)
  }

  stop(): void {
    clearInterval(this.#pings)
    for (const client of this.#clients.keys()) client.close(closeCodes.goingAway)
  }

  /** Takes a reader in; it gets no events until `goLive`. */
  add(client: HubClient): void {
    this.#clients.set(client, { isAlive: true, messages: 0, isLive: false })
  }

  goLive(client: HubClient): void {
    const seat = this.#clients.get(client)
    if (seat !== undefined) seat.isLive = true
  }

  remove(client: HubClient): void {
    this.#clients.delete(client)
  }

  /** It answered a ping. */
  noteAlive(client: HubClient): void {
    const seat = this.#clients.get(client)
    if (seat !== undefined) seat.isAlive = true
  }

  /** It sent a message: that shows life, but too many close it. */
  noteMessage(client: HubClient): void {
    const seat = this.#clients.get(client)
    if (seat === undefined) return
    seat.isAlive = true
    seat.messages += 1
    if (seat.messages > this.#limits.clientMessages) client.close(closeCodes.tooMany)
  }

  broadcast(frame: Buffer): void {
    for (const [client, seat] of this.#clients) if (seat.isLive) this.send(client, frame)
  }

  /** To one reader; false when it is gone or was cut off. */
  send(client: HubClient, frame: Buffer): boolean {
    if (!client.isOpen()) return false
    // What waits is looked at before writing: one frame may be longer than the limit, but not what waits behind it.
    if (client.unsentBytes() > this.#limits.bufferedBytes) {
      this.#cut(client)
      return false
    }
    client.write(frame)
    return true
  }

  pingAll(): void {
    for (const [client, seat] of this.#clients) {
      if (!seat.isAlive) {
        this.cutOff += 1
        this.remove(client)
        client.terminate()
        continue
      }
      seat.isAlive = false
      seat.messages = 0
      client.ping()
    }
  }

  #cut(client: HubClient): void {
    this.cutOff += 1
    this.remove(client)
    client.close(closeCodes.tooSlow)
    setTimeout(() => client.terminate(), lastWordMs).unref()
  }
}
