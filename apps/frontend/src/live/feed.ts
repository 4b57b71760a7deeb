import type { Command } from '@tailboard/contracts/command'
import { compareCursors } from '@tailboard/contracts/cursor'
import { applyEvent, type LiveModel } from '@tailboard/contracts/live'
import type { Stamp } from '@tailboard/contracts/time'
import type { ServerMessage } from '@tailboard/contracts/websocket'
import { readServerMessage } from './message.ts'

/** The part of a WebSocket that is needed. */
export interface Socket {
  onmessage: ((event: MessageEvent) => void) | null
  onclose: ((event: CloseEvent) => void) | null
  close(): void
}

/** What the feed needs of the world; tests bring their own. */
export interface FeedTools {
  open(since: string | null): Socket
  /** Calls back once after `ms`; the answer cancels. */
  later(ms: number, call: () => void): () => void
  /** 0 to 1. */
  random(): number
}

/** `connecting`: not yet, for the first time. `paused`: closed by us, since nobody looks. */
export type Link = 'connecting' | 'live' | 'down' | 'paused'

export interface FeedView {
  model: LiveModel | null
  link: Link
  /** Events that changed the model since the page was opened: each counts once, however often the link broke. */
  events: number
  /** Times that the link came back. */
  returns: number
  /** Messages that could not be read. */
  garbage: number
  /** The newest command of each source, of those that were told since the page was opened. */
  commands: Readonly<Record<string, Command>>
}

export const feedLimits = {
  backoffMs: { first: 200, most: 5_000 },
  /** A connection that says nothing for this long after it was asked for is given up. */
  answerMs: 8_000,
  /** A link that is silent for this long is renewed, since a Pi without power says no goodbye. */
  silenceMs: 75_000,
} as const

/** The WebSocket as a model that follows the server: snapshot, events, and after a break just what was missed. */
export class Feed {
  readonly #tools: FeedTools
  readonly #onChange: (view: FeedView) => void
  readonly #onTime: (now: Stamp) => void
  #view: FeedView
  #socket: Socket | null = null
  #cursor: string | null = null
  #attempts = 0
  #hasBeenLive = false
  #cancelRetry: () => void = () => {}
  #cancelWatch: () => void = () => {}

  constructor(tools: FeedTools, on: { change: (view: FeedView) => void; time: (now: Stamp) => void }) {
    this.#tools = tools
    this.#onChange = on.change
    this.#onTime = on.time
    this.#view = { model: null, link: 'connecting', events: 0, returns: 0, garbage: 0, commands: {} }
  }

  /** Shows an old model until the server answers. It carries no cursor: the first connection asks for everything. */
  start(cached: LiveModel | null): void {
    this.#set({ model: cached })
    this.#connect()
  }

  stop(): void {
    this.#drop()
    this.#cancelRetry()
  }

  /** Closes the connection: it costs the server nothing while nobody looks. */
  pause(): void {
    this.stop()
    this.#set({ link: 'paused' })
  }

  /** Something says that the network may be there (again): try now, not later. */
  wake(): void {
    if (this.#socket === null) this.#connect()
  }

  /** The connection can't be trusted (this device slept): a new one in its place, from where the old one was. */
  renew(): void {
    if (this.#view.link !== 'paused') this.#connect()
  }

  #connect(): void {
    this.#drop()
    this.#cancelRetry()
    let socket: Socket
    try {
      socket = this.#tools.open(this.#cursor)
    } catch {
      this.#retry()
      return
    }
    this.#socket = socket
    socket.onmessage = ({ data }) => this.#receive(data)
    socket.onclose = () => this.#lost()
    this.#watch(feedLimits.answerMs, () => this.#lost())
  }

  #drop(): void {
    this.#cancelWatch()
    const socket = this.#socket
    this.#socket = null
    if (socket === null) return
    socket.onmessage = null
    socket.onclose = null
    socket.close()
  }

  #lost(): void {
    this.#drop()
    this.#retry()
  }

  #retry(): void {
    this.#set({ link: 'down' })
    const { first, most } = feedLimits.backoffMs
    const full = Math.min(most, first * 2 ** Math.min(this.#attempts, 10))
    this.#attempts += 1
    // All pages of a house lose the gateway at the same moment: they must not all come back at the same one.
    this.#cancelRetry = this.#tools.later(full * (0.5 + this.#tools.random() / 2), () => this.#connect())
  }

  #watch(ms: number, call: () => void): void {
    this.#cancelWatch()
    this.#cancelWatch = this.#tools.later(ms, call)
  }

  #receive(frame: unknown): void {
    const message = readServerMessage(frame)
    if (message === null) {
      this.#set({ garbage: this.#view.garbage + 1 })
      return
    }
    this.#attempts = 0
    this.#watch(feedLimits.silenceMs, () => this.renew())
    this.#onTime(message.now)
    this.#set({ ...this.#afterMessage(message), ...this.#nowLive() })
  }

  #nowLive(): Partial<FeedView> {
    const isReturn = this.#hasBeenLive && this.#view.link !== 'live'
    this.#hasBeenLive = true
    return { link: 'live', returns: this.#view.returns + (isReturn ? 1 : 0) }
  }

  #afterMessage(message: ServerMessage): Partial<FeedView> {
    if (message.type === 'snapshot') {
      this.#cursor = message.cursor
      return { model: message.model }
    }
    // Without a snapshot of this visit there is nothing that an event could change.
    if (message.type === 'resumed' || this.#cursor === null || this.#view.model === null) return {}
    const isNew = compareCursors(message.cursor, this.#cursor) > 0
    // What the gateway itself has to say is in no stream: it carries the cursor of the last event.
    if (!isNew && message.event.type !== 'notice') return {}
    if (isNew) this.#cursor = message.cursor
    try {
      const { event } = message
      const model = applyEvent(this.#view.model, event)
      const known = this.#view.commands
      const isOurs = event.type === 'command' && event.node === model.node
      const commands = isOurs ? { ...known, [event.source]: event.command } : known
      return { model, commands, events: this.#view.events + (isNew ? 1 : 0) }
    } catch {
      return { garbage: this.#view.garbage + 1 }
    }
  }

  #set(change: Partial<FeedView>): void {
    this.#view = { ...this.#view, ...change }
    this.#onChange(this.#view)
  }
}
