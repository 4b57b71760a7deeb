import * as v from 'valibot'

/**
 * C0 and C1 controls, DEL, bidirectional marks, embeddings, overrides and isolates, zero-width and
 * invisible format characters, line and paragraph separators, lone surrogates, and the tag block.
 */
const harmful =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this removes.
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu

/**
 * Text from outside, made harmless: control and bidi characters become nothing (a line break or tab
 * becomes a space), and what is longer than `maxLength` UTF-16 units ends in an ellipsis.
 */
export function cleanText(raw: string, maxLength: number): string {
  // Cutting first bounds the work: nothing that a 50 MB name holds beyond this can reach the result.
  const bounded = raw.slice(0, maxLength * 8)
  const cleaned = bounded
    .replace(/[\t\n\r]+/g, ' ')
    .replace(harmful, '')
    .trim()
  if (cleaned.length <= maxLength) return cleaned
  return `${cleaned.slice(0, maxLength - 1).replace(/[\ud800-\udbff]$/, '')}…`
}

/** A schema for text from outside (names, domains, log lines): a string, cleaned, at most `maxLength` long. */
export function text(maxLength: number) {
  return v.pipe(
    v.string(),
    v.transform((raw) => cleanText(raw, maxLength)),
    v.maxLength(maxLength),
  )
}
