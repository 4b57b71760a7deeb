import * as v from 'valibot'
import { expect, test } from 'vitest'
import { configSchema } from './config.ts'
import { allVariables } from './environment.ts'

interface AnySchema {
  type: string
  entries?: Record<string, AnySchema>
  item?: AnySchema
  wrapped?: AnySchema
  pipe?: AnySchema[]
}

/** What no name of a setting may say: what is opened, what a secret is sent to, a secret. */
const forbidden =
  /url|uri|href|link|host|server|endpoint|domain|port$|proxy|addr|(^|[^a-z])ip([^a-z]|$)|socket|path|file|folder|dir$|device|dev$|mount|image|command|exec|shell|script|user|login|pass|secret|token|key|credential|auth|cert|contact|mail/i

/** Names that say it and are harmless, each with its reason. */
const harmless = new Map([
  ['sources.aranet4.devices', 'which of the sensors that are heard are shown; nothing is opened'],
  ['sources.aranet4.devices[].address', 'a Bluetooth address to listen for; nothing is sent to it'],
])

/** Free text may hold anything: each such setting is looked at once, and written down here. */
const freeText = new Map([
  ['page.order[]', 'one lower-case word, compared with the names of the sources'],
  ['page.hidden[]', 'one lower-case word, compared with the names of the sources'],
  ['sources.weather.place', 'a name that is searched for at the address of the environment'],
  ['sources.weather.timeZone', 'a name in the zone database'],
  ['sources.aranet4.devices[].address', 'six bytes in hexadecimal'],
  ['sources.aranet4.devices[].name', 'only shown'],
  ['sources.sensehat.ledMessage', 'only shown, on the LEDs'],
  ['sources.sensehat.ledColour', 'six digits in hexadecimal'],
  ['sources.sensehat.ledGauge', 'a source and a field, looked up in the newest reading'],
  ['sources.sensehat.nightFrom', 'a time of day'],
  ['sources.sensehat.nightTo', 'a time of day'],
  ['sources.sensehat.timeZone', 'a name in the zone database'],
  ...(['Up', 'Down', 'Left', 'Right', 'Middle'] as const).map((key): [string, string] => [
    `sources.sensehat.joystick${key}`,
    'one of a closed list; the source to run is one that there is',
  ]),
])

const unwrap = (schema: AnySchema): AnySchema =>
  schema.wrapped === undefined ? schema : unwrap(schema.wrapped)

/** Every setting by its path, lists' elements as `[]`. */
function settings(schema: AnySchema, path: string): [string, AnySchema][] {
  const inner = unwrap(schema)
  const own: [string, AnySchema][] = path === '' ? [] : [[path, inner]]
  const below = Object.entries(inner.entries ?? {}).flatMap(([name, entry]) =>
    settings(entry, path === '' ? name : `${path}.${name}`),
  )
  return [...own, ...below, ...(inner.item === undefined ? [] : settings(inner.item, `${path}[]`))]
}

const all = settings(configSchema as never, '')

test('the settings are found, those within lists too', () => {
  expect(all.map(([path]) => path)).toContain('sources.weather.place')
  const listed = v.object({ list: v.optional(v.array(v.object({ a: v.string() })), []) })
  expect(settings(listed as never, '').map(([path]) => path)).toEqual(['list', 'list[]', 'list[].a'])
})

test('no setting is an address, a path, a device or a secret: no write from the page can redirect anything', () => {
  const suspicious = all.filter(([path]) => {
    const name = path.replace(/\[\]$/, '').split('.').at(-1) ?? ''
    return path.split('.').length !== 2 && forbidden.test(name)
  })
  expect(suspicious.map(([path]) => path.replace(/\[\]$/, '')).filter((path) => !harmless.has(path))).toEqual(
    [],
  )
})

test.each([
  'url',
  'apiKey',
  'PASSWORD',
  'piholeHost',
  'socketPath',
  'device',
  'videoDevice',
  'ip',
  'authToken',
])('a setting named %s would be found', (name) => {
  expect(forbidden.test(name)).toBe(true)
})

test('every setting is a group, a choice, a number or a switch; free text is written down', () => {
  const known = new Set(['object', 'boolean', 'number', 'picklist', 'literal', 'array'])
  for (const [path, { type }] of all) {
    if (type === 'string') expect([...freeText.keys()], `free text: ${path}`).toContain(path)
    else expect([...known], `${path} is a ${type}`).toContain(type)
  }
})

test('no secret of the environment is a setting', () => {
  const names = new Set(all.map(([path]) => (path.split('.').at(-1) ?? '').toLowerCase()))
  for (const { name, variable } of allVariables()) {
    if (variable.secret === true) expect(names).not.toContain(name.replaceAll('_', '').toLowerCase())
  }
})
