import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What the comments of a source file say: of each export, and of each name within it. */
export interface Comments {
  /** Of the export itself; empty when it has none. */
  own: string
  /** By dotted path; in a variant, by the literal of a member's `type`, and below that by path. */
  inner: Map<string, string>
}

const folder = join(import.meta.dirname, '../../../packages/contracts/src')

function clean(comment: string): string {
  return comment
    .split('\n')
    .map((line) => line.replace(/^\s*\*\s?/, '').trim())
    .join('\n')
    .trim()
}

/**
 * The comments of each top-level export of a file of packages/contracts/src. Our formatter lays every file out alike:
 * an export begins at the start of a line, and so does its end.
 */
export function readComments(file: string): Map<string, Comments> {
  const source = readFileSync(join(folder, file), 'utf8')
  const found = new Map<string, Comments>()
  const blocks = source.matchAll(
    /(?:^\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n)?^(?:export )?(?:const|type|interface|function) (\w+)[\s\S]*?(?=^(?:\/\*\*|export|const|function|type|interface)|(?![\s\S]))/gm,
  )
  for (const [text, own = '', name = ''] of blocks) {
    const inner = innerComments(text.slice(text.indexOf(name)))
    found.set(name, { own: clean(own), inner })
  }
  return found
}

function innerComments(block: string): Map<string, string> {
  const found = new Map<string, string>()
  const stack: { indent: number; name: string }[] = []
  let pending = ''
  for (const [, comment, line = ''] of block.matchAll(/^[ ]*\/\*\*((?:(?!\*\/)[\s\S])*)\*\/|^(.*)$/gm)) {
    if (comment !== undefined) {
      pending = clean(comment)
      continue
    }
    const [, space = '', property] = /^( *)(?:'?([\w-]+)'?\??:)?/.exec(line) ?? []
    const member = /^( *)v\.object\(\{/.exec(line)?.[1]
    if (member !== undefined) while ((stack.at(-1)?.indent ?? -1) >= member.length - 1) stack.pop()
    const literal = /\btype: v\.literal\('([\w-]+)'\)/.exec(line)?.[1]
    if (property !== undefined || literal !== undefined) {
      // Other properties of a variant's member stand as deep as its `type`, and are below it all the same.
      const indent = literal === undefined ? space.length : space.length - 1
      while ((stack.at(-1)?.indent ?? -1) >= indent) stack.pop()
      stack.push({ indent, name: literal ?? property ?? '' })
      if (pending !== '') found.set(stack.map(({ name }) => name).join('.'), pending)
    }
    // The comment on a variant's member stands before the line that opens it.
    if (!/^ *v\.object\(\{$/.test(line)) pending = ''
  }
  return found
}

/** The meanings in a comment of the form "`word`: what it means." one after another. */
export function meanings(comment: string): Map<string, string> {
  const text = comment.replace(/\n- /g, ' ').replace(/^- /, '').replace(/\s+/g, ' ')
  const found = new Map<string, string>()
  for (const [, word = '', meaning = ''] of text.matchAll(/`([a-z-]+)`: (.*?)(?=\s`[a-z-]+`: |$)/g))
    found.set(word, meaning.trim())
  return found
}
