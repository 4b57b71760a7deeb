import { isSameBoot, type RunRecord, type SourceId } from '@tailboard/contracts'
import type { Store } from '@tailboard/service'
import type { Reporter } from './reporter.ts'
import type { Remembered } from './schedule.ts'

/** What Redis knows of each source from an earlier life of this process; the reporter takes the states over. */
export async function remember(
  store: Store,
  reporter: Reporter,
  sources: readonly SourceId[],
): Promise<Map<string, Remembered>> {
  const remembered = new Map<string, Remembered>()
  const now = store.now()
  for (const source of sources) {
    const { run } = await store.readSource(source)
    const { last, running, failuresInARow } = run
    // No run outlives a boot.
    reporter.adopt(source, running === null || isSameBoot(running, now) ? run : { ...run, running: null })
    const ran = last !== null && isSameBoot(last.started, now) && hasMeasured(last.result)
    remembered.set(source, {
      startedMs: ran ? last.started.clock.ms : null,
      failuresInARow: ran ? failuresInARow : 0,
      wasEnabled: run.next !== null || running !== null,
    })
    // A life of ours that was cut short may have left it behind.
    reporter.clear(`preparing-${source}`)
  }
  return remembered
}

/** Whether a run was the source's own; one that we or an engine ended is made up for at once. */
function hasMeasured(result: RunRecord['result']): boolean {
  return result !== 'killed' && result !== 'not-started'
}
