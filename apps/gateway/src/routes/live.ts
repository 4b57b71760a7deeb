import { clientMessageSchema, closeCodes, cursorSchema, issuesOf } from '@tailboard/contracts'
import * as v from 'valibot'
import type { WebSocket } from 'ws'
import type { App } from '../app.ts'
import type { Gateway } from '../gateway.ts'
import { HttpProblem } from '../http-problem.ts'
import type { HubClient } from '../hub.ts'
import { checkNode, nodeQuery } from './parameters.ts'

const query = v.object({ ...nodeQuery.entries, since: v.optional(cursorSchema) })
const open = 1

export function addLiveRoute(app: App, gateway: Gateway): void {
  const { hub, pages } = gateway
  app.route({
    method: 'GET',
    url: '/ws/live',
    // Before the upgrade, so that a refusal is an answer that says why.
    preHandler: async (request) => {
      const model = gateway.model()
      const result = v.safeParse(query, request.query)
      if (!result.success) throw new HttpProblem('bad-request', { issues: issuesOf(result.issues) })
      checkNode(model, result.output.node)
      if (hub.isFull) throw new HttpProblem('too-many-clients', { headers: { 'retry-after': '30' } })
    },
    handler: async () => {
      throw new HttpProblem('upgrade-required', { headers: { upgrade: 'websocket', connection: 'upgrade' } })
    },
    wsHandler: (socket, request) => {
      const client = hubClient(socket, request.raw.socket)
      socket.on('pong', () => hub.noteAlive(client))
      socket.on('message', (data, isBinary) => {
        if (isBinary || !isKnownMessage(String(data))) return client.close(closeCodes.unsupported)
        hub.noteMessage(client)
      })
      socket.on('close', () => hub.remove(client))
      pages.welcome(client, (request.query as v.InferOutput<typeof query>).since).catch((error: unknown) => {
        gateway.log.error('a page could not be welcomed', { error })
        client.close(closeCodes.tryLater)
      })
    },
  })
}

/** The socket as the hub sees it: whole frames go past the library, straight to the connection. */
function hubClient(socket: WebSocket, connection: import('node:net').Socket): HubClient {
  return {
    isOpen: () => socket.readyState === open && connection.writable,
    unsentBytes: () => connection.writableLength,
    write: (frame) => connection.write(frame),
    ping: () => socket.ping(),
    close: (code) => socket.close(code),
    terminate: () => socket.terminate(),
  }
}

function isKnownMessage(text: string): boolean {
  try {
    return v.is(clientMessageSchema, JSON.parse(text))
  } catch {
    return false
  }
}
