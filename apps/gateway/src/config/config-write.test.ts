import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  configAnswerSchema,
  configLimits,
  configVersionAnswerSchema,
  configVersionsAnswerSchema,
  defaultConfig,
  type Event,
  keys,
  sourceContract,
  sourceIds,
} from '@tailboard/contracts'
import * as v from 'valibot'
import { afterEach, describe, expect, test } from 'vitest'
import { TestGateway, until } from '../testing/test-gateway.ts'
import { notWritable } from './config-writer.ts'

let it = new TestGateway()
afterEach(() => it[Symbol.asyncDispose]())
const start = async (file?: string) => {
  it = await new TestGateway().start(file === undefined ? {} : { file })
}

const every = (seconds: unknown) => ({ sources: { system: { intervalSeconds: seconds } } })
const file = (seconds: number | string) =>
  `# mine\nsources:\n  system:\n    intervalSeconds: ${seconds} # often\n`
const tag = async () => String((await it.get('/api/config')).headers.etag)
const change = async (patch: unknown, ifMatch?: string) =>
  it.patch('/api/config', patch, { 'if-match': ifMatch ?? (await tag()) })
const restore = async (id: string, ifMatch?: string) =>
  it.post(`/api/config/versions/${id}/restore`, undefined, { 'if-match': ifMatch ?? (await tag()) })
const versions = async () =>
  v.parse(configVersionsAnswerSchema, (await it.get('/api/config/versions')).json()).versions
const onDisk = () => readFile(join(it.folder, 'tailboard.yaml'), 'utf8')
const events = async () =>
  (await it.redis.xrange(keys.events, '-', '+')).map(([, fields]) => JSON.parse(fields[1] ?? '') as Event)

describe('a change from the page', () => {
  test('is in the file with its comments, in force, told to all, and a version', async () => {
    await start(file(60))
    const answer = await change(every(90))
    expect(answer.statusCode).toBe(200)
    const { status, config } = v.parse(configAnswerSchema, answer.json())
    expect(config.sources.system.intervalSeconds).toBe(90)
    expect(answer.headers.etag).toBe(`"${status.version}"`)
    expect(await tag()).toBe(answer.headers.etag)
    expect(await onDisk()).toBe(file(90))
    // As the orchestrator reads it.
    expect((await it.store.readConfig())?.config.sources.system.intervalSeconds).toBe(90)
    const told = await events()
    expect(told.findLast((event) => event.type === 'config')).toMatchObject({
      config: { sources: { system: { intervalSeconds: 90 } } },
    })
    expect(told.filter((event) => event.type === 'write')).toMatchObject([
      { by: '127.0.0.1', what: 'settings: sources.system.intervalSeconds: 60 → 90' },
    ])
    expect(await versions()).toMatchObject([
      {
        id: '2',
        cause: 'page',
        by: '127.0.0.1',
        restored: null,
        version: status.version,
        changes: [{ path: 'sources.system.intervalSeconds', from: '60', to: '90' }],
        changed: 1,
      },
      { id: '1', cause: 'start', by: null, changes: [] },
    ])
    expect((await readdir(it.folder)).sort()).toEqual(['tailboard.yaml', 'versions'])
  })

  test('that changes nothing writes nothing', async () => {
    await start(file(60))
    for (const patch of [{}, every(60), { sources: {} }, every(null)]) {
      expect((await change(patch)).statusCode).toBe(200)
    }
    expect(await versions()).toHaveLength(1)
    expect((await events()).filter(({ type }) => type === 'write')).toEqual([])
  })

  test.each([
    [every(3), 'sources.system.intervalSeconds', 'must be 10 seconds or more'],
    [every('soon'), 'sources.system.intervalSeconds', 'must be a number of seconds'],
    [{ colour: 'red' }, 'colour', 'is no setting'],
    [{ sources: { toaster: {} } }, 'sources.toaster', 'is no setting'],
    [{ sources: 5 }, 'sources', 'must be a group of settings'],
    [{ version: 2 }, 'version', 'must be 1'],
    [[], '', 'must be a group of settings'],
  ])('%j is 422 at %s: %s', async (patch, path, reason) => {
    await start(file(60))
    const answer = await change(patch)
    expect(answer.statusCode).toBe(422)
    expect(answer.json().issues).toEqual([{ path, reason }])
    expect(await onDisk()).toBe(file(60))
  })

  test('of several wrong values: each is named, and the good ones are not taken', async () => {
    await start(file(60))
    const answer = await change({
      maxConcurrent: 9,
      sources: { system: { enabled: false, timeoutSeconds: 1 } },
    })
    expect(answer.json().issues.map(({ path }: { path: string }) => path)).toEqual([
      'maxConcurrent',
      'sources.system.timeoutSeconds',
    ])
    expect(await onDisk()).toBe(file(60))
  })

  test('without If-Match is 428, with one that names nothing too', async () => {
    await start(file(60))
    expect((await it.patch('/api/config', every(90))).statusCode).toBe(428)
    expect((await change(every(90), '*')).statusCode).toBe(428)
    expect((await it.post('/api/config/versions/1/restore')).statusCode).toBe(428)
    expect(await onDisk()).toBe(file(60))
  })

  test('that makes the file larger than 64 KiB is refused', async () => {
    const padding = `# ${'x'.repeat(configLimits.bytes - file(60).length - 10)}\n`
    await start(file(60) + padding)
    const answer = await change({ maxConcurrent: 2 })
    expect(answer.statusCode).toBe(422)
    expect(answer.json().issues).toEqual([{ path: '', reason: 'is larger than 64 KiB' }])
    expect(await onDisk()).toBe(file(60) + padding)
    expect((await change(every(90))).statusCode).toBe(200)
  })

  test.each([
    ['a foreign origin', { origin: 'http://evil.example' }, 403],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['text', { 'content-type': 'text/plain' }, 415],
  ])('from %s is %s', async (_name, headers, status) => {
    await start(file(60))
    const request = { method: 'PATCH' as const, url: '/api/config', payload: '{"maxConcurrent":2}' }
    const sent = {
      host: 'localhost',
      'content-type': 'application/json',
      'if-match': await tag(),
      ...headers,
    }
    expect((await it.app.inject({ ...request, headers: sent })).statusCode).toBe(status)
  })

  test('while Redis is away is 503, and nothing is written', async () => {
    await start(file(60))
    const seen = await tag()
    await it.server.stop()
    await until(() => !it.gateway.follower.isLive)
    expect((await change(every(90), seen)).statusCode).toBe(503)
    expect(await onDisk()).toBe(file(60))
  })
})

