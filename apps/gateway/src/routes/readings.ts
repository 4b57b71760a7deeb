import { isStale, readingAnswerSchema, sourceState } from '@tailboard/contracts'
import { stampNow } from '@tailboard/service'
import type { App } from '../app.ts'
import type { Gateway } from '../gateway.ts'
import { checkNode, nodeQuery, sourceOf, sourceParams } from './parameters.ts'
import { readingAgeS } from './source-answer.ts'

export function addReadingRoutes(app: App, gateway: Gateway): void {
  const schema = { params: sourceParams, querystring: nodeQuery, response: { 200: readingAnswerSchema } }
  const config = { summary: 'The latest reading, and the failure beside it', problems: [404, 503] }
  app.get('/api/readings/:source', { schema, config }, async (request) => {
    const model = gateway.model()
    checkNode(model, request.query.node)
    const view = sourceOf(model, request.params.source)
    const now = stampNow(gateway.time)
    return {
      node: model.node,
      source: view.id,
      now,
      isLive: gateway.follower.isLive,
      state: sourceState(view, now),
      isStale: isStale(view, now),
      reading: view.reading,
      readingAgeS: readingAgeS(view, now),
      failure: view.failure,
    }
  })
}
