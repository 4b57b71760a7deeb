import { commandSchema, keys, type SourceCommand, sourceContract } from '@tailboard/contracts'
import * as v from 'valibot'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { node, systemOf, TestGateway, until } from './testing/test-gateway.ts'

const it = new TestGateway()
const commands = sourceContract('system').commands as Record<string, SourceCommand>
const path = '/api/sources/system/commands'

beforeAll(async () => {
  // No source that stands has a command of its own yet: this one has, for as long as the test runs.
  commands.rest = {
    title: 'Rest',
    description: 'Rests a while',
    args: v.object({ minutes: v.pipe(v.number(), v.minValue(1, 'must be 1 or more')) }),
  }
  await it.start()
})
afterAll(async () => {
  delete commands.rest
  await it[Symbol.asyncDispose]()
})
beforeEach(async () => {
  await it.redis.del(keys.orders(node), keys.queuedCommands(node, 'system'))
  await it.orchestratorLives()
})

test('wrong arguments are refused with their paths, and nothing is queued', async () => {
  const answer = await it.post(path, { verb: 'rest', args: { minutes: 0 } })
  expect(answer.statusCode).toBe(422)
  expect(answer.json().issues).toEqual([{ path: 'args.minutes', reason: 'must be 1 or more' }])
  expect((await it.post(path, { verb: 'rest' })).json().issues[0].path).toBe('args.minutes')
  expect((await it.post(path, { verb: 'reboot', args: {} })).json().issues[0].reason).toContain('run, rest')
  expect(await it.redis.llen(keys.queuedCommands(node, 'system'))).toBe(0)
})

test('nobody is there to carry it out', async () => {
  await it.redis.del(keys.service(node, 'orchestrator'))
  const answer = await it.post(path, { verb: 'rest', args: { minutes: 5 } })
  expect(answer.json()).toMatchObject({ status: 503, type: 'urn:tailboard:orchestrator-away' })
  expect(await it.redis.llen(keys.queuedCommands(node, 'system'))).toBe(0)
})

describe('a source that always lives', () => {
  const sensehat = '/api/sources/sensehat'
  const lives = () => it.serviceLives('source-sensehat')
  beforeEach(() => it.redis.del(keys.service(node, 'orchestrator'), keys.service(node, 'source-sensehat')))

  test('gets “run now” as a command of its own queue, with no orchestrator', async () => {
    await lives()
    expect((await it.post(`${sensehat}/run`, {})).statusCode).toBe(202)
    expect(await it.store.takeCommand('sensehat')).toMatchObject({ verb: 'run', by: '127.0.0.1', args: {} })
    expect(await it.redis.llen(keys.orders(node))).toBe(0)
    await it.redis.del(keys.commandLog(node))
  })

  test.each([
    ['run', {}],
    ['commands', { verb: 'clear', args: {} }],
  ])(
    'is not asked for %s while its service is away, and the answer says where to look',
    async (call, body) => {
      const answer = await it.post(`${sensehat}/${call}`, body)
      expect(answer.json()).toMatchObject({ status: 503, type: 'urn:tailboard:source-away' })
      expect(answer.json().hint).toContain('docker compose logs --tail 50 source-sensehat')
      expect(await it.redis.llen(keys.queuedCommands(node, 'sensehat'))).toBe(0)
    },
  )
})

test('a command is recorded with who and when, told to pages, and a run is ordered for it', async () => {
  const page = await it.page()
  await until(() => page.messages.length > 0)
  const answer = await it.post(path, { verb: 'rest', args: { minutes: 5, extra: 1 } })
  expect(answer.statusCode).toBe(202)
  const command = v.parse(commandSchema, answer.json())
  expect(command).toMatchObject({ verb: 'rest', args: { minutes: 5 }, by: '127.0.0.1', status: 'queued' })
  expect(await it.store.takeCommand('system')).toEqual(command)
  expect(await it.redis.lindex(keys.orders(node), 0)).toContain('"type":"run"')
  await until(() => page.messages.some((m) => m.type === 'event' && m.event.type === 'command'))
  await until(() => page.messages.some((m) => m.type === 'event' && m.event.type === 'write'))
  await it.store.publishCommand({ ...command, status: 'done', outcome: 'Rested', finished: it.store.now() })
  const status = (await it.get('/api/status')).json()
  expect(status.commands).toEqual([
    expect.objectContaining({ id: command.id, status: 'done', outcome: 'Rested' }),
  ])
  page.close()
})

test('the queue has an end, also for many at once', async () => {
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => it.post(path, { verb: 'rest', args: { minutes: 5 } })),
  )
  const count = (status: number) => answers.filter(({ statusCode }) => statusCode === status).length
  expect([count(202), count(429)]).toEqual([16, 4])
})

test('a source that is switched off takes neither', async () => {
  await it.writeFile('sources:\n  system:\n    enabled: false\n')
  await until(() => !it.gateway.model().sources.system.settings.enabled)
  for (const body of [{ verb: 'run' }, { verb: 'rest', args: { minutes: 5 } }]) {
    const answer = await it.post(path, body)
    expect(answer.json()).toMatchObject({ status: 422, type: 'urn:tailboard:disabled' })
    expect(answer.json().hint).toContain('sources.system.enabled')
  }
  expect(systemOf((await it.get('/api/sources')).json()).state).toBe('disabled')
})
