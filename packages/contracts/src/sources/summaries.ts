import { seriesPaths } from '../series.ts'
import type { SourceCommand, SourceContract } from '../source.ts'
import { type SourceId, sources } from './index.ts'

/** What a page needs to know of a source to name it: its contract without any schema. */
export interface SourceSummary
  extends Pick<SourceContract, 'id' | 'title' | 'description' | 'life' | 'schema'> {
  commands: Record<string, Pick<SourceCommand, 'title' | 'description'>>
  /** Some of its fields are kept for 24 hours. */
  hasHistory: boolean
}

export function summaryOf({ id, title, description, life, schema, ...of }: SourceContract): SourceSummary {
  const hasHistory = seriesPaths(of.data).size > 0
  const commands = Object.entries(of.commands).map(([verb, command]) => [
    verb,
    { title: command.title, description: command.description },
  ])
  return { id, title, description, life, schema, commands: Object.fromEntries(commands), hasHistory }
}

/**
 * Every source by id, in the order of the page. The page's build works this module out and puts its JSON in its place
 * (apps/frontend/vite.config.ts): a browser never loads the schemas for it. So it holds nothing that JSON can't.
 */
export const summaries = Object.fromEntries(
  Object.entries(sources).map(([id, contract]) => [id, summaryOf(contract)]),
) as unknown as Record<SourceId, SourceSummary>
