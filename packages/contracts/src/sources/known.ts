import type { SourceId } from './index.ts'
import { type SourceSummary, summaries } from './summaries.ts'

/** The ids, in the order of the page. */
export const sourceIds = Object.keys(summaries) as SourceId[]

/** Whether a name from outside is one of our sources. */
export function isSourceId(name: string): name is SourceId {
  return Object.hasOwn(summaries, name)
}

/** What a source is called and how it lives; its schemas are in `sourceContract`. */
export function sourceSummary(id: SourceId): SourceSummary {
  return summaries[id]
}

/** One value for each source, by id. */
export function perSource<T>(make: (id: SourceId) => T): Record<SourceId, T> {
  return Object.fromEntries(sourceIds.map((id) => [id, make(id)])) as unknown as Record<SourceId, T>
}
