import { historyAnswerSchema, historyLimits, historyQuerySchema, type SourceId } from '@tailboard/contracts'
import { stampNow } from '@tailboard/service'
import type { App } from '../app.ts'
import type { Gateway } from '../gateway.ts'
import { History } from '../history/history.ts'
import { HttpProblem } from '../http-problem.ts'
import { checkNode, sourceOf, sourceParams } from './parameters.ts'

export function addHistoryRoute(app: App, gateway: Gateway): void {
  const history = new History(gateway.redis, gateway.log)
  const schema = {
    params: sourceParams,
    querystring: historyQuerySchema,
    response: { 200: historyAnswerSchema },
  }
  const config = {
    summary: 'The last 24 hours of every series of a source, with the lowest and highest of each row kept',
    problems: [400, 404, 429, 503],
  }
  // Its own answer to a bad query: 400, with the field and the reason.
  const options = { schema, config, attachValidation: true }
  app.get('/api/history/:source', options, async (request) => {
    if (request.validationError !== undefined) throw badQuery(request.validationError)
    const model = gateway.model()
    checkNode(model, request.query.node)
    const view = sourceOf(model, request.params.source)
    if (!gateway.follower.isLive) {
      throw new HttpProblem('redis-away', {
        detail: 'What was is kept there.',
        hint: 'Look at: docker compose logs redis',
      })
    }
    const now = stampNow(gateway.time)
    const { from, to, points } = request.query
    const nowMs = Date.parse(now.at)
    const earliestMs = nowMs - historyLimits.reachMs
    const within = (time: string | undefined, otherwise: number) =>
      Math.max(earliestMs, Math.min(nowMs, time === undefined ? otherwise : Date.parse(time)))
    const fromMs = within(from, earliestMs)
    const toMs = within(to, nowMs)
    const found = await history.read(model.node, view.id as SourceId, { fromMs, toMs, points }, now)
    return {
      node: model.node,
      source: view.id,
      from: new Date(fromMs).toISOString(),
      to: new Date(toMs).toISOString(),
      intervalSeconds: view.settings.intervalSeconds,
      ...found,
    }
  })
}

function badQuery(error: unknown): HttpProblem {
  const { issues = [] } = error instanceof HttpProblem ? error.document : {}
  return new HttpProblem('bad-request', { issues })
}
