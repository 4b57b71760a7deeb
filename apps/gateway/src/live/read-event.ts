import {
  type Event,
  eventSchema,
  isSourceId,
  parseJson,
  parseOrThrow,
  type SourceId,
  sourceContract,
} from '@tailboard/contracts'

/** An entry of the stream as ioredis gives it: id, and names and values in turn. */
export type StreamEntry = [id: string, fields: string[]]

/** What one entry of the stream says to this node's page. */
export type ReadEvent =
  | { id: string; event: Event }
  /** It is not for us: of another node, or of a source that this version does not know. */
  | { id: string; event: null }
  | { id: string; event: null; problem: string; source: SourceId | null }

/** Reads an entry of the stream; what can't be read is named, never thrown: the entries after it must go on. */
export function readEvent([id, fields]: StreamEntry, node: string): ReadEvent {
  const json = fields[fields.indexOf('event') + 1]
  let source: SourceId | null = null
  try {
    const raw = JSON.parse(json ?? '') as { source?: unknown; node?: unknown } | null
    if (typeof raw?.source === 'string') {
      if (!isSourceId(raw.source)) return { id, event: null }
      source = raw.source
    }
    if (typeof raw?.node === 'string' && raw.node !== node) return { id, event: null }
    const event = parseJson(eventSchema, json ?? '', 'an event in Redis')
    if (event.type !== 'reading' || source === null) return { id, event }
    const what = `the reading of ${source} in an event`
    const data = parseOrThrow(sourceContract(source).data, event.reading.data, what)
    return { id, event: { ...event, reading: { ...event.reading, data: data as Record<string, unknown> } } }
  } catch (error) {
    const reason = error instanceof SyntaxError ? 'an event in Redis is not JSON' : (error as Error).message
    return { id, event: null, problem: reason, source }
  }
}
