import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sourceIds } from '@tailboard/contracts'
import { afterAll, expect, test } from 'vitest'
import { nameProblem } from './name.ts'
import { scaffold } from './scaffold.ts'
import { tableEdits } from './tables.ts'

const root = join(import.meta.dirname, '../../..')
const folder = mkdtempSync(join(tmpdir(), 'tailboard-scaffold-'))
afterAll(() => rmSync(folder, { recursive: true }))

test.each(['', 'Tide', 'tide-2', '2tide', '../tide', 'a', 'x'.repeat(25)])('%j is no name', (name) => {
  expect(nameProblem(root, name)).toMatch(/one lower-case word/)
})
test.each(['system', 'gateway', 'frontend', ...sourceIds])('%s is taken', (name) => {
  expect(nameProblem(root, name)).toBe('there is one of that name')
})
test.each(['new', 'class', 'await', 'sources', 'percent'])('%s is a word of the program’s', (name) => {
  expect(nameProblem(root, name)).toMatch(/something else/)
})
test('tide is free', () => {
  expect(nameProblem(root, 'tide')).toBeNull()
})

test('every table gets its entry, and every template is filled in', () => {
  for (const { path } of tableEdits('tide', 'Tide', '')) cpSync(join(root, path), join(folder, path))
  cpSync(join(root, 'apps/weather'), join(folder, 'apps/weather'), {
    recursive: true,
    filter: (path) => !path.includes('node_modules'),
  })
  const written = scaffold(folder, 'tide')
  for (const path of written) {
    const text = readFileSync(join(folder, path), 'utf8')
    expect(text, path).not.toMatch(/__name__/i)
    if (!/(now|turbo|tsconfig)\.json$/.test(path)) expect(text, path).toMatch(/tide/i)
  }
  const service = readFileSync(join(folder, 'docker-compose.yml'), 'utf8')
  expect(service.indexOf('source-tide:')).toBeLessThan(service.indexOf('\nnetworks:'))
})

test('a table that has changed its shape stops it before anything is written', () => {
  const [index] = tableEdits('tide', 'Tide', '')
  expect(() => index?.edit('nothing here')).toThrow('found no place for')
})
