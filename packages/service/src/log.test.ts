import { TailboardError } from '@tailboard/contracts'
import { expect, test } from 'vitest'
import { createLogger, type LogLevel } from './log.ts'
import { Redactor } from './redact.ts'

function logging(level: LogLevel = 'debug') {
  const lines: string[] = []
  const redactor = new Redactor()
  redactor.add('hunter2-secret')
  const log = createLogger({ service: 'test', level, redactor, write: (line) => lines.push(line) })
  return { lines, log, last: () => JSON.parse(lines.at(-1) ?? 'null') as Record<string, unknown> }
}

test('a line is one JSON object with time, level, service and message', () => {
  const { log, last } = logging()
  log.info('started', { port: 80 })
  expect(last()).toMatchObject({ level: 'info', service: 'test', message: 'started', port: 80 })
  expect(last().time).toMatch(/^\d{4}-.*Z$/)
})

test('what is below the level is not written', () => {
  const { log, lines } = logging('warn')
  log.debug('a')
  log.info('b')
  log.warn('c')
  log.error('d')
  expect(lines).toHaveLength(2)
})

test('text from outside can’t make a second line or paint the terminal', () => {
  const { log, lines, last } = logging()
  log.warn('name\nfake', { name: '\u001b[2J\u202eevil\r\n{"level":"error"}' })
  expect(lines).toHaveLength(1)
  expect(lines[0]).not.toContain('\n')
  expect(last().name).toBe('[2Jevil {"level":"error"}')
})

test('secrets are taken out of messages, fields, errors and their causes', () => {
  const { log, lines } = logging()
  const cause = new Error('GET /?token=hunter2-secret')
  log.error('hunter2-secret', { a: ['hunter2-secret'], error: new Error('hunter2-secret', { cause }) })
  expect(lines[0]).not.toContain('hunter2-secret')
})

test('our errors are said in words, others with a short stack and their cause', () => {
  const { log, last } = logging()
  log.warn('failed', {
    error: new TailboardError('timeout', 'Too late', { hint: 'Wait', cause: new Error('inner') }),
  })
  expect(last().error).toMatchObject({
    kind: 'timeout',
    message: 'Too late',
    hint: 'Wait',
    cause: { message: 'inner' },
  })
  log.error('bug', { error: Object.assign(new Error('boom'), { code: 'EBOOM' }) })
  expect(last().error).toMatchObject({ name: 'Error', message: 'boom', code: 'EBOOM' })
  expect((last().error as { stack: string[] }).stack.length).toBeLessThanOrEqual(7)
})

test('a string of 10 MB is cut', () => {
  const { log, lines } = logging()
  log.info('big', { big: 'x'.repeat(10_000_000) })
  expect(lines[0]?.length).toBeLessThan(5_000)
})

test('what is no JSON is written all the same', () => {
  const { log, last } = logging()
  const circle: Record<string, unknown> = { name: 'circle' }
  circle.self = circle
  log.error('odd', { circle, big: 10n, undefined: undefined })
  expect(last()).toMatchObject({ level: 'error', message: 'odd', service: 'test' })
})

test('a field does not pass for the line’s own time, level, service or message', () => {
  const { log, last } = logging()
  log.warn('real', { level: 'debug', message: 'false', service: 'other' })
  expect(last()).toMatchObject({ level: 'warn', message: 'real', service: 'test' })
})
