import { TailboardError } from '@tailboard/contracts/error'
import type Docker from 'dockerode'
import { bounded, dial, engineError, hasStatus, isEngineGone, pause } from './engine.ts'
import { readLogTail } from './log-tail.ts'

/** How a run of a container ended. */
export interface RunOutcome {
  exitCode: number
  oomKilled: boolean
  /** ISO 8601 UTC, as the engine tells them. */
  startedAt: string
  finishedAt: string
  /** Last lines of its log, oldest first; empty when it ended well. */
  logTail: string[]
  /** The engine went away while it ran: an exit code that is not 0 may be the engine's doing. */
  engineLost: boolean
}

interface WaitOptions {
  signal?: AbortSignal | undefined
  previousStart?: string
  /** Wall clock before the start (s): what was logged later is this run's. */
  logsSince?: number
  /** A wait that was registered already. */
  wait?: NodeJS.ReadableStream | undefined
  engineLost?: boolean
}

const longestPauseMs = 5_000

/**
 * Starts a container and stays until it has ended. One that runs already is taken up instead: never two at once.
 * An abort kills it; the outcome is then that of the killed run.
 * @param previousStart `State.StartedAt` before this run, so that an older run's end is never taken for this one's.
 */
export async function startAndWait(
  docker: Docker,
  id: string,
  previousStart: string,
  signal?: AbortSignal,
): Promise<RunOutcome> {
  const container = docker.getContainer(id)
  // The wait must stand before the start, or a short run is over before anyone listens.
  const stopWaiting = new AbortController()
  const logsSince = Date.now() / 1000
  let exit: NodeJS.ReadableStream
  try {
    exit = await dialWait(docker, id, 'next-exit', stopWaiting.signal)
    await bounded(container.start(), 120_000)
  } catch (error) {
    if (hasStatus(error, 304)) {
      stopWaiting.abort()
      return waitForEnd(docker, id, { signal })
    }
    if (!isEngineGone(error)) {
      stopWaiting.abort()
      throw error
    }
    // It may have started all the same: what became of it is asked once the engine is back.
    stopWaiting.abort()
    return waitForEnd(docker, id, { signal, previousStart, logsSince, engineLost: true })
  }
  return waitForEnd(docker, id, { signal, previousStart, logsSince, wait: exit })
}

/**
 * Stays until a container that was started has ended, through losses of the engine.
 * @throws TailboardError `crashed` when the container was removed meanwhile, `unreachable` when it never started.
 */
export async function waitForEnd(docker: Docker, id: string, options: WaitOptions = {}): Promise<RunOutcome> {
  const { signal, previousStart, logsSince } = options
  const container = docker.getContainer(id)
  const kill = () => void container.kill().catch(() => {})
  signal?.addEventListener('abort', kill, { once: true })
  if (signal?.aborted) kill()
  let { wait, engineLost = false } = options
  let pauseMs = 250
  try {
    while (true) {
      try {
        wait ??= await dialWait(docker, id, 'not-running')
        await drain(wait)
      } catch (error) {
        if (hasStatus(error, 404)) throw removed()
        if (!isEngineGone(error)) throw engineError(error, 'Waiting for a run')
      }
      wait = undefined
      const state = await stateOf(container)
      if (state !== undefined && !state.Running) {
        if (state.StartedAt === previousStart) throw neverBegan()
        return await outcome(container, state, engineLost, logsSince)
      }
      // An abort that met a missing engine is repeated now that it is back.
      if (state !== undefined && signal?.aborted) kill()
      engineLost = true
      await pause(pauseMs)
      pauseMs = Math.min(pauseMs * 2, longestPauseMs)
    }
  } finally {
    signal?.removeEventListener('abort', kill)
  }
}

/** Undefined while the engine is gone. */
async function stateOf(
  container: Docker.Container,
): Promise<Docker.ContainerInspectInfo['State'] | undefined> {
  try {
    return (await bounded(container.inspect())).State
  } catch (error) {
    if (hasStatus(error, 404)) throw removed()
    if (!isEngineGone(error)) throw engineError(error, 'Looking at a run')
    return undefined
  }
}

function removed(): TailboardError {
  return new TailboardError('crashed', 'The container was removed while it ran')
}

function neverBegan(): TailboardError {
  return new TailboardError('unreachable', 'Docker went away before the run began', {
    hint: 'It is tried again at its next turn',
  })
}

async function outcome(
  container: Docker.Container,
  state: Docker.ContainerInspectInfo['State'],
  engineLost: boolean,
  logsSince: number | undefined,
): Promise<RunOutcome> {
  const startedAt = new Date(state.StartedAt)
  if (startedAt.getUTCFullYear() < 1970) throw neverBegan()
  const { ExitCode: exitCode, OOMKilled: oomKilled } = state
  const isGood = exitCode === 0 && !oomKilled
  // The first line can be older than the engine's own note of the start, which in turn can be older than ours when the clock jumps.
  const started = startedAt.getTime() / 1000
  const since = logsSince !== undefined && logsSince < started + 1 ? logsSince : started - 2
  const logTail = isGood ? [] : await readLogTail(container, since).catch(() => [])
  return {
    exitCode,
    oomKilled,
    startedAt: startedAt.toISOString(),
    finishedAt: new Date(state.FinishedAt).toISOString(),
    logTail,
    engineLost,
  }
}

function dialWait(
  docker: Docker,
  id: string,
  condition: string,
  abortSignal?: AbortSignal,
): Promise<NodeJS.ReadableStream> {
  return dial(docker, {
    path: `/containers/${encodeURIComponent(id)}/wait?`,
    method: 'POST',
    options: { _query: { condition }, _body: {} },
    ...(abortSignal === undefined ? {} : { abortSignal }),
  })
}

/** Reads an answer to its end; a connection that breaks ends it too, and the inspect that follows tells. */
async function drain(stream: NodeJS.ReadableStream): Promise<void> {
  await new Promise<void>((resolve) => {
    stream.on('end', resolve)
    stream.on('error', () => resolve())
    stream.on('close', resolve)
    stream.resume()
  })
}
