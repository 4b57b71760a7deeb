import {
  elapsedMs,
  isStale,
  readingAgeMs,
  type SourceAnswer,
  type SourceId,
  type SourceView,
  type Stamp,
  sourceContract,
  sourceState,
} from '@tailboard/contracts'

const seconds = (ms: number) => Math.round(ms / 100) / 10

/** The age of a source's reading (s). */
export function readingAgeS({ reading }: SourceView, now: Stamp): number | null {
  return reading === null ? null : seconds(readingAgeMs(reading, now))
}

/** A source as the API tells it. */
export function sourceAnswer(view: SourceView, now: Stamp): SourceAnswer {
  const { title, description, life } = sourceContract(view.id as SourceId)
  return {
    id: view.id,
    title,
    description,
    life,
    enabled: view.settings.enabled,
    intervalSeconds: view.settings.intervalSeconds,
    state: sourceState(view, now),
    isStale: isStale(view, now),
    lastRun: view.run.last,
    lastSuccess: view.success?.at ?? null,
    lastSuccessAgeS: view.success === null ? null : seconds(elapsedMs(view.success, now)),
    durationMs: view.run.last?.durationMs ?? null,
    nextRun: view.run.next?.at ?? null,
    failure: view.failure,
    outcome: view.outcome,
    reading: view.reading,
    readingAgeS: readingAgeS(view, now),
  }
}
