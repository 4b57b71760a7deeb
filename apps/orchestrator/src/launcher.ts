import type { SourceId, SystemStatus, TailboardError } from '@tailboard/contracts'

/** How a run ended, as what ran it saw it. What was measured, or why not, the run itself has written to Redis. */
export interface RunEnd {
  /** 128 + the signal's number when a signal ended it. Null when nobody knows (it was lost with the engine). */
  exitCode: number | null
  /** The kernel ended it for going over its memory limit. */
  oomKilled: boolean
  /** From start to end by the engine's own count (ms); null when unknown. Only asked for runs that were taken up. */
  durationMs: number | null
  /** Last lines of this run's log, oldest first, at most 20; empty when it ended with 0. */
  logTail: string[]
  /** What ran it went away meanwhile, so that a bad exit may be its doing. */
  engineLost: boolean
}

/** What starts runs of poll sources: containers of the compose file, or child processes. */
export interface Launcher {
  /**
   * Settles when runs can be started now. Cheap: it is asked again and again while they can't.
   * @throws TailboardError `unreachable` or `refused` (the engine), `misconfigured` (no project, a broken compose file).
   */
  ready(): Promise<void>
  /** What of the sources' definitions can't be carried out, by name; empty when all is well. Asked at start. */
  check(): Promise<TailboardError[]>
  /** This machine's name, as it calls itself. */
  nodeName(): Promise<string>
  /** Sources whose run is under way now, whoever started it. Asked at start, after a crash of ours. */
  running(): Promise<SourceId[]>
  /**
   * Brings about what a run needs (image, container), which may take minutes the first time and nothing later.
   * @throws TailboardError `missing-image` with the command that mends it, `misconfigured`, `unreachable` (engine away).
   */
  prepare(source: SourceId, signal: AbortSignal): Promise<void>
  /**
   * Runs a prepared source once and settles when it has ended. An abort kills it; the end is then that of the killed run.
   * @throws TailboardError when it never began; `unreachable` when the engine is away.
   */
  run(source: SourceId, signal: AbortSignal): Promise<RunEnd>
  /**
   * Stays with a run that an earlier life of this process began, until its end (an abort kills it); at once when it has
   * ended meanwhile. Null when nothing is known of it.
   */
  takeUp(source: SourceId, signal: AbortSignal): Promise<RunEnd | null>
  /** Lets a run that is under way end by itself (SIGTERM), and kills it when it does not within `withinMs`. Its `run` then settles. */
  end(source: SourceId, withinMs: number): Promise<void>
  /** What runs and what it costs, and variables whose value now differs from what runs (names only). */
  status(): Promise<Pick<SystemStatus, 'services' | 'changedVariables'>>
  /** Ends what runs and removes what this process made. Called once, last; must be done in five seconds. */
  stop(): Promise<void>
}
