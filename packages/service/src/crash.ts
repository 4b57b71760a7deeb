import type { Logger } from './log.ts'

/**
 * What nobody caught ends the process with `code`, said by the logger: Node itself would print the error as it is, with
 * whatever secret stands in it.
 */
export function onCrash(log: Logger, code: number): void {
  process.on('uncaughtException', (error) => {
    log.error('a fault in the program', { error })
    process.exit(code)
  })
}
