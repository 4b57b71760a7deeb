import * as v from 'valibot'
import { expect, test } from 'vitest'
import { issuesOf, parseJson, parseOrThrow, TailboardError } from './error.ts'

const schema = v.object({
  list: v.array(v.object({ share: v.pipe(v.number(), v.maxValue(100, 'must be 100 or less')) })),
})

function thrown(act: () => unknown): TailboardError {
  try {
    act()
  } catch (error) {
    if (error instanceof TailboardError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

test('what is wrong is named with its path and the reason', () => {
  const error = thrown(() => parseOrThrow(schema, { list: [{ share: 1 }, { share: 130 }] }, 'the answer'))
  expect(error.kind).toBe('malformed')
  expect(error.message).toBe('the answer is not as agreed: list.1.share: must be 100 or less')
})

test('what is missing is named too, and what is more is let through', () => {
  expect(thrown(() => parseOrThrow(schema, {}, 'it')).message).toContain('list')
  expect(parseOrThrow(schema, { list: [], more: 1 }, 'it')).toEqual({ list: [] })
})

test('JSON that is none says so, and keeps why', () => {
  const error = thrown(() => parseJson(schema, '{"list":', 'the record'))
  expect(error.message).toBe('the record is not JSON')
  expect(error.cause).toBeInstanceOf(SyntaxError)
})

test('the kind is the one that the caller says', () => {
  expect(thrown(() => parseOrThrow(schema, 1, 'it', 'misconfigured')).kind).toBe('misconfigured')
})

test('a thousand issues are twenty', () => {
  const result = v.safeParse(schema, { list: Array.from({ length: 1_000 }, () => ({ share: 'x' })) })
  expect(issuesOf(result.issues ?? [])).toHaveLength(20)
})

test('text from outside is harmless in message and hint, and bounded', () => {
  const error = new TailboardError('refused', `no\u001b[31m\u202e${'x'.repeat(2_000)}`, { hint: 'a\nb' })
  for (const character of ['\u001b', '\u202e']) expect(error.message).not.toContain(character)
  expect(error.message.length).toBe(400)
  expect(error.hint).toBe('a b')
})
