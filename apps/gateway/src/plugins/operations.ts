import type { FastifyInstance } from 'fastify'
import type * as v from 'valibot'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the call is for, in a few words: it is in the OpenAPI document then. */
    summary?: string
    /** What it answers, where that is no JSON. */
    mediaType?: string
    /** Problems that it may answer besides those that every call may. */
    problems?: readonly number[]
    /** It must name the version that it saw. */
    ifMatch?: true
  }
}

/** One call of the API, with the schemas that check it. */
export interface Operation {
  method: string
  url: string
  summary: string
  mediaType: string
  problems: readonly number[]
  ifMatch: boolean
  schema: {
    params?: v.GenericSchema
    querystring?: v.GenericSchema
    body?: v.GenericSchema
    response?: Record<string, v.GenericSchema>
  }
}

/** Collects every route that says what it is for, as it is added. */
export function addOperations(app: FastifyInstance): Operation[] {
  const operations: Operation[] = []
  app.addHook('onRoute', ({ method, url, schema, config }) => {
    const { summary, mediaType = 'application/json', problems = [], ifMatch = false } = config ?? {}
    if (summary === undefined || method === 'HEAD') return
    operations.push({
      method: String(method).toLowerCase(),
      url,
      summary,
      mediaType,
      problems,
      ifMatch,
      schema: (schema ?? {}) as Operation['schema'],
    })
  })
  return operations
}
