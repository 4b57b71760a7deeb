import * as v from 'valibot'
import { expect, test } from 'vitest'
import { allVariables, serviceVariables, sourceVariables } from './environment.ts'
import { sourceIds } from './sources/known.ts'
import type { Variables } from './variable.ts'

const schemaOf = (variables: Variables, name: string) => {
  const variable = variables[name]
  if (variable === undefined) throw new Error(`no ${name}`)
  return variable.schema
}

test.each(allVariables())('the default of $name is one that its own schema takes', ({ variable }) => {
  if (variable.default !== undefined)
    expect(v.safeParse(variable.schema, variable.default).success).toBe(true)
})

test.each(allVariables())('$name is described in a sentence', ({ variable }) => {
  expect(variable.description).toMatch(/^[A-ZÄÖÜ][\s\S]{10,}\.$/)
})

test('no variable means one thing here and another there', () => {
  const byName = new Map<string, unknown>()
  const sets: Variables[] = [...Object.values(serviceVariables), ...sourceIds.map(sourceVariables)]
  for (const variables of sets) {
    for (const [name, variable] of Object.entries(variables)) {
      expect(byName.get(name) ?? variable, name).toBe(variable)
      byName.set(name, variable)
    }
  }
})

test('every source reads what all read', () => {
  for (const id of sourceIds) expect(Object.keys(sourceVariables(id))).toContain('REDIS_URL')
})

test.each([
  ['redis://redis:6379', true],
  ['redis://:secret@127.0.0.1:6379/0', true],
  ['unix:/run/redis.sock', true],
  ['/run/redis.sock', true],
  ['redis', false],
  ['http://redis:6379', false],
  ['redis://a b', false],
])('REDIS_URL %s: %s', (value, isGood) => {
  expect(v.is(schemaOf(serviceVariables.gateway, 'REDIS_URL'), value)).toBe(isGood)
})

test.each([
  ['80', 80],
  ['65535', 65_535],
  ['0', null],
  ['65536', null],
  ['8o', null],
  ['-1', null],
  ['', null],
])('port %j: %j', (value, port) => {
  const result = v.safeParse(schemaOf(serviceVariables.gateway, 'GATEWAY_PORT'), value)
  expect(result.success ? result.output : null).toBe(port)
})

test('a list leaves out blanks and empty places', () => {
  expect(v.parse(schemaOf(serviceVariables.gateway, 'TAILBOARD_HOSTS'), ' a.example , ,b.example,')).toEqual([
    'a.example',
    'b.example',
  ])
})

test.each(['kitchen', 'pi-3.lan', ''])('a node may be called %j', (value) => {
  expect(v.is(schemaOf(serviceVariables.gateway, 'TAILBOARD_NODE'), value)).toBe(true)
})

test.each(['Kitchen', 'a b', '-pi', 'a:source', '../x', '*'])('a node may not be called %j', (value) => {
  expect(v.is(schemaOf(serviceVariables.gateway, 'TAILBOARD_NODE'), value)).toBe(false)
})
