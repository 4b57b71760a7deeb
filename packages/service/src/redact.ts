const shortestSecret = 4
const mask = '•••'

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
    const forms = [
      secret,
      url,
      url.toLowerCase(),
      url.replace(/%20/g, '+'),
      new URLSearchParams({ k: secret }).toString().slice(2),
      JSON.stringify(secret).slice(1, -1),
      Buffer.from(secret).toString('base64'),
      Buffer.from(secret).toString('base64url'),
    ]
    // Longest first, so that no form is cut in two by a shorter one.
    this.#needles = [...new Set([...this.#needles, ...forms])].sort((a, b) => b.length - a.length)
  }

  /** `text` with a mask in place of each secret. */
  redact(text: string): string {
    let clean = text
    for (const needle of this.#needles) clean = clean.replaceAll(needle, mask)
    return clean
  }

  /** A value of JSON with every string in it (and every key) redacted. */
  redactValue<T>(value: T): T {
    if (this.#needles.length === 0) return value
    return JSON.parse(this.redact(JSON.stringify(value))) as T
  }
}

/** The process's own redactor: filled by `readEnvironment`, used by the logger. */
export const redactor = new Redactor()