describe('two that write', () => {
  test('one gets 412 and is told what the other changed', async () => {
    await start(file(60))
    const seen = await tag()
    const answers = await Promise.all([change(every(90), seen), change(every(120), seen)])
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 412])
    expect(answers[1]?.json().detail).toBe(
      'The last change was made from 127.0.0.1: sources.system.intervalSeconds: 60 → 90.',
    )
    expect(answers[1]?.headers.etag).toBe(await tag())
    expect(await onDisk()).toBe(file(90))
    expect(await versions()).toHaveLength(2)
  })

  test('of twenty with the same tag one wins, and the file is its', async () => {
    await start(file(60))
    const seen = await tag()
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => change(every(100 + n), seen)))
    const won = answers.findIndex(({ statusCode }) => statusCode === 200)
    expect(answers.filter(({ statusCode }) => statusCode === 412)).toHaveLength(19)
    expect(await onDisk()).toBe(file(100 + won))
  })

  test('one by hand: the page that has not seen the edit gets 412, whatever the watcher knows yet', async () => {
    await start(file(60))
    const seen = await tag()
    await it.writeFile(file(75))
    const answer = await change(every(90), seen)
    expect(answer.statusCode).toBe(412)
    expect(answer.json().detail).toContain('by hand: sources.system.intervalSeconds: 60 → 75')
    expect(await onDisk()).toBe(file(75))
  })

  test('a comment that was added by hand a moment ago is not lost', async () => {
    await start(file(60))
    const seen = await tag()
    await it.writeFile(`${file(60)}# new\n`)
    expect((await change(every(90), seen)).statusCode).toBe(200)
    expect(await onDisk()).toContain('# new')
  })
})

