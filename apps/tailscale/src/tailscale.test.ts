import { readdirSync, readFileSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { limits } from '@tailboard/contracts'
import { exitCodes } from '@tailboard/service/run-source'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Bench } from '../testing/run.ts'

const bench = new Bench()
const { time } = bench
const minute = 60_000

beforeAll(() => bench.start())
afterAll(() => bench.stop())
beforeEach(async () => {
  await bench.reset()
})

const run = async () => {
  expect(await bench.run(), bench.logs).toBe(exitCodes.ok)
  return bench.data()
}

test('a reading in Redis, exit 0', async () => {
  const data = await run()
  expect(data).toMatchObject({
    state: 'running',
    isUp: true,
    self: { name: 'raspberrypi' },
    counts: { online: 4 },
  })
  const { outcome, problems, reading } = await bench.read()
  expect([outcome, problems, reading?.simulated]).toEqual(['ok', [], false])
})

test('it asks once, for the status, as tailscaled wants to be asked, and never for anything else', async () => {
  await run()
  bench.double.options = { backendState: 'NeedsLogin' }
  await run()
  expect(bench.double.asked).toEqual(Array(2).fill('GET /localapi/v0/status'))
  for (const headers of bench.double.headers) {
    expect(headers.host).toBe('local-tailscaled.sock')
    expect(headers).not.toHaveProperty('origin')
    expect(headers).not.toHaveProperty('referer')
    expect(headers).not.toHaveProperty('content-length')
  }
})

test('nothing in the code could ask for anything else', () => {
  const code = readdirSync(import.meta.dirname)
    .filter((name) => !name.endsWith('.test.ts'))
    .map((name) => readFileSync(`${import.meta.dirname}/${name}`, 'utf8'))
    .join('\n')
  expect(code.match(/httpRequest\(/g)).toHaveLength(1)
  expect(code).toContain('httpRequest({ url: question, who, socketPath, signal, maxBytes: mostBytes })')
  expect(code.match(/localapi\/v0\/[a-z]*/g)).toEqual(['localapi/v0/status'])
  // No other way to open a connection, start a program, or write to the folder.
  expect(code).not.toMatch(/\b(fetch|WebSocket|eval|require)\s*\(|\bimport\s*\(/)
  const modules = [...code.matchAll(/from '(node:[^']+)'/g)].map(([, name]) => name)
  expect(modules).toEqual(['node:fs/promises'])
  expect(code).toContain("import { stat } from 'node:fs/promises'")
})

test('rates come from the counters of the run before', async () => {
  expect((await run()).traffic).toEqual({
    receivedBytes: 0,
    sentBytes: 0,
    receivedBytesPerS: null,
    sentBytesPerS: null,
  })
  time.advance(minute)
  const { traffic } = await run()
  expect(traffic).toEqual({
    receivedBytes: 60 * 3910,
    sentBytes: 60 * (960 + 124 + 480),
    receivedBytesPerS: 3910,
    sentBytesPerS: 1564,
  })
})

test('tailscaled restarted: no rate across it, however far its new counters got', async () => {
  await run()
  time.advance(minute)
  await run()
  await bench.double.restart()
  time.advance(10 * minute)
  expect((await run()).traffic).toMatchObject({ receivedBytes: 600 * 3910, receivedBytesPerS: null })
  time.advance(minute)
  expect((await run()).traffic.receivedBytesPerS).toBe(3910)
})

test('no rate over a boot, a long pause, a device that left, or what can’t be read', async () => {
  const rate = async () => (await run()).traffic.receivedBytesPerS
  await run()
  time.advance(16 * minute)
  expect(await rate()).toBeNull()
  time.advance(minute)
  expect(await rate()).toBe(3910)
  time.reboot('boot-2')
  expect(await rate()).toBeNull()
  time.advance(minute)
  const text = JSON.parse(bench.double.statusText())
  text.Peer = {}
  bench.double.instead = JSON.stringify(text)
  expect(await rate()).toBeNull()
  bench.double.instead = null
  await bench.redis.hset('tailboard:kitchen:memory:tailscale', { traffic: '{"boot":7' })
  time.advance(minute)
  expect(await rate()).toBeNull()
  time.advance(minute)
  expect(await rate()).toBe(3910)
})

test('the folder is removed and made again between runs: the next run reads the new socket', async () => {
  await run()
  await bench.double.stop()
  await rm(bench.folder, { recursive: true })
  expect(await bench.run()).toBe(exitCodes.failed)
  expect((await bench.read()).failure?.kind).toBe('unreachable')
  // What Docker makes in its place when the container starts before tailscaled.
  await mkdir(bench.folder)
  expect(await bench.run()).toBe(exitCodes.failed)
  await rename(bench.folder, `${bench.folder}-old`)
  await bench.double.start()
  expect((await run()).isUp).toBe(true)
})

test('`tailscale down` and up again: states of the data, not failures', async () => {
  await run()
  bench.double.options = { backendState: 'Stopped' }
  expect(await run()).toMatchObject({ state: 'stopped', isUp: false, counts: { online: null } })
  expect((await bench.read()).outcome).toBe('ok')
  bench.double.options = {}
  expect(await run()).toMatchObject({ state: 'running', isUp: true, counts: { online: 4 } })
})

test('hundreds of peers with their CapMap fit into a reading', async () => {
  bench.double.options = { extraPeers: 500 }
  const { peers, counts } = await run()
  expect(counts).toMatchObject({ peers: 507, online: 171 })
  expect(peers.length).toBeGreaterThan(50)
  const { reading } = await bench.read()
  expect(Buffer.byteLength(JSON.stringify(reading))).toBeLessThanOrEqual(limits.readingBytes)
})

test('a simulated reading says so', async () => {
  await bench.run({ TAILBOARD_SIMULATED: '1' })
  expect((await bench.read()).reading?.simulated).toBe(true)
})
