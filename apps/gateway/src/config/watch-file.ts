import { type FSWatcher, watch } from 'node:fs'
import type { Logger } from '@tailboard/service'

/** An editor saves in several steps; this is waited for them to end (ms). */
export const settleMs = 150
/** Where the kernel tells nothing of the folder (a network share), the file is looked at this often (ms). */
const lookMs = 5_000

export interface FileWatcherOptions {
  folder: string
  name: string
  log: Logger
  /** The kernel says that the file was touched, and it has settled. */
  onTouched: () => void
  /** Every few seconds, whatever the kernel says. */
  onLook: () => void
}

/** Watches one file of a folder, also through an editor that puts a new file in its place. */
export class FileWatcher {
  readonly #options: FileWatcherOptions
  #watcher: FSWatcher | undefined
  #look: NodeJS.Timeout | undefined
  #settle: NodeJS.Timeout | undefined

  constructor(options: FileWatcherOptions) {
    this.#options = options
  }

  start(): void {
    const { folder, name, log, onTouched, onLook } = this.#options
    this.#look = setInterval(onLook, lookMs)
    try {
      // The folder, not the file: an editor puts a new file in its place.
      this.#watcher = watch(folder, (_event, touched) => {
        if (touched !== null && touched !== name) return
        clearTimeout(this.#settle)
        this.#settle = setTimeout(onTouched, settleMs)
      })
      this.#watcher.on('error', () => this.#watcher?.close())
    } catch (error) {
      log.warn('the folder of the configuration can’t be watched; it is looked at every 5 s', { error })
    }
  }

  stop(): void {
    this.#watcher?.close()
    clearInterval(this.#look)
    clearTimeout(this.#settle)
  }
}
