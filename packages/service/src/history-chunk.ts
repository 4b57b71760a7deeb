import { createHash } from 'node:crypto'
import { type Clock, keys, number, parseJson, type SeriesField, TailboardError } from '@tailboard/contracts'
import * as v from 'valibot'

/** A chunk is what one source wrote in one hour of the monotonic clock with the same columns (ms). */
export const chunkMs = 3_600_000

/** The first byte; it is in the key's digest too, so two formats never meet in one chunk. */
const format = 1
const preambleBytes = 3
const numberBytes = 4

const headSchema = v.object({
  simulated: v.boolean(),
  /** From sample to sample, as it was then. */
  intervalS: v.pipe(number, v.minValue(1)),
  fields: v.array(v.object({ path: v.string(), key: v.nullable(v.string()), unit: v.nullable(v.string()) })),
})

/** What all samples of a chunk have in common. Without fields they are confirmations: what was known then still held. */
export interface ChunkHead {
  simulated: boolean
  intervalS: number
  fields: SeriesField[]
}

/** A chunk as it was read. */
export interface Chunk extends ChunkHead {
  boot: string
  /** Of the monotonic clock, ms. */
  startMs: number
  samples: number
  /** On the boot's monotonic clock. */
  monotonicMs(sample: number): number
  /** Null: the reading had none. */
  value(sample: number, field: number): number | null
}

/** The head as it stands before the samples: the format, the length of what follows, JSON. */
export function packHead({ simulated, intervalS, fields }: ChunkHead): Buffer {
  const columns = fields.map(({ path, key, unit }) => ({ path, key, unit }))
  const json = Buffer.from(JSON.stringify({ simulated, intervalS, fields: columns }))
  const preamble = Buffer.alloc(preambleBytes)
  preamble.writeUInt8(format)
  preamble.writeUInt16LE(json.length, 1)
  return Buffer.concat([preamble, json])
}

/** A sample: milliseconds since the chunk's start (int32, negative when it was measured before), then a float32 a field. */
export function packSample(sinceStartMs: number, values: readonly (number | null)[]): Buffer {
  const bytes = Buffer.alloc(numberBytes * (1 + values.length))
  bytes.writeInt32LE(Math.round(sinceStartMs))
  for (const [index, value] of values.entries())
    bytes.writeFloatLE(value ?? Number.NaN, numberBytes * (1 + index))
  return bytes
}

/** The key of the chunk in which samples with this head are kept at `clock`. */
export function chunkKey(node: string, source: string, { boot, ms }: Clock, head: Buffer): string {
  const columns = createHash('sha256').update(head).digest('hex').slice(0, 8)
  return `${keys.history(node, source)}:${boot}:${Math.floor(ms / chunkMs)}:${columns}`
}

/**
 * A chunk from Redis. What a write left half at its end is not part of it.
 * @throws TailboardError `malformed` when it can't be read.
 */
export function readChunk(key: string, bytes: Buffer): Chunk {
  const [boot, hour] = key.split(':').slice(-3)
  const head = readHead(key, bytes)
  if (boot === undefined || !/^\d+$/.test(hour ?? ''))
    throw new TailboardError('malformed', `${key} in Redis is no key of a chunk of history`)
  const startMs = Number(hour) * chunkMs
  const width = numberBytes * (1 + head.fields.length)
  const body = bytes.subarray(preambleBytes + bytes.readUInt16LE(1))
  return {
    ...head,
    boot,
    startMs,
    samples: Math.floor(body.length / width),
    monotonicMs: (sample) => startMs + body.readInt32LE(sample * width),
    value: (sample, field) => {
      const value = body.readFloatLE(sample * width + numberBytes * (1 + field))
      return Number.isFinite(value) ? value : null
    },
  }
}

function readHead(key: string, bytes: Buffer): ChunkHead {
  const end = bytes.length < preambleBytes ? Number.NaN : preambleBytes + bytes.readUInt16LE(1)
  if (bytes[0] !== format || !(end <= bytes.length))
    throw new TailboardError('malformed', `The chunk of history ${key} in Redis can’t be read`)
  return parseJson(
    headSchema,
    bytes.toString('utf8', preambleBytes, end),
    `the chunk of history ${key} in Redis`,
  )
}
