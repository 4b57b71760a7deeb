import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Config,
  type ConfigProblem,
  type ConfigStatus,
  defaultConfig,
  type PublishedConfig,
} from '@tailboard/contracts'
import { stampNow, type TimeSource } from '@tailboard/service'
import { ConfigFile, configFileName } from './config-file.ts'
import { ConfigInRedis, type ConfigInRedisOptions, isSame, nothingDecided } from './config-in-redis.ts'
import { ConfigVersions, type Origin } from './config-versions.ts'
import { defaultText } from './default-text.ts'
import { parseConfig, versionOf } from './parse-config.ts'
import type { FileContent } from './read-text.ts'
import { FileWatcher, settleMs } from './watch-file.ts'

export interface ConfigKeeperOptions extends ConfigInRedisOptions {
  folder: string
  time: TimeSource
}

/** What a change of the file starts from: what lies there, and what is in force. */
export interface FileNow {
  content: FileContent
  current: PublishedConfig
}

/** The new text, and who brings it. */
export interface FileChange {
  text: string
  origin: Origin
}

/** Somebody wrote the file between the look at it and the write. */
export class FileMoved extends Error {
  override readonly name = 'FileMoved'
}

/** Keeps the last good configuration in force, whatever becomes of the file, and says what is wrong with it. */
export class ConfigKeeper {
  readonly #options: ConfigKeeperOptions
  readonly #file: ConfigFile
  readonly #redis: ConfigInRedis
  readonly #watcher: FileWatcher
  readonly versions: ConfigVersions
  #current: PublishedConfig | null = null
  #fingerprint = ''
  #notWritable: string | null = null
  #isPublished = false
  #isStopped = false
  #unrecorded: { text: string; config: Config; origin: Origin } | null = null
  #work: Promise<unknown> = Promise.resolve()

  constructor(options: ConfigKeeperOptions) {
    this.#options = options
    this.#file = new ConfigFile(options.folder)
    this.#redis = new ConfigInRedis(options)
    this.#watcher = new FileWatcher({
      folder: options.folder,
      name: configFileName,
      log: options.log,
      onTouched: () => void this.#inTurn(() => this.#takeUp()),
      onLook: () => void this.#inTurn(() => this.#lookAgain()),
    })
    this.versions = new ConfigVersions(options.folder)
  }

  /** The configuration in force; null while a broken file leaves it to Redis and that has not been asked yet. */
  get current(): PublishedConfig | null {
    return this.#current
  }

  async start(): Promise<void> {
    const cutOff = await this.#file.removeLeftovers()
    if (cutOff > 0) this.#options.log.info('removed what a write that was cut off left behind')
    await this.versions.start()
    const content = await this.#file.read()
    const isFirst = content.kind === 'absent'
    if (isFirst) await this.#writeDefaults()
    this.#watcher.start()
    await this.#inTurn(() => this.#takeUp({ cause: isFirst ? 'start' : 'hand', by: null }))
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#watcher.stop()
    await this.#work
  }

  /** Redis is there (again): what it holds may be older than what is in force, or all that is known. */
  async republish(): Promise<void> {
    this.#isPublished = false
    await this.#inTurn(() => this.#publish())
  }

  /**
   * Replaces the text of the file with what `make` makes of it, after everything that was edited by hand before. `make`
   * returns null when nothing is to be written; what it throws goes to the caller, and nothing is written.
   * @throws FileMoved · NodeJS.ErrnoException when the folder can't be written.
   */
  change(make: (now: FileNow) => Promise<FileChange | null>): Promise<PublishedConfig | null> {
    return this.#queue(async () => {
      if ((await this.#file.fingerprint()) !== this.#fingerprint) {
        // Half of what an editor is saving would pass for the whole.
        await sleep(settleMs)
        await this.#takeUp()
      }
      this.#notWritable = await this.#file.notWritable()
      const fingerprint = this.#fingerprint
      const content = await this.#file.read()
      if (this.#current === null) return null
      const change = await make({ content, current: this.#withNotWritable(this.#current) })
      if (change === null) return this.#current
      if ((await this.#file.fingerprint()) !== fingerprint) throw new FileMoved()
      await this.#file.write(change.text, content.kind === 'text' ? content.mode : undefined)
      await this.#takeUp(change.origin)
      return this.#current
    })
  }

  #withNotWritable({ status, config }: PublishedConfig): PublishedConfig {
    return { status: { ...status, notWritable: this.#notWritable }, config }
  }

  /** One thing after another: two readings of the file at once could end in the older one. */
  #queue<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#work.then(task)
    this.#work = result.catch(() => {})
    return result
  }

  async #inTurn(task: () => Promise<void>): Promise<void> {
    await this.#queue(task).catch((error: unknown) => {
      this.#options.log.error('the configuration could not be handled', { error })
    })
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

  async #lookAgain(): Promise<void> {
    const wasNotWritable = this.#notWritable !== null
    this.#notWritable = await this.#file.notWritable()
    const isMended = wasNotWritable && this.#notWritable === null
    if (isMended && (await this.#file.read()).kind === 'absent') await this.#writeDefaults()
    const hasChanged = (await this.#file.fingerprint()) !== this.#fingerprint
    if (hasChanged || wasNotWritable !== (this.#notWritable !== null)) await this.#takeUp()
    else if (!this.#isPublished) await this.#publish()
    await this.#record()
  }

  async #takeUp(origin: Origin = { cause: 'hand', by: null }): Promise<void> {
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
        if (!parsed.isGood) return this.#refuse(parsed.problems)
        // The look that follows a write knows less of its origin than the write did.
        if (this.#unrecorded?.text !== content.text) {
          this.#unrecorded = { text: content.text, config: parsed.config, origin }
        }
        await this.#record()
        await this.#adopt(parsed.config, 'file', parsed.unknownKeys)
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

  /** Keeps the text that came into force; one that can't be kept now is tried again at each look. */
  async #record(): Promise<void> {
    if (this.#unrecorded === null || this.#notWritable !== null) return
    const { text, config, origin } = this.#unrecorded
    try {
      await this.versions.record(text, config, stampNow(this.#options.time), origin)
      this.#unrecorded = null
    } catch (error) {
      this.#options.log.warn('this version of the configuration could not be kept; trying again', { error })
    }
  }

  /** What Redis kept; the defaults when it kept nothing; null while it can't be asked. */
  async #lastGood(): Promise<PublishedConfig | null> {
    const kept = await this.#redis.kept()
    if (kept !== 'nothing') return kept
    const { version, config } = nothingDecided
    return { status: this.#status(version, 'defaults', [], []), config }
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
    if (this.#options.store() === null || this.#isStopped) return
    // Nothing was good yet: now Redis can be asked for what was in force.
    if (this.#current === null && this.#pendingProblems !== null) return this.#refuse(this.#pendingProblems)
    if (this.#current === null) return
    this.#isPublished = await this.#redis.publish(this.#current)
  }
}

const problem = (reason: string): ConfigProblem => ({ path: '', reason, line: null, column: null })
