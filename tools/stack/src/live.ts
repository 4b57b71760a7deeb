import type { ServerMessage } from '@tailboard/contracts'
import { WebSocket } from 'ws'

/** A WebSocket client that keeps every message. */
export class LiveClient {
  readonly messages: ServerMessage[] = []
  readonly #socket: WebSocket
  /** Called with each message as it comes. */
  onMessage: (message: ServerMessage) => void = () => {}

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as ServerMessage
      this.messages.push(message)
      this.onMessage(message)
    })
  }

  static async open(base: string, since?: string, headers: Record<string, string> = {}): Promise<LiveClient> {
    const url = new URL('/ws/live', base.replace(/^http/, 'ws'))
    if (since !== undefined) url.searchParams.set('since', since)
    const socket = new WebSocket(url, { headers })
    const client = new LiveClient(socket)
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve)
      socket.once('error', reject)
    })
    return client
  }

  /** Cursors of the events so far, in the order in which they came. */
  get cursors(): string[] {
    return this.messages.flatMap((message) => (message.type === 'event' ? [message.cursor] : []))
  }

  close(): void {
    this.#socket.terminate()
  }
}
