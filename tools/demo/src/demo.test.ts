import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type SourceId, serviceVariables, sourceIds, sourceVariables } from '@tailboard/contracts'
import { afterAll, expect, test } from 'vitest'
import { lineSplitter } from './lines.ts'
import { devParts, redisPart, serviceParts, standInPart } from './parts.ts'
import { freePort, onFreePort } from './ports.ts'
import { PrintedVariables } from './printed-variables.ts'
import { isAlive, processMark } from './processes.ts'
import { type Double, type StandIn, standIns } from './stand-ins.ts'
import { DemoState } from './state.ts'

const folder = mkdtempSync(join(tmpdir(), 'tailboard-demo-'))
afterAll(() => rmSync(folder, { recursive: true }))

const plan = {
  root: '/checkout',
  data: '/checkout/.demo',
  redisPort: 1,
  gatewayPort: 2,
  vitePort: 3,
  simulated: ['pihole'],
  found: { PIHOLE_URL: 'http://127.0.0.1:4', PIHOLE_PASSWORD: 'of the double' },
  given: {
    PATH: '/bin',
    HOME: '/home/me',
    AWS_SECRET: 'x',
    LOG_LEVEL: 'debug',
    GATEWAY_PORT: '9',
    REDIS_URL: 'redis://theirs',
    PIHOLE_URL: 'http://theirs',
    WEATHER_CONTACT: 'me@example.org',
  },
}

test('a service gets the variables of its schema, decided by the demo, and nothing else of the terminal’s', () => {
  const [gateway, orchestrator] = serviceParts(plan)
  expect(gateway?.env).toEqual({
    PATH: '/bin',
    HOME: '/home/me',
    LOG_LEVEL: 'debug',
    REDIS_URL: 'redis://127.0.0.1:1',
    GATEWAY_PORT: '2',
    CONFIG_DIR: '/checkout/.demo/config',
    HLS_DIR: '/checkout/.demo/hls',
    TRUSTED_PROXY: 'loopback',
  })
  const known = new Set([
    ...['PATH', 'HOME'],
    ...Object.keys(serviceVariables.orchestrator),
    ...sourceIds.flatMap((id) => Object.keys(sourceVariables(id))),
  ])
  expect(Object.keys(orchestrator?.env ?? {}).filter((name) => !known.has(name))).toEqual([])
  expect(orchestrator?.env).toMatchObject({
    LAUNCHER: 'process',
    PROJECT_DIR: '/checkout',
    HOST_PROC: '/proc',
    SIMULATED_SOURCES: 'pihole',
  })
})

test('a source that always lives is a service of the demo, and says so where it is made up', () => {
  const service = (simulated: string[]) =>
    serviceParts({ ...plan, simulated }).find(({ name }) => name === 'sensehat')
  expect(service(['sensehat'])?.env).toEqual({
    PATH: '/bin',
    HOME: '/home/me',
    LOG_LEVEL: 'debug',
    REDIS_URL: 'redis://127.0.0.1:1',
    TAILBOARD_SIMULATED: '1',
  })
  expect(service([])?.env).not.toHaveProperty('TAILBOARD_SIMULATED')
})

test('where a stand-in is, it is spoken to whatever the terminal says; elsewhere the owner’s variables hold', () => {
  const [, orchestrator] = serviceParts(plan)
  expect(orchestrator?.env).toMatchObject({ ...plan.found, WEATHER_CONTACT: 'me@example.org' })
})

const doubles = Object.entries(standIns).filter(
  (entry): entry is [string, StandIn & Double] => 'script' in entry[1],
)

test.each(doubles)('%s: its stand-in starts and prints what the demo takes', async (id, own) => {
  const root = join(import.meta.dirname, '../../..')
  expect(Object.keys(sourceVariables(id as SourceId))).toEqual(expect.arrayContaining(own.gives))
  const place = { port: await freePort(), socket: join(folder, 'a-folder', 'socket') }
  const part = standInPart({ root, given: process.env }, id as SourceId, own, place)
  const [program, ...args] = part.command
  const child = spawn(program, args, { cwd: part.cwd, env: part.env })
  const ended = once(child, 'exit')
  const printed = new PrintedVariables(own.gives)
  child.stdout.on(
    'data',
    lineSplitter((line) => printed.line(line)),
  )
  await printed.whole
  expect(Object.keys(printed.values).sort()).toEqual([...own.gives].sort())
  const values = Object.values(printed.values).join()
  expect(values.includes(String(place.port)) || values.includes(place.socket)).toBe(true)
  child.kill('SIGTERM')
  expect(await ended).toEqual([0, null])
})

test('a variable that nobody asked a stand-in for is not taken from it', () => {
  const printed = new PrintedVariables(['PIHOLE_URL'])
  for (const line of ['PATH=/tmp', 'listening', 'PIHOLE_URL=http://x/?a=b']) printed.line(line)
  expect(printed.values).toEqual({ PIHOLE_URL: 'http://x/?a=b' })
})

test('nothing of the demo is written outside of its folder', () => {
  const writing = [redisPart(plan), ...serviceParts(plan)].flatMap(({ env }) =>
    ['TAILBOARD_REDIS_DIR', 'CONFIG_DIR'].flatMap((name) => env[name] ?? []),
  )
  expect(writing).toHaveLength(2)
  for (const path of writing) expect(path.startsWith(plan.data)).toBe(true)
})

test('every source is rebuilt at each change', () => {
  const names = devParts(plan).map(({ name }) => name)
  for (const id of sourceIds) expect(names).toContain(`build ${id}`)
})

test('a port that is taken is passed over, unless it is the one that was asked for', async () => {
  const taken = createServer().listen(0)
  await once(taken, 'listening')
  const { port } = taken.address() as { port: number }
  const start = async (each: number) => {
    const server = createServer().listen(each)
    await once(server, 'listening')
    server.close()
    return each
  }
  expect(await onFreePort(port, false, start)).toBeGreaterThan(port)
  await expect(onFreePort(port, true, start)).rejects.toThrow('EADDRINUSE')
  taken.close()
  expect(await freePort()).toBeGreaterThan(1_000)
})

test('a demo that runs is known to the next one, with its address', () => {
  const path = join(folder, 'running.json')
  const running = new DemoState(path)
  expect(running.other()).toBeNull()
  running.part('redis', process.pid)
  running.url('http://localhost:8080/')
  expect(new DemoState(path).other()).toBe('http://localhost:8080/')
  running.clear()
  expect(new DemoState(path).other()).toBeNull()
})

test('what a killed demo left behind is ended, and nothing that only has its number', async () => {
  const path = join(folder, 'killed.json')
  const left = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  const [leftPid = 0, otherPid = 0] = [left.pid, other.pid]
  const exited = once(left, 'exit')
  writeFileSync(
    path,
    JSON.stringify({
      demo: { pid: 1, mark: 'of another time' },
      url: null,
      parts: [
        { pid: leftPid, mark: processMark(leftPid) },
        { pid: otherPid, mark: 'of another time' },
      ],
    }),
  )
  const state = new DemoState(path)
  expect(state.other()).toBeNull()
  expect(state.endLeftovers()).toBe(1)
  await exited
  expect(isAlive(otherPid)).toBe(true)
  other.kill('SIGKILL')
})
