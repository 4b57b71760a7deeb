import {
  configAnswerSchema,
  configChangeLimits,
  configPatchSchema,
  configVersionAnswerSchema,
  configVersionId,
  configVersionsAnswerSchema,
  type PublishedConfig,
} from '@tailboard/contracts'
import type { FastifyReply } from 'fastify'
import * as v from 'valibot'
import type { App } from '../app.ts'
import { changesBetween, inWords } from '../config/changes.ts'
import type { Written } from '../config/config-writer.ts'
import { describeSettings } from '../config/describe-settings.ts'
import { parseConfig } from '../config/parse-config.ts'
import type { Gateway } from '../gateway.ts'
import { HttpProblem } from '../http-problem.ts'

const versionParams = v.object({ id: configVersionId })

/** The configuration, its description, and the versions that are kept. */
export function addConfigRoutes(app: App, gateway: Gateway): void {
  const { config: keeper } = gateway
  const answer = { response: { 200: configAnswerSchema } }
  const read = { summary: 'The configuration in force, and what is wrong with the file', problems: [503] }
  app.get('/api/config', { schema: answer, config: read }, async (request, reply) => {
    const current = inForce(gateway)
    const tag = setTag(reply, current)
    // The tag is that of the values: what is wrong with the file may have changed under the same one.
    if (request.headers['if-none-match'] === tag && current.status.problems.length === 0) {
      return (reply as FastifyReply).code(304).send()
    }
    return current
  })

  const describe = { summary: 'Every setting: its label, unit, limits and default, as JSON Schema' }
  const described = { response: { 200: v.record(v.string(), v.unknown()) } }
  app.get('/api/config/schema', { schema: described, config: describe }, async (_request, reply) => {
    reply.header('cache-control', 'no-cache')
    return describeSettings()
  })

  const patch = {
    summary: 'Change settings: only those that are named; null means the default',
    problems: [403, 409, 412, 413, 415, 422, 428, 503],
    ifMatch: true as const,
  }
  const patchSchema = { body: configPatchSchema, ...answer }
  app.patch('/api/config', { schema: patchSchema, config: patch }, async (request, reply) => {
    const { address: by, headers } = request
    // Every write is an event: without the store that takes it there is none.
    gateway.store()
    const written = await gateway.configWriter.patch({ by, ifMatch: headers['if-match'] }, request.body)
    await tell(gateway, by, written, `settings: ${inWords(written.changes)}`)
    setTag(reply, written.current)
    return written.current
  })

  const list = { summary: 'The kept versions of the configuration, newest first' }
  const listSchema = { response: { 200: configVersionsAnswerSchema } }
  app.get('/api/config/versions', { schema: listSchema, config: list }, async () => {
    return { versions: await keeper.versions.list() }
  })

  const one = { summary: 'One kept version, and what a return to it would change', problems: [404, 422, 503] }
  const oneSchema = { params: versionParams, response: { 200: configVersionAnswerSchema } }
  app.get('/api/config/versions/:id', { schema: oneSchema, config: one }, async (request) => {
    const kept = await keeper.versions.read(request.params.id)
    if (kept === null) throw new HttpProblem('unknown-version')
    const parsed = parseConfig(kept.text)
    if (!parsed.isGood) throw new HttpProblem('invalid', { issues: parsed.problems })
    const changes = changesBetween(inForce(gateway).config, parsed.config)
    return {
      version: kept.version,
      config: parsed.config,
      changes: changes.slice(0, configChangeLimits.changes),
    }
  })

  const restore = {
    summary: 'Return to a kept version, comments and all',
    problems: [403, 404, 409, 412, 422, 428, 503],
    ifMatch: true as const,
  }
  const restoreSchema = { params: versionParams, ...answer }
  app.post(
    '/api/config/versions/:id/restore',
    { schema: restoreSchema, config: restore },
    async (request, reply) => {
      const { address: by, headers } = request
      const { id } = request.params
      gateway.store()
      const written = await gateway.configWriter.restore({ by, ifMatch: headers['if-match'] }, id)
      await tell(gateway, by, written, `settings: return to version ${id}: ${inWords(written.changes)}`)
      setTag(reply, written.current)
      return written.current
    },
  )
}

/** @throws HttpProblem while a broken file leaves it to Redis and that has not been asked yet. */
function inForce(gateway: Gateway): PublishedConfig {
  const { current } = gateway.config
  if (current === null)
    throw new HttpProblem('not-ready', { detail: 'Still waiting for: the configuration.' })
  return current
}

function setTag(
  reply: { header: (name: string, value: string) => unknown },
  current: PublishedConfig,
): string {
  const tag = `"${current.status.version}"`
  reply.header('etag', tag)
  reply.header('cache-control', 'no-cache')
  return tag
}

/** The file is written: a store that is away at this moment makes no failure of it. */
async function tell(gateway: Gateway, by: string, { isNew }: Written, what: string): Promise<void> {
  if (!isNew) return
  gateway.log.info('the settings were changed', { by, what })
  try {
    await gateway.store().publishWrite(by, what)
  } catch (error) {
    gateway.log.warn('that the settings were changed could not be told', { by, what, error })
  }
}
