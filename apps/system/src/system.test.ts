import { readFile } from 'node:fs/promises'
import { keys, type SystemData, sourceFields, system } from '@tailboard/contracts'
import { createLogger } from '@tailboard/service/log'
import { createRedis } from '@tailboard/service/redis'
import { exitCodes, runOnce } from '@tailboard/service/run-source'
import { Store } from '@tailboard/service/store'
import { FakeTime } from '@tailboard/service/testing/fake-time'
import { TestRedis } from '@tailboard/service/testing/redis-server'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { measure, systemSource } from './system.ts'
import { PiTree, readFixture } from './testing/pi-tree.ts'

const server = new TestRedis()
let redis: ReturnType<typeof createRedis>
let store: Store
let time: FakeTime
let pi: PiTree

beforeAll(async () => {
  await server.start()
  redis = createRedis(server.url, { name: 'test', log: createLogger({ service: 'test' }) })
})
beforeEach(async () => {
  await redis.flushall()
  time = new FakeTime()
  store = new Store(redis, 'kitchen', time)
  pi = await new PiTree().start()
})
afterEach(() => pi[Symbol.asyncDispose]())
afterAll(async () => {
  redis.disconnect()
  await server[Symbol.asyncDispose]()
})

const gigabyte = { total: 950_000_000, available: 500_000_000 }
const memory = async () => ({
  totalBytes: gigabyte.total,
  availableBytes: gigabyte.available,
  usedPercent: (100 * (gigabyte.total - gigabyte.available)) / gigabyte.total,
  swapTotalBytes: 0,
  swapUsedBytes: 0,
})

async function run(roots = pi.roots) {
  const environment = {
    REDIS_URL: server.url,
    TAILBOARD_NODE: 'kitchen',
    LOG_LEVEL: 'error',
    HOST_PROC: roots.procPath,
    HOST_SYS: roots.sysPath,
    HOST_NAME_FILE: roots.hostNameFile,
  }
  const source = { contract: system, measure: (context: never) => measure(context, memory) }
  const code = await runOnce(source as typeof systemSource, environment, time)
  const stored = await store.readSource('system')
  expect(stored.problems).toEqual([])
  return { code, ...stored, data: stored.reading?.data as SystemData }
}

/** In how long (s) the last run said that another is worth its cost. */
async function wantsNextIn(): Promise<number | undefined> {
  const cost = await redis.hget(keys.source('kitchen', 'system'), sourceFields.cost)
  return JSON.parse(cost ?? '{}').nextInS
}

test('a Raspberry Pi, whole: null only where the first run can’t know', async () => {
  const { code, outcome, data } = await run()
  expect([code, outcome]).toEqual([exitCodes.ok, 'ok'])
  expect(await wantsNextIn(), 'rates are worth a second run soon').toBe(10)
  expect(data.host).toEqual({ name: 'kitchen', model: 'Raspberry Pi 3 Model B Rev 1.2', uptimeS: 2720.32 })
  expect(data.cpu).toEqual({
    usedPercent: null,
    perCorePercent: [null, null, null, null],
    load1: 0.2,
    load5: 0.18,
    load15: 0.12,
    clockMhz: 600,
    temperatureC: 47.236,
  })
  expect(data.disk).toMatchObject({
    device: 'mmcblk0p2',
    isReadOnly: false,
    readBytesPerS: null,
    writtenBytes: 471_859 * 512,
    lifetimeWrittenBytes: 43_945_312 * 1024,
    errorCount: 0,
  })
  expect(data.network.map(({ name, receivedBytesPerS }) => [name, receivedBytesPerS])).toEqual([
    ['eth0', null],
    ['wlan0', null],
    ['tailscale0', null],
  ])
  expect(data.power.sinceBoot.isUnderVoltage).toBe(false)
  expect(data.pressure?.ioPercent).toBe(0.68)
})

