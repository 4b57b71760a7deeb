/** Every key and its limit. `node` and `source` are checked names (names.ts), so a key can't be forged through them. */
export const keys = {
  /** String: the local node's name, set by the orchestrator (in a container only the engine knows the host's name). */
  localNode: 'tailboard:node',
  /** Stream of events of every node; field `event` holds the JSON. Ids are the cursor. */
  events: 'tailboard:events',
  /** String: PublishedConfig as JSON, set by the gateway. */
  config: 'tailboard:config',
  /** Hash with the fields of `sourceFields`. */
  source: (node: string, source: string) => `tailboard:${node}:source:${source}`,
  /** List of Command as JSON, oldest at the right, at most `commandLimits.queued`. */
  queuedCommands: (node: string, source: string) => `tailboard:${node}:commands:${source}`,
  /** List of Command as JSON that were asked or ended, newest at the left, at most `commandLimits.recorded`. */
  commandLog: (node: string) => `tailboard:${node}:command-log`,
  /** List of Order as JSON for the orchestrator, oldest at the right. */
  orders: (node: string) => `tailboard:${node}:orders`,
  /** List of `RunRecord & {source}` as JSON, newest at the left, at most `limits.runs`. */
  runs: (node: string) => `tailboard:${node}:runs`,
  /** The runs on demand among them once more, at most `limits.demandRuns`: those of the polls would push them out within the hour. */
  demandRuns: (node: string) => `tailboard:${node}:demand-runs`,
  /** String with the lock of a source's run: `RunLock` as JSON. */
  lock: (node: string, source: string) => `tailboard:${node}:lock:${source}`,
  /** List of the keys of every chunk of history, of every node and source, the oldest first. */
  historyChunks: 'tailboard:history',
  /** Hash: boot id to when its monotonic clock stood at zero (Unix ms), as last known. A jump of the wall clock moves all its samples. */
  historyBoots: 'tailboard:history:boots',
  /** String, its name continued by `:BOOT:HOUR:FIELDS`: the samples of an hour of that boot, packed, after what their columns are. */
  history: (node: string, source: string) => `tailboard:${node}:history:${source}`,
  /** String that expires: what a service says of itself every `limits.heartbeatMs`. */
  service: (node: string, service: string) => `tailboard:${node}:service:${service}`,
  /** Hash: notice id to Notice as JSON. */
  notices: (node: string) => `tailboard:${node}:notices`,
  /** String that expires: SystemStatus as JSON, written by the orchestrator when asked (an Order of type `status`). */
  status: (node: string) => `tailboard:${node}:status`,
  /** Hash a source keeps between runs (counters, a session). Never shown by any API. */
  memory: (node: string, source: string) => `tailboard:${node}:memory:${source}`,
} as const

/** Fields of the hash of a source. Values are JSON but for `outcome`. */
export const sourceFields = {
  reading: 'reading',
  success: 'success',
  outcome: 'outcome',
  failure: 'failure',
  run: 'run',
  /** RunCost with the stamp of its end, written by a run as its last act. */
  cost: 'cost',
} as const

export const limits = {
  /** A reading's JSON (bytes). With `events` this bounds the stream to 12 MB of Redis's 28. */
  readingBytes: 32 * 1024,
  events: 400,
  runs: 100,
  demandRuns: 50,
  heartbeatMs: 10_000,
  /** A service that was silent for this long is gone (ms). */
  heartbeatLostMs: 35_000,
} as const
