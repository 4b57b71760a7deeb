import {
  cleanText,
  type ErrorKind,
  errorKinds,
  type Failure,
  isSameBoot,
  type RunRecord,
  type SourceId,
  type Stamp,
} from '@tailboard/contracts'
import { exitCodes, redactor, type StoredSource } from '@tailboard/service'
import type { RunEnd } from './launcher.ts'
import type { Ending } from './schedule.ts'

/** Why we ended a run ourselves; null when it ended by itself. */
export type StoppedBy = 'deadline' | 'shutdown' | null

export interface Ended {
  source: SourceId
  /** Null when nothing is known of how it ended. */
  end: RunEnd | null
  started: Stamp
  now: Stamp
  stoppedBy: StoppedBy
  timeoutSeconds: number
  /** What Redis holds of the source now; null when it could not be read. */
  stored: Pick<StoredSource, 'success' | 'outcome' | 'failure'> | null
}

/** What a run that ended means. */
export interface Verdict {
  /** Null: it was no run at all (another one of the same source was under way). */
  result: RunRecord['result'] | null
  ending: Ending
  /** To be published: what the run could not say itself, or what it said with the end of its log. */
  failure: Failure | null
}

/** Judges a run by its exit, and by what it has left in Redis. */
export function judge(ended: Ended): Verdict {
  const { end, stoppedBy, timeoutSeconds, source } = ended
  if (stoppedBy === 'shutdown') return { result: 'killed', ending: 'neither', failure: null }
  if (stoppedBy === 'deadline') {
    return failed(
      ended,
      'timeout',
      'timeout',
      `The run did not end within ${timeoutSeconds} s and was stopped`,
      {
        hint: `Raise sources.${source}.timeoutSeconds in config/tailboard.yaml if it needs more.`,
      },
    )
  }
  const said = whatItSaid(ended)
  if (end === null || end.exitCode === null) {
    if (said !== null) return { ...said, failure: null }
    return failed(ended, 'crashed', 'crashed', 'The run was lost: nobody saw how it ended')
  }
  if (end.oomKilled) {
    return failed(ended, 'crashed', 'crashed', 'It needed more memory than it may have, and was ended', {
      hint: `If this comes again, raise mem_limit of source-${source} in docker-compose.yml.`,
    })
  }
  switch (end.exitCode) {
    case exitCodes.ok:
      return said?.result === 'partial'
        ? { ...said, failure: null }
        : { result: 'ok', ending: 'success', failure: null }
    case exitCodes.alreadyRunning:
      return { result: null, ending: 'neither', failure: null }
    case exitCodes.noRedis:
      return failed(ended, 'failed', 'unreachable', 'The run could not reach Redis')
    default:
      return said?.result === 'failed' ? withLog(said, ended) : wordless(ended, end)
  }
}

/** The outcome that this very run has written to Redis; null when it has written none. */
function whatItSaid({
  stored,
  started,
}: Ended): (Omit<Verdict, 'result'> & { result: 'ok' | 'partial' | 'failed' }) | null {
  if (stored === null || stored.outcome === null) return null
  const { outcome, failure, success } = stored
  const stamp = outcome === 'failed' ? failure : success
  if (stamp === null || !isSameBoot(stamp, started) || stamp.clock.ms < started.clock.ms) return null
  return outcome === 'failed'
    ? { result: outcome, ending: 'failure', failure }
    : { result: outcome, ending: 'success', failure: null }
}

/** What the run said stands; the end of its log is added, so that the page can show it. */
function withLog(said: Verdict, { end }: Ended): Verdict {
  const log = cleanLog(end?.logTail ?? [])
  return { ...said, failure: said.failure === null || log.length === 0 ? null : { ...said.failure, log } }
}

function wordless(ended: Ended, end: RunEnd): Verdict {
  if (end.engineLost) {
    const verdict = failed(ended, 'killed', 'crashed', 'Docker was restarted while it ran', {
      hint: 'It runs again at its next turn.',
    })
    return { ...verdict, ending: 'neither' }
  }
  const logged = lastLoggedError(end.logTail)
  if (logged !== null) return failed(ended, 'failed', logged.kind, logged.message, { hint: logged.hint })
  return failed(ended, 'crashed', 'crashed', `The run ended without a word (exit code ${end.exitCode})`, {
    hint: 'The end of its log says more.',
  })
}

function failed(
  { end, now }: Ended,
  result: Exclude<RunRecord['result'], 'ok' | 'partial'>,
  kind: ErrorKind,
  message: string,
  { hint = null }: { hint?: string | null } = {},
): Verdict {
  const log = cleanLog(end?.logTail ?? [])
  const failure = { kind, message, hint, ...(log.length === 0 ? {} : { log }), ...now }
  return { result, ending: 'failure', failure }
}

/** Log lines come from outside, and a program that dies may have printed what it knew. */
export function cleanLog(lines: readonly string[]): string[] {
  return lines.slice(-20).map((line) => cleanText(redactor.redact(line), 400))
}

/** A run that has no Redis to write to (its environment is wrong, say) still logs its error as a value. */
function lastLoggedError(lines: string[]): { kind: ErrorKind; message: string; hint: string | null } | null {
  for (const line of lines.toReversed()) {
    try {
      const { error } = JSON.parse(line) as { error?: { kind?: unknown; message?: unknown; hint?: unknown } }
      const kind = errorKinds.find((known) => known === error?.kind)
      if (kind === undefined || typeof error?.message !== 'string') continue
      return { kind, message: error.message, hint: typeof error.hint === 'string' ? error.hint : null }
    } catch {
      // Not every line is ours: Node itself writes plain text.
    }
  }
  return null
}
