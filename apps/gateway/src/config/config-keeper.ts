import { type FSWatcher, watch } from 'node:fs'
import {
  type Config,
  type ConfigProblem,
  type ConfigStatus,
  defaultConfig,
  type PublishedConfig,
} from '@tailboard/contracts'
import { type Logger, type Store, stampNow, type TimeSource } from '@tailboard/service'
import { inTime } from '../in-time.ts'
import { ConfigFile, configFileName } from './config-file.ts'
import { defaultText } from './default-text.ts'
import { parseConfig, versionOf } from './parse-config.ts'

/** An editor saves in several steps; this is waited for them to end (ms). */
const settleMs = 150
/** Where the kernel tells nothing of the folder (a network share), the file is looked at this often (ms). */
const lookMs = 5_000
/** A Redis that hangs must not keep the next edit from being read (ms). */
const answerMs = 5_000

export interface ConfigKeeperOptions {
  folder: string
  log: Logger
  time: TimeSource
  /** Where the configuration is published; null until this node's name is known. */
  store: () => Store | null
  /** Redis refused or could not take it. */
  onTrouble: () => void
}

/** Keeps the last good configuration in force, whatever becomes of the file, and says what is wrong with it. */
export class ConfigKeeper {
  readonly #options: ConfigKeeperOptions
  readonly #file: ConfigFile
  #current: PublishedConfig | null = null
  #watcher: FSWatcher | undefined
  #look: NodeJS.Timeout | undefined
  #settle: NodeJS.Timeout | undefined
  #fingerprint = ''
  #notWritable: string | null = null
  #isPublished = false
  #isStopped = false
  #work: Promise<void> = Promise.resolve()

  constructor(options: ConfigKeeperOptions) {
    this.#options = options
    this.#file = new ConfigFile(options.folder)
  }

  /** The configuration in force; null while a broken file leaves it to Redis and that has not been asked yet. */
  get current(): PublishedConfig | null {
    return this.#current
  }

