import {
  type Config,
  emptyModel,
  eventSchema,
  keys,
  type LiveModel,
  type Notice,
  parseJson,
  publishedConfigSchema,
  type SourceId,
  sourceIds,
} from '@tailboard/contracts'
import { parseStoredSource } from '@tailboard/service'
import type { Redis } from 'ioredis'
import type { StreamEntry } from './read-event.ts'

/** Everything that Redis holds of a node at one moment: what stands, and the last event in it. */
export interface StoredModel {
  model: LiveModel
  cursor: string
  /** What could not be read, by source; the rest stands. */
  problems: { source: SourceId | null; reason: string }[]
}

export const startCursor = '0-0'

/**
 * Reads the node's state and the end of the stream in one step (MULTI), so that the state holds exactly the events up to
 * the cursor.
 */
export async function readModel(redis: Redis, node: string, fallback: Config): Promise<StoredModel> {
  const multi = redis
    .multi()
    .get(keys.config)
    .hgetall(keys.notices(node))
    .xrevrange(keys.events, '+', '-', 'COUNT', 1)
  for (const source of sourceIds) multi.hgetall(keys.source(node, source))
  const results = (await multi.exec()) ?? []
  for (const [error] of results) if (error !== null) throw error
  const [configJson, noticeHash, lastEntries, ...hashes] = results.map(([, value]) => value) as [
    string | null,
    Record<string, string>,
    StreamEntry[],
    ...Record<string, string>[],
  ]
  const problems: StoredModel['problems'] = []
  const attempt = <T>(read: () => T): T | null => {
    try {
      return read()
    } catch (error) {
      problems.push({ source: null, reason: (error as Error).message })
      return null
    }
  }
  const config =
    configJson === null
      ? null
      : attempt(() => parseJson(publishedConfigSchema, configJson, 'the configuration in Redis'))
  const model = emptyModel(node, config?.config ?? fallback)
  model.config = config
  for (const [index, source] of sourceIds.entries()) {
    const { problems: wrong, ...stored } = parseStoredSource(source, hashes[index] ?? {})
    model.sources[source] = { ...model.sources[source], ...stored }
    problems.push(...wrong.map((reason) => ({ source, reason })))
  }
  for (const [id, json] of Object.entries(noticeHash)) {
    const notice = attempt(() => readNotice(json))
    if (notice !== null && notice.text !== null) model.notices[id] = notice
  }
  return { model, cursor: lastEntries[0]?.[0] ?? startCursor, problems }
}

function readNotice(json: string): Notice | null {
  const event = parseJson(eventSchema, json, 'a notice in Redis')
  return event.type === 'notice' ? event : null
}
