import { expect, test } from 'vitest'
import { Redactor } from './redact.ts'

const secret = 'pä"ss wörd/+&=\\%'

const withSecret = () => {
  const redactor = new Redactor()
  redactor.add(secret)
  return redactor
}

test.each<[string, string]>([
  ['plain', secret],
  ['URL-encoded', encodeURIComponent(secret)],
  ['URL-encoded in lower case', encodeURIComponent(secret).toLowerCase()],
  ['of a form', new URLSearchParams({ k: secret }).toString().slice(2)],
  ['with + for blanks', encodeURIComponent(secret).replaceAll('%20', '+')],
  ['in JSON', JSON.stringify({ a: secret })],
  ['in JSON within JSON', JSON.stringify(JSON.stringify({ a: secret }))],
  ['base64', Buffer.from(secret).toString('base64')],
  ['base64url', Buffer.from(secret).toString('base64url')],
  ...['', 'a', 'pi', 'user', 'admin'].map((user): [string, string] => [
    `in a Basic header of "${user}"`,
    Buffer.from(`${user}:${secret}`).toString('base64'),
  ]),
  ['in the middle of base64', Buffer.from(`x${secret}yz`).toString('base64url')],
  ['in a Basic header', `Basic ${Buffer.from(`admin:${secret}`).toString('base64')}`],
  ['in a URL', new URL(`http://u:${encodeURIComponent(secret)}@host/`).href],
])('a secret is taken out: %s', (_name, form) => {
  const redacted = withSecret().redact(`before ${form} after`)
  expect(redacted).toContain('•••')
  expect(redacted).not.toContain(form)
  expect(redacted).toMatch(/^before .* after$/)
})

test('every place, not the first alone', () => {
  expect(withSecret().redact(`${secret} ${secret}`)).toBe('••• •••')
})

test('of two secrets of which one is the start of the other neither leaves a rest', () => {
  const redactor = new Redactor()
  redactor.add('abcd')
  redactor.add('abcdefgh')
  expect(redactor.redact('abcdefgh abcd')).toBe('••• •••')
})

test('short ones are left: they would blank out ordinary text', () => {
  const redactor = new Redactor()
  redactor.add('on')
  redactor.add('')
  expect(redactor.redact('nothing is on')).toBe('nothing is on')
})

test('values keep their shape, in strings and in names', () => {
  const value = { list: [`x${secret}`, 1, null, true], [secret]: 'v' }
  expect(withSecret().redactValue(value)).toEqual({ list: ['x•••', 1, null, true], '•••': 'v' })
})

test('a secret that looks like JSON can’t break a value', () => {
  const redactor = new Redactor()
  redactor.add('1234')
  redactor.add('true')
  redactor.add('","')
  expect(redactor.redactValue({ a: 1234, b: true, c: ['x', 'y'], d: 'is true' })).toEqual({
    a: 1234,
    b: true,
    c: ['x', 'y'],
    d: 'is •••',
  })
})

test('with no secret nothing is touched', () => {
  const value = { a: 'b' }
  expect(new Redactor().redactValue(value)).toBe(value)
})
