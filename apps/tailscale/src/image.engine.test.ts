import { execFile } from 'node:child_process'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Failure, failureSchema, keys, parseJson, readingSchema } from '@tailboard/contracts'
import type { TailscaleData } from '@tailboard/contracts/sources/tailscale'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { TailscaledDouble } from '../testing/double.ts'

const repository = join(import.meta.dirname, '../../..')
const name = `tailboard-tailscale-test-${process.pid}`
const image = `${name}:test`
let base: string
let folder: string
let double: TailscaledDouble

async function docker(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('docker', args, { cwd: repository, maxBuffer: 1 << 24 })
  return stdout.trim()
}

/** What the compose file gives this source: a bridge network, no root, no capability, read-only, 48 MB, one mount. */
const likeComposed = () => [
  ...['--network', name, '--user', '1000:1000', '--cap-drop', 'ALL'],
  ...['--security-opt', 'no-new-privileges:true', '--read-only', '--memory', '48m', '--memory-swap', '48m'],
  ...['-v', `${folder}:/var/run/tailscale:ro`],
]

/** One run of the container that is made once, as the orchestrator does it; answers its exit code. */
async function run(): Promise<number> {
  await docker('start', name)
  return Number(await docker('wait', name))
}

const stored = (field: string) =>
  docker('exec', `${name}-redis`, 'redis-cli', 'hget', keys.source('kitchen', 'tailscale'), field)
const data = async () => parseJson(readingSchema, await stored('reading'), 'it').data as TailscaleData
const failure = async (): Promise<Failure> => parseJson(failureSchema, await stored('failure'), 'it')

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'tailboard-tailscaled-'))
  await chmod(base, 0o755)
  folder = join(base, 'run')
  double = await new TailscaledDouble(join(folder, 'tailscaled.sock')).start()
  await docker('build', '-q', '-f', 'apps/tailscale/Dockerfile', '-t', image, '.')
  await docker('network', 'create', name)
  // As the gateway does in the stack: a roomier container holds the pages of the shared layer (docs/adr/0008).
  const wait = ['--entrypoint', '/usr/local/bin/node', image, '-e', 'setInterval(() => {}, 60_000)']
  await docker('run', '-d', '--name', `${name}-holder`, '--memory', '96m', ...wait)
  const server = ['redis:7-alpine', 'redis-server', '--save', '', '--protected-mode', 'no']
  await docker('run', '-d', '--name', `${name}-redis`, '--network', name, ...server)
  while (!(await docker('exec', `${name}-redis`, 'redis-cli', 'ping').catch(() => '')).includes('PONG'));
  const environment = ['-e', `REDIS_URL=redis://${name}-redis:6379`, '-e', 'TAILBOARD_NODE=kitchen']
  await docker('create', '--name', name, ...likeComposed(), ...environment, image)
})
afterAll(async () => {
  await docker('rm', '-f', '-v', name, `${name}-redis`, `${name}-holder`).catch(() => {})
  await docker('network', 'rm', name).catch(() => {})
  await docker('rmi', image).catch(() => {})
  await double.stop()
  await rm(base, { recursive: true, force: true })
})
beforeEach(async () => {
  double.options = {}
  double.fault = null
  double.asked.length = 0
  await double.restart()
})

test('without root, without capabilities, through a read-only mount: a reading', async () => {
  expect(await run()).toBe(0)
  expect(await data()).toMatchObject({ state: 'running', isUp: true, counts: { peers: 7, online: 4 } })
  expect(double.asked).toEqual(['GET /localapi/v0/status'])
})

test('in that container nobody is root, nothing may be, and the folder can’t be written', async () => {
  const script = `
    const fs = require('node:fs')
    const attempt = (work) => { try { work(); return 'done' } catch (error) { return error.code } }
    console.log(JSON.stringify({
      uid: process.getuid(),
      capabilities: /CapEff:\\s*(\\w+)/.exec(fs.readFileSync('/proc/self/status', 'utf8'))[1],
      write: attempt(() => fs.writeFileSync('/var/run/tailscale/x', '')),
      remove: attempt(() => fs.unlinkSync('/var/run/tailscale/tailscaled.sock')),
    }))`
  const args = ['run', '--rm', ...likeComposed(), '--entrypoint', '/usr/local/bin/node', image, '-e', script]
  expect(JSON.parse(await docker(...args))).toEqual({
    uid: 1000,
    capabilities: '0000000000000000',
    write: expect.stringMatching(/EROFS|EACCES/),
    remove: expect.stringMatching(/EROFS|EACCES/),
  })
})

test('the same container goes on after tailscaled was restarted, and after its folder was removed and made again', async () => {
  expect(await run()).toBe(0)
  await double.restart()
  expect(await run()).toBe(0)

  // As systemd does it when the service stops.
  await double.stop()
  await rm(folder, { recursive: true })
  expect(await run()).toBe(1)
  expect(await failure()).toMatchObject({
    kind: 'unreachable',
    hint: expect.stringContaining('systemctl start tailscaled'),
  })
  expect((await data()).isUp).toBe(true)

  await rm(folder, { recursive: true, force: true })
  await double.start()
  expect(await run()).toBe(0)
  expect(await stored('outcome')).toBe('ok')
})

test('killed, and closed to others: what is wrong, in words', async () => {
  await double.crash()
  expect(await run()).toBe(1)
  expect(await failure()).toMatchObject({
    kind: 'unreachable',
    message: expect.stringContaining('nobody listens'),
  })
  await double.start()
  await chmod(double.socketPath, 0o600)
  expect(await run()).toBe(1)
  expect(await failure()).toMatchObject({ kind: 'refused', message: expect.stringContaining('EACCES') })
})

test('the largest status that is read, within 48 MB', async () => {
  double.options = { extraPeers: 3700 }
  const bytes = Buffer.byteLength(double.statusText())
  expect(bytes).toBeGreaterThan(7 * 1024 * 1024)
  expect(bytes).toBeLessThan(8 * 1024 * 1024)
  expect(await run()).toBe(0)
  expect((await data()).counts.peers).toBe(3707)
  const cost = JSON.parse(await stored('cost'))
  console.log(`${(bytes / 1e6).toFixed(1)} MB of status: ${JSON.stringify(cost)}`)
})

test.each([
  'huge (50 MB)',
  'nested a million deep',
  'a million devices',
  'a million users',
  'a device with a million tags',
] as const)('%s: a failure, and not the end of its memory', async (fault) => {
  double.fault = fault
  expect(await run()).toBe(1)
  expect(await failure()).toMatchObject({ kind: 'malformed' })
})
