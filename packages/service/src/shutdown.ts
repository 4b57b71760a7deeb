import type { Logger } from './log.ts'

const stopWithinMs = 8_000

/**
 * Runs `stop` once at SIGTERM or SIGINT and ends the process: 0 when it finished, 1 when it failed or took over
 * eight seconds (Docker kills at ten).
 */
export function onShutdown(log: Logger, stop: (signal: NodeJS.Signals) => Promise<void>): void {
  let isStopping = false
  const handle = (signal: NodeJS.Signals) => {
    if (isStopping) return
    isStopping = true
    log.info('stopping', { signal })
    const deadline = setTimeout(() => {
      log.error('did not stop in time', { withinMs: stopWithinMs })
      process.exit(1)
    }, stopWithinMs)
    stop(signal).then(
      () => {
        clearTimeout(deadline)
        process.exit(0)
      },
      (error: unknown) => {
        log.error('stopping failed', { error })
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', handle)
  process.on('SIGINT', handle)
}