describe('a file that is broken by hand', () => {
  test('is not written into, and the answer names the line', async () => {
    await start(file(60))
    await it.writeFile(file('soon'))
    const answer = await change(every(90))
    expect(answer.statusCode).toBe(409)
    expect(answer.json()).toMatchObject({
      type: 'urn:tailboard:config-broken',
      issues: [{ path: 'sources.system.intervalSeconds', reason: expect.stringContaining('(line 4)') }],
    })
    expect(await onDisk()).toBe(file('soon'))
    expect(await versions()).toHaveLength(1)
  })

  test('is left by a return to a version, and is kept beside them', async () => {
    await start(file(60))
    await it.writeFile(file('soon'))
    expect((await restore('1')).statusCode).toBe(200)
    expect(await onDisk()).toBe(file(60))
    expect(await readFile(join(it.folder, 'versions/refused.yaml'), 'utf8')).toBe(file('soon'))
    await until(() => it.gateway.config.current?.status.problems.length === 0)
    expect((await change(every(90))).statusCode).toBe(200)
  })

  test('or is gone: a change is refused, a return brings it back', async () => {
    await start(file(60))
    await rm(join(it.folder, 'tailboard.yaml'))
    expect((await change(every(90))).json().issues).toEqual([{ path: '', reason: 'is gone' }])
    expect((await restore('1')).statusCode).toBe(200)
    expect(await onDisk()).toBe(file(60))
  })

  test('or is a folder: nothing is done', async () => {
    await start(file(60))
    await rm(join(it.folder, 'tailboard.yaml'))
    await mkdir(join(it.folder, 'tailboard.yaml'))
    expect((await change(every(90))).statusCode).toBe(409)
    expect((await restore('1')).statusCode).toBe(409)
  })
})

describe('versions', () => {
  test('a return brings the text as it was, and is a version itself', async () => {
    await start(file(60))
    await change(every(90))
    await it.writeFile(`${file(100)}# later\n`)
    await until(async () => (await versions()).length === 3)
    expect((await versions())[0]).toMatchObject({
      cause: 'hand',
      by: null,
      changes: [{ from: '90', to: '100' }],
    })
    const shown = v.parse(configVersionAnswerSchema, (await it.get('/api/config/versions/2')).json())
    expect(shown).toMatchObject({
      config: { sources: { system: { intervalSeconds: 90 } } },
      changes: [{ path: 'sources.system.intervalSeconds', from: '100', to: '90' }],
    })
    expect((await restore('2')).statusCode).toBe(200)
    expect(await onDisk()).toBe(file(90))
    expect((await versions())[0]).toMatchObject({ id: '4', cause: 'restore', by: '127.0.0.1', restored: '2' })
    expect((await events()).findLast(({ type }) => type === 'write')).toMatchObject({
      what: 'settings: return to version 2: sources.system.intervalSeconds: 100 → 90',
    })
    expect((await restore('4')).statusCode).toBe(200)
    expect(await versions()).toHaveLength(4)
  })

  test('are twenty at most, and numbers are not used again, also over a restart', async () => {
    await start(file(60))
    for (let n = 0; n < 25; n++) expect((await change(every(100 + n))).statusCode).toBe(200)
    const ids = (await versions()).map(({ id }) => Number(id))
    expect(ids).toEqual(Array.from({ length: 20 }, (_, n) => 26 - n))
    expect(await readdir(join(it.folder, 'versions'))).toHaveLength(20)
    await it.stopGateway()
    await it.startGateway()
    await until(() => it.gateway.missing().length === 0)
    expect(await versions()).toHaveLength(20)
    expect((await change(every(60))).statusCode).toBe(200)
    expect((await versions())[0]?.id).toBe('27')
    expect((await restore('3')).statusCode).toBe(404)
  })

  test('an edit made while the gateway did not run becomes one', async () => {
    await start(file(60))
    await it.stopGateway()
    await it.writeFile(file(75))
    await writeFile(join(it.folder, 'tailboard.yaml.77.tmp'), 'half')
    await it.startGateway()
    await until(async () => (await versions()).length === 2)
    expect((await versions())[0]).toMatchObject({ cause: 'hand', changes: [{ from: '60', to: '75' }] })
    expect((await readdir(it.folder)).sort()).toEqual(['tailboard.yaml', 'versions'])
  })

  test('one that no longer fits is refused with its reasons; garbage in the folder is left out', async () => {
    await start(file(60))
    await change(every(90))
    const folder = join(it.folder, 'versions')
    const kept = await readFile(join(folder, '1.yaml'), 'utf8')
    await writeFile(join(folder, '1.yaml'), kept.replace('intervalSeconds: 60', 'intervalSeconds: 1'))
    await writeFile(join(folder, '7.yaml'), 'garbage')
    await writeFile(join(folder, '8.yaml'), '# Tailboard version {"id":"../../x"}\nversion: 1\n')
    await mkdir(join(folder, '9.yaml'))
    expect((await versions()).map(({ id }) => id)).toEqual(['2', '1'])
    expect((await restore('1')).json().issues).toEqual([
      { path: 'sources.system.intervalSeconds', reason: 'must be 10 seconds or more' },
    ])
    for (const id of ['7', '8', '9']) expect((await restore(id)).statusCode).toBe(404)
    expect((await restore('..%2F..%2Ftailboard')).statusCode).toBe(422)
    expect((await restore('1', '"stale"')).statusCode).toBe(412)
    expect(await onDisk()).toBe(file(90))
  })

  test('can be copied over by hand as they are', async () => {
    await start(file(60))
    await change(every(90))
    await it.writeFile(await readFile(join(it.folder, 'versions/1.yaml'), 'utf8'))
    await until(() => it.gateway.config.current?.config.sources.system.intervalSeconds === 60)
    expect((await change(every(80))).statusCode).toBe(200)
    expect(await onDisk()).toContain('# mine')
  })
})

