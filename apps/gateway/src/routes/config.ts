import { configAnswerSchema } from '@tailboard/contracts'
import type { FastifyReply } from 'fastify'
import type { App } from '../app.ts'
import type { Gateway } from '../gateway.ts'
import { HttpProblem } from '../http-problem.ts'

/** Writes (PATCH, versions, restore) get their place here. */
export function addConfigRoutes(app: App, gateway: Gateway): void {
  const schema = { response: { 200: configAnswerSchema } }
  const config = { summary: 'The configuration in force, and what is wrong with the file', problems: [503] }
  app.get('/api/config', { schema, config }, async (request, reply) => {
    const { current } = gateway.config
    if (current === null)
      throw new HttpProblem('not-ready', { detail: 'Still waiting for: the configuration.' })
    const tag = `"${current.status.version}"`
    reply.header('etag', tag).header('cache-control', 'no-cache')
    // The tag is that of the values: what is wrong with the file may have changed under the same one.
    if (request.headers['if-none-match'] === tag && current.status.problems.length === 0) {
      return (reply as FastifyReply).code(304).send()
    }
    return current
  })
}
