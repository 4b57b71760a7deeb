import type { SourceId } from '@tailboard/contracts'
import type { Launcher } from './launcher.ts'
import type { Reporter } from './reporter.ts'

/** Preparing takes no time but for the first time; from then on it is said (ms). */
const saidAfterMs = 5_000

/** Makes ready what a run needs, and says so while that takes long. @throws what the launcher throws. */
export async function prepare(
  launcher: Launcher,
  reporter: Reporter,
  source: SourceId,
  signal: AbortSignal,
): Promise<void> {
  const id = `preparing-${source}`
  const timer = setTimeout(() => {
    reporter.notice({
      id,
      level: 'info',
      text: `What source-${source} needs is being made ready. The first time this takes minutes.`,
      hint: null,
    })
  }, saidAfterMs)
  try {
    await launcher.prepare(source, signal)
  } finally {
    clearTimeout(timer)
    if (reporter.has(id)) reporter.clear(id)
  }
}