describe('a folder that can’t be written', () => {
  test('is said with the line that mends it, and nothing changes', async () => {
    // Nobody, not even root, can make a folder there.
    it = await new TestGateway().start({ variables: { CONFIG_DIR: '/proc/tailboard-config' } })
    const answer = await change(every(90))
    expect(answer.statusCode).toBe(503)
    expect(answer.json()).toMatchObject({
      type: 'urn:tailboard:config-not-writable',
      hint: expect.stringContaining('mkdir config'),
    })
    expect((await it.get('/api/config')).json().config).toEqual(defaultConfig)
    expect(await versions()).toEqual([])
  })

  test('since a moment ago is said too', async () => {
    await start(file(60))
    const seen = await tag()
    await rm(it.folder, { recursive: true })
    // The folder is gone, and the file with it.
    expect((await change(every(90), seen)).json().issues).toEqual([{ path: '', reason: 'is gone' }])
    expect((await restore('1', seen)).statusCode).toBe(404)
    expect((await it.get('/api/config')).json().config.sources.system.intervalSeconds).toBe(60)
    await mkdir(it.folder)
  })

  test('takes the versions up again when it can be', async () => {
    await start(file(60))
    const folder = join(it.folder, 'versions')
    await rm(folder, { recursive: true })
    await writeFile(folder, 'in the way')
    expect((await change(every(90))).statusCode).toBe(200)
    expect(await versions()).toEqual([])
    await rm(folder)
    await until(async () => (await versions()).length === 1)
    expect((await versions())[0]).toMatchObject({ cause: 'page', by: '127.0.0.1' })
  })

  test.each([
    ['ENOSPC', 'full', 'df -h /'],
    ['EROFS', 'read-only', 'dmesg'],
    ['EACCES', 'EACCES', 'chown -R'],
    ['EIO', 'errors', 'dmesg'],
  ])('%s', (code, detail, hint) => {
    const { document } = notWritable(Object.assign(new Error(code), { code }))
    expect(document.status).toBe(503)
    expect(document.detail).toContain(detail)
    expect(document.hint).toContain(hint)
  })
})

test('the settings are described with label, unit, limits, choices and defaults, in the order of the file', async () => {
  await start()
  const schema = (await it.get('/api/config/schema')).json()
  expect(schema.properties.maxConcurrent).toMatchObject({
    type: 'integer',
    minimum: 1,
    maximum: 4,
    default: 1,
    label: 'Runs at the same time',
  })
  const { properties: sources } = schema.properties.sources
  expect(Object.keys(sources)).toEqual(sourceIds)
  for (const id of sourceIds) {
    expect(sources[id].title).toBe(sourceContract(id).title)
    expect(Object.keys(sources[id].properties)).toEqual(Object.keys(defaultConfig.sources[id]))
    for (const [key, setting] of Object.entries<Record<string, unknown>>(sources[id].properties)) {
      expect(setting.label, `${id}.${key}`).toBeTypeOf('string')
      const kept = (defaultConfig.sources[id] as Record<string, unknown>)[key]
      expect(setting.default, `${id}.${key}`).toEqual(kept)
    }
  }
  expect(sources.system.properties.intervalSeconds).toMatchObject({ unit: 's', minimum: 10, maximum: 86_400 })
  expect(sources.weather.properties.windUnit.enum).toEqual(['kmh', 'ms', 'mph', 'kn'])
})