test('the second run has the rates of the time between', async () => {
  await run()
  time.advance(60_000)
  await pi.write('proc/stat', await readFixture('stat-later.txt'))
  await pi.write('proc/1/net/dev', (await readFixture('net-dev.txt')).replace('123456789', '123516789'))
  const { data } = await run()
  expect(data.cpu.usedPercent?.toFixed(2)).toBe('29.41')
  expect(data.cpu.perCorePercent.every((core) => core !== null && core > 20 && core < 40)).toBe(true)
  expect(data.network.find(({ name }) => name === 'wlan0')?.receivedBytesPerS).toBe(1_000)
  expect(data.disk.writtenBytesPerS).toBe(0)
  expect(await wantsNextIn(), 'back to the owner’s interval').toBeUndefined()
})

test('the wall clock jumps nine hours: the rates do not', async () => {
  await run()
  time.advance(60_000)
  time.jump(9 * 3_600_000)
  await pi.write('proc/1/net/dev', (await readFixture('net-dev.txt')).replace('123456789', '123516789'))
  const { data } = await run()
  expect(data.network.find(({ name }) => name === 'wlan0')?.receivedBytesPerS).toBe(1_000)
})

test('after a reboot nothing is compared, and what was seen is seen no more', async () => {
  await pi.write('sys/class/hwmon/hwmon1/in0_lcrit_alarm', '1\n')
  expect((await run()).data.power.sinceBoot.isUnderVoltage).toBe(true)
  await pi.write('sys/class/hwmon/hwmon1/in0_lcrit_alarm', '0\n')
  time.advance(60_000)
  const later = (await run()).data
  expect([later.power.now.isUnderVoltage, later.power.sinceBoot.isUnderVoltage]).toEqual([false, true])
  time.reboot('boot-2')
  const fresh = (await run()).data
  expect(fresh.power.sinceBoot.isUnderVoltage).toBe(false)
  expect(fresh.cpu.usedPercent).toBeNull()
})

test('the firmware’s memory counts too, and outlives its being cleared', async () => {
  const path = 'sys/devices/platform/soc/soc:firmware/get_throttled'
  await pi.write(path, '50000\n')
  await run()
  await pi.write(path, '0\n')
  const { data } = await run()
  expect(data.power.sinceBoot).toEqual({
    isUnderVoltage: true,
    isCapped: false,
    isThrottled: true,
    isSoftLimited: false,
  })
})

test('no Pi: what the machine does not offer is null and no problem', async () => {
  for (const path of [
    'sys/firmware',
    'sys/class/thermal',
    'sys/class/hwmon',
    'sys/devices/platform/soc/soc:firmware',
  ])
    await pi.remove(path)
  for (const path of ['sys/devices/system', 'sys/fs', 'proc/pressure', 'proc/cpuinfo']) await pi.remove(path)
  const { outcome, data } = await run()
  expect(outcome).toBe('ok')
  expect(data.host.model).toBeNull()
  expect([data.cpu.temperatureC, data.cpu.clockMhz, data.pressure]).toEqual([null, null, null])
  expect(data.power.now.isUnderVoltage).toBeNull()
})

test.each([
  ['proc', 'This Pi’s /proc can’t be read'],
  ['proc/uptime', 'uptime is not there'],
])('without %s the run fails and says what is missing', async (path, words) => {
  await run()
  await pi.remove(path)
  const { code, outcome, failure, reading } = await run()
  expect([code, outcome]).toEqual([exitCodes.failed, 'failed'])
  expect(failure?.kind).toBe('misconfigured')
  expect(failure?.message).toContain(words)
  expect(failure?.hint).toContain('docker-compose.yml')
  expect(reading).not.toBeNull()
})

test.each([
  ['proc/1', 'refused', 'hides its first process', 'hidepid'],
  ['sys', 'misconfigured', '/sys can’t be read', 'docker-compose.yml'],
  ['etc/hostname', 'misconfigured', 'name and the size of its card', '/etc/hostname'],
])('without %s the rest is still told', async (path, kind, words, hint) => {
  await pi.remove(path)
  const { code, outcome, failure, data } = await run()
  expect([code, outcome]).toEqual([exitCodes.ok, 'partial'])
  expect(failure?.kind).toBe(kind)
  expect(failure?.message).toContain(words)
  expect(failure?.hint).toContain(hint)
  expect(data.cpu.load1).toBe(0.2)
  if (path === 'proc/1')
    expect([data.network, data.disk.device, data.disk.isReadOnly]).toEqual([[], null, null])
  if (path === 'etc/hostname') expect([data.host.name, data.disk.totalBytes]).toEqual([null, null])
})

