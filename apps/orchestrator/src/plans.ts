import { type Config, type SourceId, sourceContract } from '@tailboard/contracts'
import type { SourcePlan } from './schedule.ts'

/** What the schedule must know of each source, from the configuration in force. */
export function plansOf(config: Config, sources: readonly SourceId[]): Map<string, SourcePlan> {
  return new Map(
    sources.map((source) => {
      const { enabled, intervalSeconds, timeoutSeconds: _, ...own } = config.sources[source]
      const plan = {
        enabled,
        intervalMs: intervalSeconds * 1000,
        givesBack: sourceContract(source).givesBack,
        ownSettings: JSON.stringify(own),
      }
      return [source, plan]
    }),
  )
}
