import { commandAnswerSchema, commandBodySchema, runAnswerSchema, runVerb } from '@tailboard/contracts'
import * as v from 'valibot'
import type { App } from '../app.ts'
import type { Gateway } from '../gateway.ts'
import { checkNode, nodeQuery, sourceOf, sourceParams } from './parameters.ts'

export function addCommandRoutes(app: App, gateway: Gateway): void {
  const schema = {
    params: sourceParams,
    querystring: nodeQuery,
    body: commandBodySchema,
    response: { 202: v.union([commandAnswerSchema, runAnswerSchema]) },
  }
  const config = {
    summary: 'A command of that source, or `run`',
    problems: [403, 404, 409, 413, 415, 422, 429, 503],
  }
  app.post('/api/sources/:source/commands', { schema, config }, async (request, reply) => {
    const model = gateway.model()
    checkNode(model, request.query.node)
    const view = sourceOf(model, request.params.source)
    const store = gateway.store()
    const { verb, args } = request.body
    const by = request.address
    if (verb === runVerb) {
      const asked = await gateway.orders.run(store, view, by)
      await store.publishWrite(by, `run ${view.id}`)
      return reply.code(202).send({ node: model.node, source: view.id, asked })
    }
    const command = await gateway.orders.command(store, view, { verb, args, by })
    await store.publishWrite(by, `${verb} of ${view.id}`)
    return reply.code(202).send(command)
  })
}