  async start(): Promise<void> {
    const content = await this.#file.read()
    if (content.kind === 'absent') await this.#writeDefaults()
    this.#watchFolder()
    this.#look = setInterval(() => this.#inTurn(() => this.#lookAgain()), lookMs)
    await this.#inTurn(() => this.#takeUp())
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#watcher?.close()
    clearInterval(this.#look)
    clearTimeout(this.#settle)
    await this.#work
  }

  /** Redis is there (again): what it holds may be older than what is in force, or all that is known. */
  async republish(): Promise<void> {
    this.#isPublished = false
    await this.#inTurn(() => this.#publish())
  }

  /** One thing after another: two readings of the file at once could end in the older one. */
  #inTurn(task: () => Promise<void>): Promise<void> {
    this.#work = this.#work.then(task).catch((error: unknown) => {
      this.#options.log.error('the configuration could not be handled', { error })
    })
    return this.#work
  }

  async #writeDefaults(): Promise<void> {
    const { log } = this.#options
    try {
      await this.#file.write(defaultText(defaultConfig))
      log.info('wrote config/tailboard.yaml with every default')
    } catch {
      log.warn('config/tailboard.yaml can’t be written; running on defaults', {
        hint: await this.#file.notWritable(),
      })
    }
  }

  #watchFolder(): void {
    try {
      // The folder, not the file: an editor puts a new file in its place.
      this.#watcher = watch(this.#options.folder, (_event, name) => {
        if (name !== null && name !== configFileName) return
        clearTimeout(this.#settle)
        this.#settle = setTimeout(() => void this.#inTurn(() => this.#takeUp()), settleMs)
      })
      this.#watcher.on('error', () => this.#watcher?.close())
    } catch (error) {
      this.#options.log.warn('the folder of the configuration can’t be watched; it is looked at every 5 s', {
        error,
      })
    }
  }

  async #lookAgain(): Promise<void> {
    const wasNotWritable = this.#notWritable !== null
    this.#notWritable = await this.#file.notWritable()
    const isMended = wasNotWritable && this.#notWritable === null
    if (isMended && (await this.#file.read()).kind === 'absent') await this.#writeDefaults()
    const hasChanged = (await this.#file.fingerprint()) !== this.#fingerprint
    if (hasChanged || wasNotWritable !== (this.#notWritable !== null)) await this.#takeUp()
    else if (!this.#isPublished) await this.#publish()
  }

  async #takeUp(): Promise<void> {
    this.#fingerprint = await this.#file.fingerprint()
    this.#notWritable = await this.#file.notWritable()
    const content = await this.#file.read()
    switch (content.kind) {
      case 'absent':
        // The first start without a file runs on defaults; a file that vanishes later must not change the house.
        if (this.#current === null) await this.#adopt(defaultConfig, 'defaults', [])
        else if (this.#current.status.origin === 'file') await this.#refuse([problem('is gone')])
        else await this.#adopt(defaultConfig, 'defaults', [])
        return
      case 'unreadable':
        return this.#refuse([problem(content.reason)])
      case 'text': {
        const parsed = parseConfig(content.text)
        if (parsed.isGood) await this.#adopt(parsed.config, 'file', parsed.unknownKeys)
        else await this.#refuse(parsed.problems)
      }
    }
  }

  async #adopt(config: Config, origin: ConfigStatus['origin'], unknownKeys: string[]): Promise<void> {
    const { log } = this.#options
    const version = versionOf(config)
    for (const key of unknownKeys) log.warn('config/tailboard.yaml has a key that nobody reads', { key })
    if (this.#current?.status.version !== version)
      log.info('the configuration is in force', { version, origin })
    await this.#set({ status: this.#status(version, origin, [], unknownKeys), config })
  }

  /** The file is no good: what was in force stays, which after a restart is what Redis kept. */
  async #refuse(problems: ConfigProblem[]): Promise<void> {
    const { log } = this.#options
    for (const { path, reason, line, column } of problems) {
      log.error('config/tailboard.yaml is refused; the last good settings stay in force', {
        path,
        reason,
        line,
        column,
      })
    }
    this.#pendingProblems = problems
    const last = this.#current ?? (await this.#lastGood())
    if (last === null) return
    const { version, origin, unknownKeys } = last.status
    await this.#set({ status: this.#status(version, origin, problems, unknownKeys), config: last.config })
  }

  #pendingProblems: ConfigProblem[] | null = null

  /** What Redis kept; the defaults when it kept nothing; null while it can't be asked. */
  async #lastGood(): Promise<PublishedConfig | null> {
    const store = this.#options.store()
    if (store === null) return null
    const defaults = {
      status: this.#status(versionOf(defaultConfig), 'defaults', [], []),
      config: defaultConfig,
    }
    try {
      const kept = await inTime(store.readConfig(), answerMs)
      return kept === null
        ? defaults
        : { ...kept, status: { ...kept.status, version: versionOf(kept.config) } }
    } catch (error) {
      if ((error as { kind?: string }).kind === 'malformed') return defaults
      return null
    }
  }

  #status(
    version: string,
    origin: ConfigStatus['origin'],
    problems: ConfigProblem[],
    unknownKeys: string[],
  ): ConfigStatus {
    const changed = stampNow(this.#options.time)
    return { version, origin, problems, unknownKeys, notWritable: this.#notWritable, changed }
  }

  async #set(next: PublishedConfig): Promise<void> {
    if (next.status.problems.length === 0) this.#pendingProblems = null
    if (this.#current !== null && isSame(this.#current, next)) return
    this.#current = next
    this.#isPublished = false
    await this.#publish()
  }

  async #publish(): Promise<void> {
    const store = this.#options.store()
    if (store === null || this.#isStopped) return
    // Nothing was good yet: now Redis can be asked for what was in force.
    if (this.#current === null && this.#pendingProblems !== null) return this.#refuse(this.#pendingProblems)
    if (this.#current === null) return
    try {
      const kept = await inTime(store.readConfig(), answerMs).catch((error: { kind?: string }) => {
        if (error.kind === 'malformed') return null
        throw error
      })
      if (kept === null || !isSame(kept, this.#current))
        await inTime(store.publishConfig(this.#current), answerMs)
      this.#isPublished = true
    } catch (error) {
      this.#options.log.warn('the configuration could not be published; trying again', { error })
      this.#options.onTrouble()
    }
  }
}

const problem = (reason: string): ConfigProblem => ({ path: '', reason, line: null, column: null })

/** Whether two say the same, leaving aside when they began to. */
function isSame(a: PublishedConfig, b: PublishedConfig): boolean {
  const plain = ({ status: { changed: _, ...status }, config }: PublishedConfig) =>
    JSON.stringify([status, config])
  return plain(a) === plain(b)
}
