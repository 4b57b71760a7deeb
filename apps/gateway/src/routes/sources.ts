import { sourcesAnswerSchema } from '@tailboard/contracts'
import { stampNow } from '@tailboard/service'
import type { App } from '../app.ts'
import type { Gateway } from '../gateway.ts'
import { checkNode, nodeQuery } from './parameters.ts'
import { sourceAnswer } from './source-answer.ts'

export function addSourceRoutes(app: App, gateway: Gateway): void {
  const schema = { querystring: nodeQuery, response: { 200: sourcesAnswerSchema } }
  const config = { summary: 'Every source: its state, its runs, its latest reading', problems: [404, 503] }
  app.get('/api/sources', { schema, config }, async (request) => {
    const model = gateway.model()
    checkNode(model, request.query.node)
    const now = stampNow(gateway.time)
    const sources = Object.values(model.sources).map((view) => sourceAnswer(view, now))
    return { node: model.node, now, isLive: gateway.follower.isLive, sources }
  })
}
