import { open } from 'node:fs/promises'
import { Readable } from 'node:stream'

/** One thing to pack. `name` is relative with forward slashes; a file's content is read from `source` as it is packed. */
export interface TarEntry {
  name: string
  type: 'file' | 'directory' | 'symlink'
  mode: number
  size: number
  source: string
  linkTarget?: string
}

const block = 512
const typeFlag = { file: '0', symlink: '2', directory: '5' } as const

/**
 * A ustar archive as a stream: one file's chunk in memory at a time. Owners are 0 and times fixed, as Compose's own builds send them,
 * so that the engine's build cache is the same for both.
 */
export function tarStream(entries: AsyncIterable<TarEntry>): Readable {
  return Readable.from(tarBlocks(entries), { objectMode: false, highWaterMark: 64 * 1024 })
}

async function* tarBlocks(entries: AsyncIterable<TarEntry>): AsyncGenerator<Buffer> {
  for await (const entry of entries) {
    const name = entry.type === 'directory' ? `${entry.name}/` : entry.name
    const link = entry.linkTarget ?? ''
    const extended = {
      ...(splitName(name) === undefined ? { path: name } : {}),
      ...(Buffer.byteLength(link) > 100 ? { linkpath: link } : {}),
      ...(entry.size > 0o77777777777 ? { size: String(entry.size) } : {}),
    }
    if (Object.keys(extended).length > 0) yield paxRecord(extended)
    const size = entry.type === 'file' ? entry.size : 0
    yield header(splitName(name) ?? ['', name.slice(-99)], {
      ...entry,
      size,
      flag: typeFlag[entry.type],
      link,
    })
    if (entry.type === 'file') yield* content(entry)
  }
  yield Buffer.alloc(2 * block)
}

/** Exactly `size` bytes whatever happens to the file meanwhile: a log that grows must not break the archive. */
async function* content({ source, size }: TarEntry): AsyncGenerator<Buffer> {
  const file = await open(source, 'r')
  try {
    let left = size
    while (left > 0) {
      const chunk = Buffer.allocUnsafe(Math.min(left, 64 * 1024))
      const { bytesRead } = await file.read(chunk, 0, chunk.length)
      yield bytesRead === 0 ? Buffer.alloc(chunk.length) : chunk.subarray(0, bytesRead)
      left -= bytesRead === 0 ? chunk.length : bytesRead
    }
  } finally {
    await file.close()
  }
  const rest = size % block
  if (rest > 0) yield Buffer.alloc(block - rest)
}

/** [prefix, name] within ustar's 155 and 100 bytes, undefined when it doesn't fit. */
export function splitName(name: string): [string, string] | undefined {
  if (Buffer.byteLength(name) <= 100) return ['', name]
  for (let at = name.indexOf('/'); at >= 0 && at < name.length - 1; at = name.indexOf('/', at + 1)) {
    const prefix = name.slice(0, at)
    const rest = name.slice(at + 1)
    if (Buffer.byteLength(prefix) <= 155 && Buffer.byteLength(rest) <= 100) return [prefix, rest]
  }
  return undefined
}

function header(
  [prefix, name]: [string, string],
  entry: { mode: number; size: number; flag: string; link: string },
): Buffer {
  const bytes = Buffer.alloc(block)
  bytes.write(name, 0, 100)
  octal(bytes, entry.mode & 0o7777, 100, 8)
  octal(bytes, 0, 108, 8)
  octal(bytes, 0, 116, 8)
  octal(bytes, Math.min(entry.size, 0o77777777777), 124, 12)
  octal(bytes, 0, 136, 12)
  bytes.write('        ', 148)
  bytes.write(entry.flag, 156)
  bytes.write(entry.link, 157, 100)
  bytes.write('ustar\u000000', 257)
  bytes.write(prefix, 345, 155)
  const sum = bytes.reduce((total, byte) => total + byte, 0)
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return bytes
}

function octal(bytes: Buffer, value: number, at: number, length: number): void {
  bytes.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at)
}

/** What ustar has no room for, as POSIX's extended header. */
function paxRecord(values: Record<string, string>): Buffer {
  const records = Object.entries(values).map(([key, value]) => {
    const body = ` ${key}=${value}\n`
    const bodyLength = Buffer.byteLength(body)
    let length = bodyLength + 1
    while (length !== bodyLength + String(length).length) length = bodyLength + String(length).length
    return `${length}${body}`
  })
  const data = Buffer.from(records.join(''))
  const padded = Buffer.alloc(Math.ceil(data.length / block) * block)
  data.copy(padded)
  return Buffer.concat([header(['', 'pax'], { mode: 0o644, size: data.length, flag: 'x', link: '' }), padded])
}
