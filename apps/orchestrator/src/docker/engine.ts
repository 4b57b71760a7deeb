import { TailboardError } from '@tailboard/contracts/error'
import type Docker from 'dockerode'

interface EngineFailure {
  statusCode?: number
  code?: string
  message?: string
  json?: { message?: string }
}

/** The engine's own words of an error that it answered. */
export function engineMessage(error: unknown): string {
  const { json, message } = error as EngineFailure
  return (json?.message ?? message ?? String(error)).trim()
}

export function hasStatus(error: unknown, ...statuses: number[]): boolean {
  return statuses.includes((error as EngineFailure | undefined)?.statusCode ?? 0)
}

/** Whether the engine went away, as opposed to having answered no. */
export function isEngineGone(error: unknown): boolean {
  if (error instanceof TailboardError) return error.kind === 'unreachable'
  const { statusCode, code = '', message = '' } = error as EngineFailure
  // A daemon that is shutting down answers 5xx for a moment before its socket closes.
  if (statusCode !== undefined) return statusCode >= 502 && statusCode <= 504
  return (
    ['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', 'ETIMEDOUT'].includes(code) ||
    /socket hang up|aborted/.test(message)
  )
}

/** Whatever dockerode threw, as a failure for a person. `what` names the thing that was tried. */
export function engineError(error: unknown, what: string): TailboardError {
  if (error instanceof TailboardError) return error
  const { code, statusCode } = error as EngineFailure
  if (code === 'EACCES' || code === 'EPERM') {
    return new TailboardError('refused', `${what}: the Docker socket may not be opened`, {
      hint: 'Run the orchestrator as the compose file says (user 0)',
      cause: error,
    })
  }
  if (isEngineGone(error)) {
    return new TailboardError('unreachable', `${what}: Docker does not answer`, {
      hint: 'Check: systemctl status docker',
      cause: error,
    })
  }
  if (statusCode === undefined) throw error
  return new TailboardError('refused', `${what}: Docker says "${engineMessage(error)}"`, { cause: error })
}

/**
 * A short call to the engine, bounded: dockerode's promise never settles when the engine dies in the middle of an answer.
 * @throws TailboardError `unreachable` after `ms`; else what the call threw.
 */
export async function bounded<T>(call: Promise<T>, ms = 60_000): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new TailboardError('unreachable', `Docker has not answered for ${ms / 1000} s`)),
      ms,
    )
  })
  try {
    return await Promise.race([call, late])
  } finally {
    clearTimeout(timer)
  }
}

/** A streamed call: settles when the answer's head is there. */
export function dial(
  docker: Docker,
  options: {
    path: string
    method: string
    options?: object
    file?: NodeJS.ReadableStream
    abortSignal?: AbortSignal
  },
): Promise<NodeJS.ReadableStream> {
  return new Promise((resolve, reject) => {
    docker.modem.dial(
      { ...options, isStream: true, statusCodes: { 200: true } },
      (error: unknown, stream: unknown) => {
        if (error) reject(error)
        else resolve(stream as NodeJS.ReadableStream)
      },
    )
  })
}

/** A pause that an abort cuts short. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal?.addEventListener('abort', done, { once: true })
    if (signal?.aborted) done()
  })
}
