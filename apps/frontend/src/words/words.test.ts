import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parse } from 'svelte/compiler'
import { expect, test } from 'vitest'

const source = resolve(import.meta.dirname, '..')
const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(svelte|ts)$/.test(file))
  .filter((file) => !/^(words|testing)\/|\.test\.ts$|\.d\.ts$|build-worker\.ts$/.test(file))

interface Node {
  type?: string
  name?: string
  value?: unknown
  data?: string
}

/** Attributes that a person reads or hears. */
const readAttributes = new Set(
  'title alt placeholder label heading message hint word note missing aria-label aria-description'.split(' '),
)
const hasWord = (text: string) => /\p{L}{2}/u.test(text)
/** What reads like a sentence. A single word in a script may be a key or a class. */
const isSentence = (text: string) =>
  /\p{L}{2}[,:]?[ \u00a0]\p{L}|\p{Lu}\p{Ll}+[.!?…]( |$)/u.test(text) && !isForBrowser.test(text)
const isForBrowser = /^(\(prefers-|color-mix\()/

/** What is thrown is for the log. */
const unread = new Set(['ThrowStatement', 'StyleSheet', 'Comment', 'ImportDeclaration', 'ImportExpression'])
const unwalked = new Set(['leadingComments', 'trailingComments', 'comments', 'options', 'css'])

/** The English of a component or a script that is in no words file. */
function strayWords(code: string): string[] {
  const found: string[] = []
  const walk = (node: unknown, isText: boolean): void => {
    if (Array.isArray(node)) {
      for (const one of node) walk(one, isText)
      return
    }
    if (typeof node !== 'object' || node === null) return
    const { type, name, value, data } = node as Node
    if (unread.has(type ?? '')) return
    if (type === 'Text' && isText && hasWord(data ?? '')) found.push(data?.trim() ?? '')
    if (type === 'Literal' && typeof value === 'string' && isSentence(value)) found.push(value)
    if (type === 'TemplateElement' && isSentence((value as { cooked: string }).cooked))
      found.push((value as { cooked: string }).cooked)
    const isInner = type === 'Attribute' ? readAttributes.has(name ?? '') : type === 'Fragment' || isText
    for (const [key, inner] of Object.entries(node)) if (!unwalked.has(key)) walk(inner, isInner)
  }
  walk(parse(code, { modern: true }), false)
  return found
}

const asComponent = (file: string, code: string) =>
  file.endsWith('.svelte') ? code : `<script lang="ts">\n${code}\n</script>`

test('no component and no script says a word of its own: all stand in words/', () => {
  expect(files.length).toBeGreaterThan(100)
  const stray = files.flatMap((file) =>
    strayWords(asComponent(file, readFileSync(join(source, file), 'utf8'))).map((text) => `${file}: ${text}`),
  )
  expect(stray).toEqual([])
})

test.each([
  '<p>Hello</p>',
  '{#if true}<b>{1} of them</b>{/if}',
  '<button aria-label="Close">x</button>',
  '<Banner message="It failed" />',
  '<p>{isOn ? "It is on" : ""}</p>',
  '<script>const said = `It is seen`</script>',
])('%s would be found', (code) => {
  expect(strayWords(code)).not.toEqual([])
})

test.each([
  '<p class="quiet line">{words.none}</p>',
  '<p>{count} % ({share})</p>',
  '<script>throw new Error("this is a bug")</script>',
  '<style>p { content: "It is" }</style>',
  '<p><!-- why it is so --></p>',
])('%s is none', (code) => {
  expect(strayWords(code)).toEqual([])
})
