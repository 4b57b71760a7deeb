import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { configLimits } from '@tailboard/contracts'
import { removeLeftovers, writeDurably } from './durable-file.ts'
import { type FileContent, readText } from './read-text.ts'

export const configFileName = 'tailboard.yaml'

/** config/tailboard.yaml: the only place that reads or writes it. */
export class ConfigFile {
  readonly #folder: string
  readonly #path: string
  readonly #access: typeof access

  /** @param mayAccess asks the file system; a test's own where every folder can be written. */
  constructor(folder: string, mayAccess: typeof access = access) {
    this.#folder = folder
    this.#access = mayAccess
    this.#path = join(folder, configFileName)
  }

  read(): Promise<FileContent> {
    return readText(this.#path, configLimits.bytes)
  }

  /** Replaces the file, or makes it. @throws NodeJS.ErrnoException when the folder can't be written. */
  write(text: string, mode?: number): Promise<void> {
    return writeDurably(this.#path, text, mode)
  }

  /** What a write that was cut off left behind. */
  removeLeftovers(): Promise<number> {
    return removeLeftovers(this.#folder, /^tailboard\.yaml$/)
  }

  /** Null when the folder can be written, else why not and the line that mends it. */
  async notWritable(): Promise<string | null> {
    try {
      await this.#access(this.#folder, constants.W_OK | constants.X_OK)
      return null
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (code === 'EROFS') return 'The folder config/ is read-only. Is the card? Look at: make doctor'
      if (code === 'ENOENT') return 'There is no folder config/. Make it with: mkdir config'
      const owner = `${process.getuid?.() ?? 1000}:${process.getgid?.() ?? 1000}`
      return `The folder config/ can’t be written. Run: sudo chown -R ${owner} config`
    }
  }

  /** Changes when the file does, also by a rename over it. */
  async fingerprint(): Promise<string> {
    try {
      const { ino, size, mtimeMs, ctimeMs } = await stat(this.#path)
      return `${ino} ${size} ${mtimeMs} ${ctimeMs}`
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? 'unknown'
    }
  }
}
