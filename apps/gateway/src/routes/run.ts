import { runAnswerSchema } from '@tailboard/contracts'
import type { App } from '../app.ts'
import type { Gateway } from '../gateway.ts'
import { checkNode, nodeQuery, sourceOf, sourceParams } from './parameters.ts'

export function addRunRoutes(app: App, gateway: Gateway): void {
  const schema = { params: sourceParams, querystring: nodeQuery, response: { 202: runAnswerSchema } }
  const config = { summary: 'Measure now, once', problems: [403, 404, 409, 422, 503] }
  app.post('/api/sources/:source/run', { schema, config }, async (request, reply) => {
    const model = gateway.model()
    checkNode(model, request.query.node)
    const view = sourceOf(model, request.params.source)
    const store = gateway.store()
    const asked = await gateway.orders.run(store, view, request.address)
    await store.publishWrite(request.address, `run ${view.id}`)
    return reply.code(202).send({ node: model.node, source: view.id, asked })
  })
}