test('garbage in one file costs that part alone; in several, all are named', async () => {
  await pi.write('sys/class/thermal/thermal_zone0/temp', 'hot\n')
  await pi.write('proc/1/net/dev', 'h\nh\neth0: nonsense\n')
  const { outcome, failure, data } = await run()
  expect(outcome).toBe('partial')
  expect(failure?.message).toContain('net/dev')
  expect(failure?.message).toContain('thermal_zone0')
  expect(data.cpu.temperatureC).toBeNull()
  expect(data.network).toEqual([])
  expect(data.disk.device).toBe('mmcblk0p2')
})

test('garbage in /proc/stat is a failure', async () => {
  await pi.write('proc/stat', 'cpu  1 2 3\n')
  const { outcome, failure } = await run()
  expect(outcome).toBe('failed')
  expect(failure?.kind).toBe('malformed')
})

test('a broken memory of the run before is passed over, and made anew', async () => {
  await run()
  const key = keys.memory('kitchen', 'system')
  await redis.hset(key, { counters: '{"boot":1}', power: 'x' })
  time.advance(60_000)
  expect(await run()).toMatchObject({ outcome: 'ok', data: { cpu: { usedPercent: null } } })
  time.advance(60_000)
  await pi.write('proc/stat', await readFixture('stat-later.txt'))
  expect((await run()).data.cpu.usedPercent).not.toBeNull()
})

test('hostile names are made harmless', async () => {
  await pi.write('etc/hostname', `\u001b[31m<script>\u202e${'x'.repeat(10_000)}\n`)
  const { data } = await run()
  expect(data.host.name).toHaveLength(64)
  expect(data.host.name).toMatch(/^\[31m<script>x+…$/)
})

test('this machine: each number lies between what the kernel says before and after', async () => {
  const bytesOf = async () =>
    Object.fromEntries(
      (await readFile('/proc/1/net/dev', 'utf8'))
        .split('\n')
        .slice(2, -1)
        .map((line) => line.replace(':', ' ').trim().split(/\s+/))
        .map((fields) => [fields[0], [Number(fields[1]), Number(fields[9])]]),
    )
  const uptime = async () => Number((await readFile('/proc/uptime', 'utf8')).split(' ')[0])
  const total = async () =>
    Number(/^MemTotal: +(\d+)/m.exec(await readFile('/proc/meminfo', 'utf8'))?.[1]) * 1024

  const before = { bytes: await bytesOf(), uptime: await uptime() }
  const source = { ...systemSource }
  const environment = {
    REDIS_URL: server.url,
    TAILBOARD_NODE: 'kitchen',
    LOG_LEVEL: 'error',
    HOST_PROC: '/proc',
    HOST_SYS: '/sys',
    HOST_NAME_FILE: '/etc/hostname',
  }
  expect(await runOnce(source, environment, time)).toBe(exitCodes.ok)
  const after = { bytes: await bytesOf(), uptime: await uptime() }

  const data = (await store.readSource('system')).reading?.data as SystemData
  expect(data.host.name).toBe((await readFile('/etc/hostname', 'utf8')).trim())
  expect(data.host.uptimeS).toBeGreaterThanOrEqual(before.uptime)
  expect(data.host.uptimeS).toBeLessThanOrEqual(after.uptime)
  expect(data.memory.totalBytes).toBe(await total())
  expect(data.memory.availableBytes).toBeGreaterThan(0)
  expect(data.cpu.perCorePercent.length).toBeGreaterThan(0)
  expect(data.disk.totalBytes).toBeGreaterThan(0)
  for (const { name, receivedBytes, sentBytes } of data.network) {
    expect(receivedBytes).toBeGreaterThanOrEqual(before.bytes[name]?.[0] ?? Number.NaN)
    expect(receivedBytes).toBeLessThanOrEqual(after.bytes[name]?.[0] ?? Number.NaN)
    expect(sentBytes).toBeGreaterThanOrEqual(before.bytes[name]?.[1] ?? Number.NaN)
    expect(sentBytes).toBeLessThanOrEqual(after.bytes[name]?.[1] ?? Number.NaN)
  }
})
