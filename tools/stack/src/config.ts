import { type SourceId, sourceIds } from '@tailboard/contracts'

/** A config/tailboard.yaml with these settings; every source that is not named is switched off, and costs the test no image. */
export function configText(sources: Partial<Record<SourceId, Record<string, unknown>>>): string {
  const lines = sourceIds.map((id) => `  ${id}: ${JSON.stringify(sources[id] ?? { enabled: false })}`)
  return ['version: 1', 'sources:', ...lines, ''].join('\n')
}
