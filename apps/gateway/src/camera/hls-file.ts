import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'

const types: Record<string, string> = {
  m3u8: 'application/vnd.apple.mpegurl',
  // Many tables say TypeScript.
  ts: 'video/mp2t',
  m4s: 'video/iso.segment',
  mp4: 'video/mp4',
}

const namePattern = /^[A-Za-z0-9_-]+\.(m3u8|ts|m4s|mp4)$/

/** A file of the stream, open. Whoever gets it closes it. */
export interface HlsFile {
  handle: FileHandle
  bytes: number
  type: string
  cacheControl: string
}

/** Whether a name from outside can be one of the stream's files at all. */
export function isHlsName(name: string): boolean {
  return namePattern.test(name)
}

/** Opens a file of the stream; null for anything that is no regular file of such a name in that very folder. */
export async function openHlsFile(folder: string, name: string): Promise<HlsFile | null> {
  const suffix = namePattern.exec(name)?.[1]
  if (suffix === undefined) return null
  let handle: FileHandle
  try {
    // A link leads out of the folder; a pipe would hold the opener up.
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
    handle = await open(join(folder, name), flags)
  } catch {
    return null
  }
  try {
    const stat = await handle.stat()
    if (stat.isFile()) return { handle, bytes: stat.size, ...headersOf(suffix) }
  } catch {
    // As if it were not there.
  }
  await handle.close()
  return null
}

function headersOf(suffix: string): { type: string; cacheControl: string } {
  const type = types[suffix] ?? 'application/octet-stream'
  // A segment's name never comes again. It is nobody's but the viewer's: no cache on the way keeps it.
  const cacheControl = suffix === 'm3u8' ? 'no-store' : 'private, max-age=60, immutable'
  return { type, cacheControl }
}
