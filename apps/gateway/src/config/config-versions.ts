import { createHash } from 'node:crypto'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type Config,
  type ConfigCause,
  type ConfigVersion,
  configChangeLimits,
  configLimits,
  configVersionSchema,
  parseJson,
  type Stamp,
} from '@tailboard/contracts'
import { redactor } from '@tailboard/service'
import * as v from 'valibot'
import { changesBetween } from './changes.ts'
import { removeLeftovers, syncFolder, writeDurably } from './durable-file.ts'
import { parseConfig, versionOf } from './parse-config.ts'
import { readText } from './read-text.ts'

const fileName = /^([1-9]\d{0,8})\.yaml$/
/** Where a broken file goes when the owner returns to a version: it may be an hour's work with one mistake in it. */
export const refusedFileName = 'refused.yaml'
/** The line before the text: who, when and what. It is a comment, so that a version can be copied over by hand. */
const headerStart = '# Tailboard version '
const headerBytes = 16 * 1024

/** Who brought a text into force, and how. */
export interface Origin {
  cause: ConfigCause
  by: string | null
  restored?: string
}

/** The last texts that were in force, each a file in config/versions/ with who, when and what in its first line. */
export class ConfigVersions {
  readonly #parent: string
  readonly #folder: string
  #newest: { id: number; digest: string } | null = null

  constructor(configFolder: string) {
    this.#parent = configFolder
    this.#folder = join(configFolder, 'versions')
  }

  async start(): Promise<void> {
    await removeLeftovers(this.#folder, /^(\d+|refused)\.yaml$/)
    const [id] = await this.#ids()
    if (id === undefined) return
    const kept = await this.read(String(id))
    this.#newest = { id, digest: digestOf(kept?.text ?? '') }
  }

  /** Newest first. One whose first line can't be read is left out. */
  async list(): Promise<ConfigVersion[]> {
    const found: ConfigVersion[] = []
    for (const id of await this.#ids()) {
      const kept = await this.read(String(id))
      if (kept !== null) found.push(kept.version)
    }
    return found.slice(0, configLimits.versions)
  }

  /** The version and its text as it was; null when there is none of that name, or it can't be read. */
  async read(id: string): Promise<{ version: ConfigVersion; text: string } | null> {
    if (!fileName.test(`${id}.yaml`)) return null
    const content = await readText(join(this.#folder, `${id}.yaml`), configLimits.bytes + headerBytes)
    if (content.kind !== 'text' || !content.text.startsWith(headerStart)) return null
    const end = content.text.indexOf('\n')
    try {
      const json = content.text.slice(headerStart.length, end)
      return {
        version: { ...parseJson(configVersionSchema, json, 'a version'), id },
        text: content.text.slice(end + 1),
      }
    } catch {
      return null
    }
  }

  /**
   * Keeps a text that came into force, unless it is the newest one already, and lets go of the oldest.
   * @throws NodeJS.ErrnoException when the folder can't be written.
   */
  async record(text: string, config: Config, stamp: Stamp, origin: Origin): Promise<void> {
    const digest = digestOf(text)
    if (this.#newest?.digest === digest) return
    const before = this.#newest === null ? null : await this.read(String(this.#newest.id))
    const parsed = before === null ? null : parseConfig(before.text)
    const changes = parsed?.isGood === true ? changesBetween(parsed.config, config) : []
    const id = (this.#newest?.id ?? 0) + 1
    // The first line is shown: what was typed there by mistake is taken out of it as it is out of the log.
    const version = v.parse(
      configVersionSchema,
      redactor.redactValue({
        id: String(id),
        stamp,
        cause: before === null && origin.cause === 'hand' ? 'start' : origin.cause,
        by: origin.by,
        restored: origin.restored ?? null,
        version: versionOf(config),
        changes: changes.slice(0, configChangeLimits.changes),
        changed: changes.length,
      }),
    )
    await this.#makeFolder()
    await writeDurably(join(this.#folder, `${id}.yaml`), `${headerStart}${JSON.stringify(version)}\n${text}`)
    this.#newest = { id, digest }
    const outdated = (await this.#ids()).slice(configLimits.versions)
    for (const old of outdated) await rm(join(this.#folder, `${old}.yaml`), { force: true })
  }

  /** Keeps a text that is about to be replaced though it never came into force. @throws as `record` does. */
  async keepRefused(text: string): Promise<void> {
    await this.#makeFolder()
    await writeDurably(join(this.#folder, refusedFileName), text)
  }

  async #makeFolder(): Promise<void> {
    const made = await mkdir(this.#folder, { recursive: true })
    if (made !== undefined) await syncFolder(this.#parent)
  }

  async #ids(): Promise<number[]> {
    const names = await readdir(this.#folder).catch(() => [])
    const ids = names.flatMap((name) => fileName.exec(name)?.[1] ?? []).map(Number)
    return ids.sort((a, b) => b - a)
  }
}

const digestOf = (text: string) => createHash('sha256').update(text).digest('hex')
