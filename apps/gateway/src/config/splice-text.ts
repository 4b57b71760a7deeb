import { isScalar, parseDocument, type Scalar, stringify } from 'yaml'
import type { Edit } from './patch.ts'

/**
 * The text with each value put in place of the one that stands there, and not one other byte changed. Null when that is not
 * all there is to do: a key that is missing, a value of several lines, a list.
 */
export function spliceText(text: string, edits: readonly Edit[]): string | null {
  const document = parseDocument(text, { version: '1.2', uniqueKeys: false })
  const places: { start: number; end: number; words: string }[] = []
  for (const { path, value, isReset } of edits) {
    const node = document.getIn(path, true)
    // What is left to its default stays so.
    if (isReset && (node === undefined || isBlank(node))) continue
    const words = isScalar(node) && !isBlank(node) ? inWords(value, node) : null
    const [start, end] = (isScalar(node) ? node.range : null) ?? []
    if (words === null || start === undefined || end === undefined) return null
    if (isScalar(node) && node.value !== value) places.push({ start, end, words })
  }
  // From the end, so that what is to come keeps its place.
  places.sort((a, b) => b.start - a.start)
  return places.reduce((left, { start, end, words }) => left.slice(0, start) + words + left.slice(end), text)
}

/** A value as it may stand in place of the old one, quoted as that was. */
function inWords(value: unknown, old: Scalar): string | null {
  if (old.type !== 'PLAIN' && old.type !== 'QUOTE_DOUBLE' && old.type !== 'QUOTE_SINGLE') return null
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value !== 'string') return null
  if (old.type === 'QUOTE_SINGLE' && !/[\n\r\t]/.test(value)) return `'${value.replaceAll("'", "''")}'`
  const plain = stringify(value, { lineWidth: 0 }).trimEnd()
  // Within brackets, a comma ends a plain value; JSON is YAML everywhere.
  return old.type === 'PLAIN' && !/[,[\]{}\n]/.test(plain) ? plain : JSON.stringify(value)
}

function isBlank(node: unknown): boolean {
  return node === null || (isScalar(node) && node.value === null && (node.source ?? '') === '')
}
