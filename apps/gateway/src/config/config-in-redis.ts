import { defaultConfig, type PublishedConfig } from '@tailboard/contracts'
import type { Logger, Store } from '@tailboard/service'
import { inTime } from '../in-time.ts'
import { versionOf } from './parse-config.ts'

/** A Redis that hangs must not keep the next edit from being read (ms). */
const answerMs = 5_000

export interface ConfigInRedisOptions {
  log: Logger
  /** Where the configuration is published; null until this node's name is known. */
  store: () => Store | null
  /** Redis refused or could not take it. */
  onTrouble: () => void
}

/** The copy of the configuration in force that orchestrator and sources read, and that outlives this process. */
export class ConfigInRedis {
  readonly #options: ConfigInRedisOptions

  constructor(options: ConfigInRedisOptions) {
    this.#options = options
  }

  /** What Redis kept; `nothing` when it kept nothing that can be read; null while it can't be asked. */
  async kept(): Promise<PublishedConfig | 'nothing' | null> {
    const store = this.#options.store()
    if (store === null) return null
    try {
      const kept = await inTime(store.readConfig(), answerMs)
      if (kept === null) return 'nothing'
      return { ...kept, status: { ...kept.status, version: versionOf(kept.config) } }
    } catch (error) {
      return (error as { kind?: string }).kind === 'malformed' ? 'nothing' : null
    }
  }

  /** Whether it stands there now. It is written, and told as an event, only where it says something else. */
  async publish(current: PublishedConfig): Promise<boolean> {
    const store = this.#options.store()
    if (store === null) return false
    try {
      const kept = await inTime(store.readConfig(), answerMs).catch((error: { kind?: string }) => {
        if (error.kind === 'malformed') return null
        throw error
      })
      if (kept === null || !isSame(kept, current)) await inTime(store.publishConfig(current), answerMs)
      return true
    } catch (error) {
      this.#options.log.warn('the configuration could not be published; trying again', { error })
      this.#options.onTrouble()
      return false
    }
  }
}

/** Nobody decided anything. */
export const nothingDecided = { config: defaultConfig, version: versionOf(defaultConfig) } as const

/** Whether two say the same, leaving aside when they began to. */
export function isSame(a: PublishedConfig, b: PublishedConfig): boolean {
  const plain = ({ status: { changed: _, ...status }, config }: PublishedConfig) =>
    JSON.stringify([status, config])
  return plain(a) === plain(b)
}
