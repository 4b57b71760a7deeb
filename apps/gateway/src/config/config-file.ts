import { constants } from 'node:fs'
import { access, type FileHandle, open, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { configLimits, TailboardError } from '@tailboard/contracts'

export const configFileName = 'tailboard.yaml'

/** What lies in the folder: the text, nothing, or something that can't be read. */
export type FileContent =
  | { kind: 'text'; text: string }
  | { kind: 'absent' }
  | { kind: 'unreadable'; reason: string }

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

  async read(): Promise<FileContent> {
    let file: FileHandle | undefined
    try {
      // Non-blocking: a pipe of that name must not hold the gateway for ever.
      file = await open(this.#path, constants.O_RDONLY | constants.O_NONBLOCK)
      const { size } = await file.stat().then(async (stats) => {
        if (!stats.isFile()) throw new TailboardError('misconfigured', 'is no file')
        return stats
      })
      if (size > configLimits.bytes) {
        return { kind: 'unreadable', reason: `is ${size} bytes; ${configLimits.bytes} is the most` }
      }
      // It may grow while it is read: no more than the limit and one byte is taken.
      const buffer = Buffer.alloc(configLimits.bytes + 1)
      const { bytesRead } = await file.read(buffer, 0, buffer.length, 0)
      const text = new TextDecoder('utf-8', { fatal: true }).decode(buffer.subarray(0, bytesRead))
      return { kind: 'text', text }
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? ''
      if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'absent' }
      if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
        return { kind: 'unreadable', reason: 'is not UTF-8 text' }
      }
      const reason = error instanceof TailboardError ? error.message : `can’t be read (${code})`
      return { kind: 'unreadable', reason }
    } finally {
      await file?.close()
    }
  }

  /**
   * Replaces the file in one step that a power cut can't split.
   * @throws NodeJS.ErrnoException when the folder can't be written.
   */
  async write(text: string): Promise<void> {
    const temporary = `${this.#path}.${process.pid}.tmp`
    try {
      const file = await open(temporary, 'w', 0o644)
      try {
        await file.writeFile(text)
        await file.sync()
      } finally {
        await file.close()
      }
      await rename(temporary, this.#path)
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => {})
      throw error
    }
    // Without this the new name may be lost with the power, and the old file with it.
    const folder = await open(this.#folder, 'r')
    try {
      await folder.sync()
    } finally {
      await folder.close()
    }
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
