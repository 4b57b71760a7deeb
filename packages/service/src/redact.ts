const shortestSecret = 4
/** Shorter pieces of base64 would be found in ordinary text. */
const shortestPiece = 6
const mask = '•••'

/**
 * The base64 of a secret as it stands within the base64 of something longer (`user:secret`), for each way in which three
 * bytes can begin; characters that also hold bits of a neighbour are left out.
 */
function base64Within(secret: string): string[] {
  const bytes = Buffer.from(secret)
  return [0, 1, 2].flatMap((before) => {
    const padded = Buffer.concat([Buffer.alloc(before), bytes])
    const first = before === 0 ? 0 : before + 1
    const last = Math.floor((padded.length * 8) / 6)
    return [padded.toString('base64').slice(first, last), padded.toString('base64url').slice(first, last)]
  })
}

/**
 * Knows every secret's value and takes it out of text: plain, URL-encoded, base64 and as JSON escapes it.
 * Stands before each log line, record, error and test print.
 */
export class Redactor {
  #needles: string[] = []

  /** From now on `secret` is taken out. Secrets of fewer than four characters would blank out ordinary text. */
  add(secret: string): void {
    if (secret.length < shortestSecret) return
    const url = encodeURIComponent(secret)
    const json = JSON.stringify(secret).slice(1, -1)
    const forms = [
      secret,
      url,
      url.toLowerCase(),
      url.replace(/%20/g, '+'),
      new URLSearchParams({ k: secret }).toString().slice(2),
      json,
      // JSON that stands in a string of JSON.
      JSON.stringify(json).slice(1, -1),
      Buffer.from(secret).toString('base64'),
      Buffer.from(secret).toString('base64url'),
      ...base64Within(secret).filter((form) => form.length >= shortestPiece),
    ]
    // Longest first, so that no form is cut in two by a shorter one.
    this.#needles = [...new Set([...this.#needles, ...forms])].sort((a, b) => b.length - a.length)
  }

  /** The password within a URL (`redis://user:password@host`), where there is one. */
  addFromUrl(url: string): void {
    const [, password] = /^[a-z][a-z0-9+.-]*:\/\/[^/?#@\s]*:([^/?#\s]+)@/i.exec(url) ?? []
    if (password === undefined) return
    this.add(password)
    try {
      this.add(decodeURIComponent(password))
    } catch {
      // A % that encodes nothing: then it stands as it is.
    }
  }

  /** `text` with a mask in place of each secret. */
  redact(text: string): string {
    let clean = text
    for (const needle of this.#needles) clean = clean.replaceAll(needle, mask)
    return clean
  }

  /**
   * A value of JSON with every string in it (and every key) redacted. String by string, not as one text: a secret such as
   * 1234 or true would otherwise break the value that it happens to equal.
   */
  redactValue<T>(value: T): T {
    return this.#needles.length === 0 ? value : (this.#walk(value) as T)
  }

  #walk(value: unknown): unknown {
    if (typeof value === 'string') return this.redact(value)
    if (Array.isArray(value)) return value.map((item) => this.#walk(item))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [this.redact(key), this.#walk(item)]),
    )
  }
}

/** The process's own redactor: filled by `readEnvironment`, used by the logger. */
export const redactor = new Redactor()
