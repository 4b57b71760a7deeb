import type { App } from '../app.ts'
import { openapiDocument } from '../openapi.ts'
import type { Operation } from '../plugins/operations.ts'
import { version } from '../version.ts'

export function addOpenapiRoute(app: App, operations: readonly Operation[]): void {
  app.get('/api/openapi.json', { config: { summary: 'This document' } }, async (_request, reply) =>
    reply.type('application/json; charset=utf-8').send(JSON.stringify(openapiDocument(operations, version))),
  )
}
