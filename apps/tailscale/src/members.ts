import { TailboardError } from '@tailboard/contracts'

/** The longest that there is (B): `nodekey:` and 64 digits. */
const mostKeyBytes = 1024

const [quote, backslash, colon, comma] = [0x22, 0x5c, 0x3a, 0x2c]
const [open, close, openList, closeList] = [0x7b, 0x7d, 0x5b, 0x5d]

/**
 * The members of a JSON object, each value still as its text. So a status of megabytes is never a tree of values in
 * memory, what nobody reads (CapMap, most of it) is passed over, and an id beyond 2^53 keeps all its digits.
 *
 * What a value holds is checked by whoever parses it.
 * @throws TailboardError `malformed` when it is no JSON object
 */
export function* members(json: Buffer): Generator<[key: string, value: Buffer]> {
  let at = afterByte(json, 0, open)
  if (json[at] === close) return checkEnd(json, at + 1)
  for (;;) {
    if (json[at] !== quote) throw notJson()
    const keyEnd = endOfString(json, at)
    const key = parseValue(json.subarray(at, keyEnd), mostKeyBytes) as string
    at = afterByte(json, keyEnd, colon)
    const end = endOfValue(json, at)
    yield [key, json.subarray(at, end)]
    at = skipSpace(json, end)
    if (json[at] === close) return checkEnd(json, at + 1)
    at = afterByte(json, at, comma)
  }
}

/**
 * One value. Parsed, `[[],[],…]` is many times what it was as text: what is longer than `mostBytes` is no answer.
 * @throws TailboardError `malformed`
 */
export function parseValue(json: Buffer, mostBytes: number): unknown {
  if (json.length > mostBytes) {
    throw new TailboardError('malformed', 'A part of the answer of Tailscale is longer than it can be', {
      hint: 'Is it tailscaled that listens at that socket? It is asked again at the next run.',
    })
  }
  try {
    return JSON.parse(json.toString('utf8'))
  } catch (cause) {
    throw notJson(cause)
  }
}

function endOfValue(json: Buffer, from: number): number {
  const first = json[from]
  if (first === quote) return endOfString(json, from)
  let at = from
  if (first !== open && first !== openList) {
    while (at < json.length && !isEndOfScalar(json[at])) at++
    if (at === from) throw notJson()
    return at
  }
  for (let depth = 0; at < json.length; at++) {
    const byte = json[at]
    if (byte === quote) at = endOfString(json, at) - 1
    else if (byte === open || byte === openList) depth++
    else if (byte === close || byte === closeList) {
      depth--
      if (depth === 0) return at + 1
    }
  }
  throw notJson()
}

function endOfString(json: Buffer, from: number): number {
  let at = from + 1
  while (at < json.length && json[at] !== quote) at += json[at] === backslash ? 2 : 1
  if (at >= json.length) throw notJson()
  return at + 1
}

function isEndOfScalar(byte: number | undefined): boolean {
  return byte === comma || byte === close || byte === closeList || isSpace(byte)
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d
}

function skipSpace(json: Buffer, from: number): number {
  let at = from
  while (isSpace(json[at])) at++
  return at
}

/** Where the next thing begins after `byte`, with blanks around it or none. */
function afterByte(json: Buffer, from: number, byte: number | undefined): number {
  const at = skipSpace(json, from)
  if (json[at] !== byte) throw notJson()
  return skipSpace(json, at + 1)
}

function checkEnd(json: Buffer, from: number): void {
  if (skipSpace(json, from) !== json.length) throw notJson()
}

function notJson(cause?: unknown): TailboardError {
  return new TailboardError('malformed', 'The answer of Tailscale is not JSON', {
    hint: 'It was cut off, or something else answers at that socket. It is asked again at the next run.',
    cause,
  })
}
