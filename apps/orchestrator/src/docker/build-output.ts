/**
 * What an engine says while it builds or pulls, as a bounded tail of lines. BuildKit's log comes as protobuf (moby.buildkit.v1.StatusResponse)
 * in base64 inside JSON lines; the two fields that hold text are read here, since a whole protobuf library costs megabytes.
 */
export class BuildOutput {
  readonly lines: string[] = []
  error: string | undefined
  #rest = ''
  readonly #maxLines: number

  constructor(maxLines = 20) {
    this.#maxLines = maxLines
  }

  /** A piece of the answer, cut anywhere. */
  push(chunk: string): void {
    const lines = (this.#rest + chunk).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#take(line.trim())
  }

  end(): void {
    this.#take(this.#rest.trim())
    this.#rest = ''
  }

  #take(line: string): void {
    if (line === '') return
    let message: { error?: string; stream?: string; status?: string; id?: string; aux?: unknown }
    try {
      message = JSON.parse(line)
    } catch {
      this.#add(line)
      return
    }
    if (message.error !== undefined) {
      this.error = message.error
      this.#add(message.error)
    } else if (message.id === 'moby.buildkit.trace' && typeof message.aux === 'string') {
      for (const text of buildkitTexts(Buffer.from(message.aux, 'base64'))) this.#add(text)
    } else if (message.stream !== undefined) this.#add(message.stream)
  }

  #add(text: string): void {
    for (const line of text.split(/[\r\n]+/))
      if (line.trim() !== '') this.lines.push(line.trimEnd().slice(0, 400))
    this.lines.splice(0, this.lines.length - this.#maxLines)
  }
}

interface Field {
  number: number
  bytes: Buffer
}

/** Vertex errors (field 1, in it field 7) and log messages (field 3, in it field 4). */
function* buildkitTexts(status: Buffer): Generator<string> {
  for (const { number, bytes } of fields(status)) {
    const wanted = number === 1 ? 7 : number === 3 ? 4 : 0
    if (wanted === 0) continue
    for (const inner of fields(bytes)) if (inner.number === wanted) yield inner.bytes.toString('utf8')
  }
}

/** The length-delimited fields of a protobuf message; the others are stepped over. */
function* fields(message: Buffer): Generator<Field> {
  let at = 0
  const varint = () => {
    let value = 0
    let factor = 1
    while (at < message.length) {
      const byte = message[at++] ?? 0
      value += (byte & 0x7f) * factor
      if (byte < 0x80) break
      factor *= 128
    }
    return value
  }
  while (at < message.length) {
    const tag = varint()
    const wireType = tag % 8
    if (wireType === 0) varint()
    else if (wireType === 1) at += 8
    else if (wireType === 5) at += 4
    else if (wireType === 2) {
      const length = varint()
      yield { number: Math.floor(tag / 8), bytes: message.subarray(at, at + length) }
      at += length
    } else return
  }
}
