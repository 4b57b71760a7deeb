import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { TailboardError } from '@tailboard/contracts'

/** What lies at a path: text, nothing, or something that can't be read. */
export type FileContent =
  | { kind: 'text'; text: string; mode: number }
  | { kind: 'absent' }
  | { kind: 'unreadable'; reason: string }

/** A file of at most so many bytes, whatever lies there: a pipe, a device or a file without end holds nothing up. */
export async function readText(path: string, mostBytes: number): Promise<FileContent> {
  let file: FileHandle | undefined
  try {
    // Non-blocking: a pipe of that name must not hold the gateway for ever.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const stats = await file.stat()
    if (!stats.isFile()) throw new TailboardError('misconfigured', 'is no file')
    if (stats.size > mostBytes) {
      return { kind: 'unreadable', reason: `is ${stats.size} bytes; ${mostBytes} is the most` }
    }
    // It may grow while it is read: no more than the limit and one byte is taken.
    const buffer = Buffer.alloc(mostBytes + 1)
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0)
    const text = new TextDecoder('utf-8', { fatal: true }).decode(buffer.subarray(0, bytesRead))
    return { kind: 'text', text, mode: stats.mode & 0o777 }
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
