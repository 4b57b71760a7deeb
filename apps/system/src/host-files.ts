import { open, readdir } from 'node:fs/promises'
import { TailboardError } from '@tailboard/contracts'

/** Where the machine's own files are seen: other paths in a container, a made-up tree in a test. */
export interface HostRoots {
  procPath: string
  sysPath: string
  hostNameFile: string
}

/** A whole /proc/stat of 64 cores has 20 kB; what is larger than this is no file of the kernel's. */
const mostBytes = 1_048_576

/** This kernel or machine has no such thing. EINVAL and ENODATA: a sensor or link that is switched off. */
const absentCodes = new Set([
  'ENOENT',
  'ENOTDIR',
  'ENODEV',
  'ENXIO',
  'ENODATA',
  'EINVAL',
  'EOPNOTSUPP',
  'ENOTSUP',
])

/**
 * A file's text; null when the machine does not have it.
 * @throws TailboardError `refused`, `misconfigured` (a folder stands there), `malformed` (too large), `unreachable`
 */
export async function readIfThere(path: string): Promise<string | null> {
  try {
    await using file = await open(path, 'r')
    // Files of the kernel's have length 0 until they are read.
    const buffer = Buffer.alloc(65_536)
    const chunks: Buffer[] = []
    for (let length = 0; ; ) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, null)
      if (bytesRead === 0) return Buffer.concat(chunks).toString('utf8')
      length += bytesRead
      if (length > mostBytes) throw new TailboardError('malformed', `${path} is far longer than it can be`)
      chunks.push(Buffer.from(buffer.subarray(0, bytesRead)))
    }
  } catch (error) {
    if (isAbsent(error)) return null
    throw asTailboardError(error, path)
  }
}

/** As `readIfThere`, for what every machine has. @throws TailboardError also when it is absent: `misconfigured`. */
export async function readRequired(path: string): Promise<string> {
  const text = await readIfThere(path)
  if (text === null) throw new TailboardError('misconfigured', `${path} is not there`)
  return text
}

/** One whole number from a file that holds nothing else; null when the machine does not have it. */
export async function readNumberIfThere(path: string): Promise<number | null> {
  const text = await readIfThere(path)
  if (text === null) return null
  if (!/^-?\d{1,20}$/.test(text.trim())) throw new TailboardError('malformed', `${path} holds no number`)
  return Number(text)
}

/** The names in a folder in a stable order; none when there is no such folder. */
export async function listIfThere(path: string): Promise<string[]> {
  try {
    return (await readdir(path)).sort()
  } catch (error) {
    if (isAbsent(error)) return []
    throw asTailboardError(error, path)
  }
}

/** Whether a system call failed because there is no such thing. */
export function isAbsent(error: unknown): boolean {
  return absentCodes.has((error as NodeJS.ErrnoException).code ?? '')
}

/** A failed system call as what the owner reads. Anything else is a bug and stays what it is. */
export function asTailboardError(error: unknown, path: string): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (error instanceof TailboardError || code === undefined) return error
  if (code === 'EACCES' || code === 'EPERM') {
    return new TailboardError('refused', `${path} may not be read`, {
      hint: 'Check how it is mounted: the source runs as a user without any right of its own.',
      cause: error,
    })
  }
  if (code === 'EISDIR') {
    return new TailboardError('misconfigured', `${path} is a folder where a file should be`, { cause: error })
  }
  return new TailboardError('unreachable', `${path} can’t be read (${code})`, { cause: error })
}
