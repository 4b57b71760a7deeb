import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TailboardError, type Variables } from '@tailboard/contracts'
import * as v from 'valibot'
import { afterAll, expect, test } from 'vitest'
import { passEnvironment, readEnvironment } from './env.ts'
import { redactor } from './redact.ts'

const folder = mkdtempSync(join(tmpdir(), 'tailboard-env-'))
afterAll(() => rmSync(folder, { recursive: true }))

const variables = {
  PORT: {
    schema: v.pipe(v.string(), v.regex(/^\d+$/, 'must be a number'), v.transform(Number)),
    default: '80',
    description: 'Port.',
  },
  NEEDED: { schema: v.string(), description: 'Needed.' },
  TOKEN: {
    schema: v.pipe(v.string(), v.regex(/^tok-/, 'must start with tok-')),
    default: '',
    description: 'Token.',
    secret: true,
  },
} satisfies Variables
const optional = { TOKEN: { ...variables.TOKEN, schema: v.string() } }

function refusal(act: () => unknown): TailboardError {
  try {
    act()
  } catch (error) {
    if (error instanceof TailboardError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

test('values come as their schemas make them, and nothing else comes', () => {
  expect(readEnvironment(variables, { PORT: '8080', NEEDED: 'x', TOKEN: 'tok-1', OTHER: 'y' })).toEqual({
    PORT: 8080,
    NEEDED: 'x',
    TOKEN: 'tok-1',
  })
})

test('absent and empty are the default', () => {
  expect(readEnvironment({ PORT: variables.PORT }, {})).toEqual({ PORT: 80 })
  expect(readEnvironment({ PORT: variables.PORT }, { PORT: '' })).toEqual({ PORT: 80 })
})

test('everything that is wrong is said at once, with its name and why', () => {
  const error = refusal(() => readEnvironment(variables, { PORT: 'abc', TOKEN: 'tok-1' }))
  expect(error.kind).toBe('misconfigured')
  expect(error.message).toBe('The environment is wrong: PORT must be a number; NEEDED is missing')
  expect(error.hint).toContain('.env.example')
})

test('a secret comes from a file, without the line break at its end', () => {
  const path = join(folder, 'token')
  writeFileSync(path, 'tok-from-file\n')
  expect(readEnvironment(optional, { TOKEN: 'tok-direct', TOKEN_FILE: path }).TOKEN).toBe('tok-from-file')
  writeFileSync(path, 'tok with blanks \r\n')
  expect(readEnvironment(optional, { TOKEN_FILE: path }).TOKEN).toBe('tok with blanks ')
})

test('an empty NAME_FILE is none', () => {
  expect(readEnvironment(optional, { TOKEN: 'tok-direct', TOKEN_FILE: '' }).TOKEN).toBe('tok-direct')
})

test('a file that is not there is said by the variable’s name', () => {
  const error = refusal(() => readEnvironment(optional, { TOKEN_FILE: join(folder, 'none') }))
  expect(error.message).toContain('TOKEN can’t be read'.replace('’', "'"))
  expect(error.message).toContain('TOKEN_FILE')
  expect(error.message).toContain('ENOENT')
})

test('only a secret is read from a file', () => {
  expect(readEnvironment({ PORT: variables.PORT }, { PORT_FILE: '/etc/passwd' })).toEqual({ PORT: 80 })
})

test('a secret that is wrong is not printed, wherever the schema puts it', () => {
  const telltale = { TOKEN: { ...variables.TOKEN, schema: v.picklist(['tok-a'] as const) } }
  for (const set of [variables, telltale]) {
    const error = refusal(() => readEnvironment(set, { NEEDED: 'x', TOKEN: 'hunter2-secret' }))
    expect(error.message).toContain('TOKEN')
    expect(
      JSON.stringify([error.message, error.hint, String(error.stack), error.cause ?? null]),
    ).not.toContain('hunter2-secret')
  }
})

test('the redactor knows every secret that was read', () => {
  readEnvironment(optional, { TOKEN: 'tok-known-secret' })
  expect(redactor.redact('with tok-known-secret in it')).toBe('with ••• in it')
})

test('the redactor knows the password within a URL, as it stands there and decoded', () => {
  readEnvironment(
    { URL: { schema: v.string(), description: 'Address.' } },
    { URL: 'redis://me:p%40ssw%2Frd@redis:6379' },
  )
  expect(redactor.redact('p%40ssw%2Frd, p@ssw/rd, redis://redis:6379')).toBe('•••, •••, redis://redis:6379')
})

test('what is handed on to a child is known to the redactor too, from its file as well', () => {
  const path = join(folder, 'handed-on')
  writeFileSync(path, 'tok-handed-on\n')
  const passed = passEnvironment(
    { ...optional, URL: { schema: v.string(), description: 'Address.' } },
    { TOKEN_FILE: path, URL: 'http://me:handed-url@pi.hole/', OTHER: 'x' },
  )
  expect(passed).toEqual({ TOKEN_FILE: path, URL: 'http://me:handed-url@pi.hole/' })
  expect(redactor.redact('tok-handed-on handed-url')).toBe('••• •••')
  expect(passEnvironment(optional, { TOKEN_FILE: '/nowhere' })).toEqual({ TOKEN_FILE: '/nowhere' })
})
