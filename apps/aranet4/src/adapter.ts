import type { EventEmitter } from 'node:events'
import type { Noble } from '@abandonware/noble/with-bindings.js'
import { openingFailure } from './adapter-failure.ts'

/** An open Bluetooth adapter. */
export interface Adapter {
  noble: Noble
  /** Where noble's own layer tells how the controller answered a command: nothing above it does. */
  hci: EventEmitter
  /** Stops scanning: a controller goes on for ever when nobody tells it. */
  close(): void
}

/**
 * Opens the adapter through noble.
 * @throws TailboardError `misconfigured` (not in the host's network, module missing), `missing-hardware`, `refused`
 */
export async function openAdapter(): Promise<Adapter> {
  // noble ends the process at SIGINT when nobody has come after it; a run has its failure to write first.
  const before = { SIGINT: process.listeners('SIGINT'), exit: process.listeners('exit') }
  try {
    // Not its main file: that opens a socket when it is loaded, and knows other systems too.
    const { default: withBindings } = await import('@abandonware/noble/with-bindings.js')
    const { default: HciBindings } = await import('@abandonware/noble/lib/hci-socket/bindings.js')
    const bindings = new HciBindings({})
    const noble = withBindings(bindings)
    // Before any listener for it: only so does what goes wrong reach us as an error.
    void noble.state
    for (const listener of process.listeners('SIGINT')) {
      if (!before.SIGINT.includes(listener)) process.off('SIGINT', listener)
    }
    const close = () => {
      noble.removeAllListeners()
      noble.stopScanning()
      for (const listener of process.listeners('exit')) {
        if (!before.exit.includes(listener)) process.off('exit', listener)
      }
    }
    return { noble, hci: bindings._hci, close }
  } catch (error) {
    throw openingFailure(error)
  }
}
