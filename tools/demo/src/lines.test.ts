import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { BoundedLog, lineSplitter, showLine } from './lines.ts'

const folder = mkdtempSync(join(tmpdir(), 'tailboard-lines-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('chunks become lines, wherever they are cut', () => {
  const lines: string[] = []
  const take = lineSplitter((line) => lines.push(line))
  for (const chunk of ['on', 'e\ntwo\nth', 'ree\n\nrest']) take(Buffer.from(chunk))
  expect(lines).toEqual(['one', 'two', 'three', ''])
})

test('a line that never ends is cut, not kept for ever', () => {
  const lines: string[] = []
  const take = lineSplitter((line) => lines.push(line))
  for (let n = 0; n < 100; n++) take(Buffer.from('x'.repeat(10_000)))
  expect(lines.length).toBeGreaterThan(5)
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(80_000)
})

test('a log file stays within its bound, with the last lines in it', () => {
  const path = join(folder, 'logs/a.log')
  const log = new BoundedLog(path, 1_000)
  log.open()
  for (let n = 0; n < 500; n++) log.write(`line ${n}`)
  expect(statSync(path).size).toBeLessThanOrEqual(1_000)
  expect(statSync(`${path}.1`).size).toBeLessThanOrEqual(1_000)
  expect(readFileSync(path, 'utf8')).toContain('line 499')
  const again = new BoundedLog(path, 1_000)
  again.open()
  again.write('x'.repeat(900))
  expect(statSync(path).size).toBeLessThanOrEqual(1_000)
})

const warning =
  '{"time":"t","level":"warn","service":"web-gateway","message":"Redis is away","reason":"gone"}'
const info = '{"time":"t","level":"info","service":"web-gateway","message":"listening"}'

test('warnings are shown in words, the rest when one asks for it', () => {
  expect(showLine('gateway', warning, false, false)).toBe('gateway      warn  Redis is away reason=gone')
  expect(showLine('gateway', info, false, false)).toBeNull()
  expect(showLine('gateway', info, false, true)).toBe('gateway      info  listening')
})

test('what is no JSON is shown when it is an error: a crash must be seen', () => {
  expect(showLine('gateway', 'SyntaxError: x', true, false)).toBe('gateway      SyntaxError: x')
  expect(showLine('redis', 'Ready', false, false)).toBeNull()
  expect(showLine('redis', '{broken', true, false)).toBe('redis        {broken')
})
