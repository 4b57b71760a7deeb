import { healthAnswerSchema } from '@tailboard/contracts'
import type { App } from '../app.ts'
import type { Gateway } from '../gateway.ts'
import { HttpProblem } from '../http-problem.ts'

export function addHealthRoutes(app: App, gateway: Gateway): void {
  const schema = { response: { 200: healthAnswerSchema } }
  app.get('/health', { schema, config: { summary: 'Whether the gateway serves' } }, async () => ({
    status: 'ok',
  }))
  const config = { summary: 'Whether all that it needs is there', problems: [503] }
  app.get('/health/ready', { schema, config }, async () => {
    const missing = gateway.missing()
    if (missing.length > 0) {
      throw new HttpProblem('not-ready', {
        detail: `Still waiting for: ${missing.join(', ')}.`,
        issues: missing.map((path) => ({ path, reason: 'is missing' })),
      })
    }
    return { status: 'ok' }
  })
}
