import { isDeepStrictEqual } from 'node:util'
import type {
  Config,
  Environment,
  Reading,
  SourceContract,
  SourceId,
  SourceSettings,
  Stamp,
  TailboardError,
  Variables,
} from '@tailboard/contracts'
import type { TimeSource } from './clock.ts'
import type { Logger } from './log.ts'
import type { SourceMemory } from './memory.ts'
import { redactor } from './redact.ts'

/** What a source measured. */
export interface Measurement {
  data: Record<string, unknown>
  /** When the world was so; now, when absent. */
  measuredAt?: Date
  /** What is missing in the data, when it is only part of what it should be. */
  problem?: TailboardError
  /** How long this may pass for current (s), where the device knows better than twice the interval. */
  staleAfterS?: number
  /**
   * In how long another run is worth its cost (s), where the device says when it measures next. The orchestrator keeps it
   * between its least interval and twice the owner's.
   */
  nextInS?: number
  /** Made up: the run spoke to a stand-in. */
  simulated?: boolean
}

/** What a run, or one measurement of a service, has to work with. */
export interface RunContext<V extends Variables = Variables> {
  environment: Environment<V>
  settings: SourceSettings & Record<string, unknown>
  config: Config
  /** Aborts at the source's time limit and at SIGTERM. */
  signal: AbortSignal
  time: TimeSource
  log: Logger
  /** The last good reading. */
  previous: Reading | null
  /** What the source keeps between runs. */
  memory: SourceMemory
}

/** A measurement as the reading that is written at `stamp`. */
export function toReading(
  contract: SourceContract,
  node: string,
  measured: Measurement,
  stamp: Stamp,
  isSimulated: boolean,
): Reading {
  const measuredAt = measured.measuredAt?.toISOString() ?? stamp.at
  return {
    node,
    source: contract.id as SourceId,
    schema: contract.schema,
    // A device whose clock runs ahead has still not measured in the future.
    measuredAt: measuredAt > stamp.at ? stamp.at : measuredAt,
    writtenAt: stamp.at,
    clock: stamp.clock,
    simulated: measured.simulated ?? isSimulated,
    ...(measured.staleAfterS === undefined ? {} : { staleAfterS: measured.staleAfterS }),
    data: redactor.redactValue(measured.data),
  }
}

/** Whether a reading (as `checkReading` makes it) says what the one before said, in the same boot. */
export function isSameData(reading: Reading, previous: Reading | null): boolean {
  return (
    previous !== null &&
    // After a boot it is written once more: the age of what an earlier boot wrote hangs on the wall clock.
    previous.clock.boot === reading.clock.boot &&
    previous.simulated === reading.simulated &&
    // Not as text: what was stored has the order of the schema's keys.
    isDeepStrictEqual(previous.data, reading.data)
  )
}

/** Ends with the signal's reason even when `work` never looks at the signal. */
export function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    if (signal.aborted) return onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
