import { configSchema, isSourceId } from '@tailboard/contracts'
import type * as v from 'valibot'
import {
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Node,
  Pair,
  parseDocument,
  Scalar,
  YAMLMap,
} from 'yaml'
import { settingComment, sourceComment } from './default-text.ts'
import type { Edit } from './patch.ts'
import { entriesOf } from './schema-shape.ts'
import { spliceText } from './splice-text.ts'

/**
 * The text with other values. Where only values change, nothing else does, not a blank. Where keys or lists come, what the owner wrote around them stays: comments, the order of keys, keys that nobody reads,
 * the depth of his indentation. A key that was not there comes with the comment that the first start would have written.
 * @param text a file that `parseConfig` finds good.
 */
export function editText(
  text: string,
  edits: readonly Edit[],
  schema: v.GenericSchema = configSchema,
): string {
  const spliced = spliceText(text, edits)
  if (spliced !== null) return spliced
  const document = parseDocument(text, { version: '1.2', uniqueKeys: false })
  if (!isMap(document.contents)) document.contents = new YAMLMap(document.schema) as never
  const root = document.contents as unknown as YAMLMap
  for (const edit of edits) put(document, root, schema, edit, 0)
  const edited = document.toString({ lineWidth: 0, ...styleOf(text) })
  return text.includes('\r\n') ? edited.replace(/\r?\n/g, '\r\n') : edited
}

function put(document: Document, map: YAMLMap, schema: v.GenericSchema, edit: Edit, depth: number): void {
  const key = edit.path[depth] ?? ''
  const inner = entriesOf(schema)?.[key]
  if (inner === undefined) return
  const pair = map.items.find((each) => isScalar(each.key) && String(each.key.value) === key)
  // What does not stand in the file has its default already.
  if (edit.isReset && (pair === undefined || isBlank(pair.value))) return
  const isGroup = depth < edit.path.length - 1
  if (isGroup && pair !== undefined && isMap(pair.value)) {
    put(document, pair.value, inner, edit, depth + 1)
    return
  }
  const value = isGroup ? new YAMLMap(document.schema) : null
  if (value !== null) {
    if (pair !== undefined) takeComments(pair.value, value)
    put(document, value, inner, edit, depth + 1)
  }
  if (pair === undefined) {
    map.items.push(
      new Pair(newKey(map, edit.path.slice(0, depth + 1), inner), value ?? document.createNode(edit.value)),
    )
  } else pair.value = value ?? renewed(document, pair.value, edit.value)
}

/** A node with the new value in place of the old: its comments, and what a list keeps, are the old one's. */
function renewed(document: Document, old: unknown, value: unknown): unknown {
  if (isSeq(old) && Array.isArray(value)) {
    const left = [...old.items]
    // The parser gives what stands above the first element to the list; it goes where that element goes.
    const [head] = left
    if (old.commentBefore && isNode(head)) {
      head.commentBefore = [old.commentBefore, head.commentBefore].filter(Boolean).join('\n')
      old.commentBefore = null
    }
    // A list that was empty stands on one line; its first element begins a new one.
    if (left.length === 0) old.flow = false
    old.items = value.map((each) => {
      const index = left.findIndex((item) => isSameElement(document, item, each))
      return index < 0 ? document.createNode(each) : renewed(document, left.splice(index, 1)[0], each)
    })
    return old
  }
  if (isMap(old) && typeof value === 'object' && value !== null && !Array.isArray(value)) {
    old.items = old.items.filter(({ key }) => isScalar(key) && Object.hasOwn(value, String(key.value)))
    for (const [key, inner] of Object.entries(value)) {
      const pair = old.items.find((each) => isScalar(each.key) && String(each.key.value) === key)
      if (pair === undefined) old.items.push(new Pair(new Scalar(key), document.createNode(inner)))
      else pair.value = renewed(document, pair.value, inner)
    }
    return old
  }
  if (isScalar(old) && old.value === value && !isBlank(old)) return old
  const node = document.createNode(value)
  takeComments(old, node)
  if (isScalar(old) && isScalar(node) && typeof old.value === 'string' && typeof value === 'string') {
    if (old.type === 'QUOTE_DOUBLE' || old.type === 'QUOTE_SINGLE') node.type = old.type
  }
  return node
}

/** Whether a list's element is the same thing as before: equal, or of the same first value (a device's address). */
function isSameElement(document: Document, item: unknown, value: unknown): boolean {
  const before: unknown = isNode(item) ? item.toJS(document) : item
  if (typeof before !== 'object' || before === null || typeof value !== 'object' || value === null) {
    return before === value
  }
  const [first] = Object.keys(value)
  return (
    first !== undefined &&
    JSON.stringify((before as Record<string, unknown>)[first]) ===
      JSON.stringify((value as Record<string, unknown>)[first])
  )
}

function newKey(map: YAMLMap, path: string[], schema: v.GenericSchema): Scalar {
  const name = path.at(-1) ?? ''
  const key = new Scalar(name)
  // On one line, a comment would break it in two.
  if (map.flow === true) return key
  const isSource = path.length === 2 && path[0] === 'sources' && isSourceId(name)
  const comment = isSource ? sourceComment(name) : settingComment(schema)
  if (comment !== null) {
    key.commentBefore = comment
    key.spaceBefore = map.items.length > 0
  }
  return key
}

function takeComments(from: unknown, to: Node): void {
  if (!isNode(from)) return
  if (from.commentBefore) to.commentBefore = from.commentBefore
  if (from.comment) to.comment = from.comment
  if (from.spaceBefore) to.spaceBefore = from.spaceBefore
}

/** Nothing stands behind the key. */
function isBlank(value: unknown): boolean {
  return value === null || (isScalar(value) && value.value === null && (value.source ?? '') === '')
}

/** How the owner indents, from the first line that is indented, and from the first list. */
function styleOf(text: string): { indent: number; indentSeq: boolean } {
  let indent = 0
  let indentSeq = true
  let groupAt = -1
  for (const line of text.split('\n')) {
    const [, blank = '', rest = ''] = /^( *)(.*?)\r?$/.exec(line) ?? []
    if (rest === '' || rest.startsWith('#')) continue
    const isElement = rest.startsWith('- ')
    if (isElement && groupAt === blank.length) indentSeq = false
    if (isElement && groupAt >= 0) groupAt = -1
    else groupAt = /:\s*(#.*)?$/.test(rest) ? blank.length : -1
    if (indent === 0 && blank.length > 0 && !isElement) indent = blank.length
  }
  return { indent: Math.min(indent === 0 ? 2 : indent, 8), indentSeq }
}
