import { execFile } from 'node:child_process'
import { readFile, realpath } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { keys, parseJson, readingSchema, type SystemData } from '@tailboard/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readDiskSize } from './disk.ts'
import { parseNetDev, readNetwork } from './network.ts'
import { readRootDevice } from './root-device.ts'

const repository = join(import.meta.dirname, '../../..')
const name = `tailboard-system-test-${process.pid}`
const image = `${name}:test`
const roots = { procPath: '/proc', sysPath: '/sys', hostNameFile: '/etc/hostname' }

async function docker(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('docker', args, { cwd: repository, maxBuffer: 1 << 24 })
  return stdout.trim()
}

/** What the compose file gives this source: bridge network, nobody, no capability, read-only, 48 MB, three mounts. */
const likeComposed = [
  ...[
    '--network',
    name,
    '--user',
    '65534:65534',
    '--cap-drop',
    'ALL',
    '--security-opt',
    'no-new-privileges:true',
  ],
  ...['--read-only', '--memory', '48m', '-v', '/proc:/host/proc:ro', '-v', '/sys:/host/sys:ro'],
  ...['-v', '/etc/hostname:/host/etc/hostname:ro'],
]

/** One measurement in a container, and the exit code through docker's own. */
const measureInContainer = () =>
  docker(
    ...['run', '--rm', ...likeComposed],
    ...['-e', `REDIS_URL=redis://${name}-redis:6379`, '-e', 'TAILBOARD_NODE=kitchen', image],
  )

async function storedReading(): Promise<SystemData> {
  const json = await docker(
    'exec',
    `${name}-redis`,
    'redis-cli',
    'hget',
    keys.source('kitchen', 'system'),
    'reading',
  )
  return parseJson(readingSchema, json, 'the reading').data as SystemData
}

/** What systeminformation says inside the same container. */
async function askPackage(call: string): Promise<unknown> {
  const folder = dirname(
    await realpath(createRequire(import.meta.url).resolve('systeminformation/package.json')),
  )
  const script = `require('/si/lib/index.js').${call}.then((answer) => console.log(JSON.stringify(answer)))`
  const args = [
    'run',
    '--rm',
    ...likeComposed,
    '-v',
    `${folder}:/si:ro`,
    '--entrypoint',
    '/usr/local/bin/node',
  ]
  return JSON.parse(await docker(...args, image, '-e', script))
}

const hostBytes = async () =>
  new Map(parseNetDev(await readFile('/proc/1/net/dev', 'utf8')).map((own) => [own.name, own]))
const hostUptime = async () => Number((await readFile('/proc/uptime', 'utf8')).split(' ')[0])
const hostName = async () => (await readFile('/etc/hostname', 'utf8')).trim()

beforeAll(async () => {
  await docker('build', '-q', '-f', 'apps/system/Dockerfile', '-t', image, '.')
  await docker('network', 'create', name)
  // As the gateway does in the stack: a roomier container holds the pages of the shared layer (docs/adr/0008).
  const wait = ['--entrypoint', '/usr/local/bin/node', image, '-e', 'setInterval(() => {}, 60_000)']
  await docker('run', '-d', '--name', `${name}-holder`, '--memory', '96m', ...wait)
  const server = ['redis:7-alpine', 'redis-server', '--save', '', '--protected-mode', 'no']
  await docker('run', '-d', '--name', `${name}-redis`, '--network', name, ...server)
  while (!(await docker('exec', `${name}-redis`, 'redis-cli', 'ping').catch(() => '')).includes('PONG'));
})
afterAll(async () => {
  await docker('rm', '-f', '-v', `${name}-redis`, `${name}-holder`).catch(() => {})
  await docker('network', 'rm', name).catch(() => {})
  await docker('rmi', image).catch(() => {})
})

test('in a container on a bridge it tells what the host’s own files tell', async () => {
  const before = { bytes: await hostBytes(), uptime: await hostUptime() }
  expect(await measureInContainer()).not.toContain('problem')
  const data = await storedReading()
  const after = { bytes: await hostBytes(), uptime: await hostUptime() }

  expect(data.host.name).toBe(await hostName())
  expect(data.host.uptimeS).toBeGreaterThanOrEqual(before.uptime)
  expect(data.host.uptimeS).toBeLessThanOrEqual(after.uptime)
  const meminfo = await readFile('/proc/meminfo', 'utf8')
  expect(data.memory.totalBytes).toBe(Number(/^MemTotal: +(\d+)/m.exec(meminfo)?.[1]) * 1024)
  expect(data.disk.totalBytes).toBe((await readDiskSize(roots)).totalBytes)
  expect(data.disk.device).toBe((await readRootDevice(roots))?.partition)
  const own = await readNetwork(roots)
  expect(data.network.map(({ name, isUp, addresses }) => ({ name, isUp, addresses }))).toEqual(
    own.map(({ name, isUp, addresses }) => ({ name, isUp, addresses })),
  )
  for (const { name, receivedBytes, sentBytes } of data.network) {
    expect(receivedBytes).toBeGreaterThanOrEqual(before.bytes.get(name)?.receivedBytes ?? Number.NaN)
    expect(receivedBytes).toBeLessThanOrEqual(after.bytes.get(name)?.receivedBytes ?? Number.NaN)
    expect(sentBytes).toBeGreaterThanOrEqual(before.bytes.get(name)?.sentBytes ?? Number.NaN)
    expect(sentBytes).toBeLessThanOrEqual(after.bytes.get(name)?.sentBytes ?? Number.NaN)
  }
})

test('the second container has the rates of the time between', async () => {
  await measureInContainer()
  const { cpu, network, disk } = await storedReading()
  expect(cpu.usedPercent).not.toBeNull()
  expect(disk.device === null || disk.writtenBytesPerS !== null).toBe(true)
  expect(network.every(({ receivedBytesPerS }) => receivedBytesPerS !== null)).toBe(true)
})

test('the image holds node and wget and no shell', async () => {
  const container = await docker('create', image)
  const { stdout } = await promisify(execFile)('sh', ['-c', `docker export ${container} | tar -t`])
  await docker('rm', container)
  const programs = stdout.split('\n').filter((path) => /(^|\/)s?bin\/[^/]+$/.test(path))
  expect(programs.sort()).toEqual(['usr/bin/wget', 'usr/local/bin/node'])
})

test('systeminformation here: memory is the host’s, all else the container’s own or nothing (docs/adr/0007)', async () => {
  const memory = (await askPackage('mem()')) as { total: number }
  const meminfo = await readFile('/proc/meminfo', 'utf8')
  expect(memory.total).toBe(Number(/^MemTotal: +(\d+)/m.exec(meminfo)?.[1]) * 1024)

  expect(await askPackage('osInfo()')).not.toMatchObject({ hostname: await hostName() })
  expect(await askPackage('fsSize()')).toEqual([])
  expect(await askPackage('disksIO()')).toMatchObject({ rIO_sec: null })
  const network = (await askPackage("networkStats('*')")) as { rx_bytes: number }[]
  const eth0 = (await hostBytes()).get('eth0')
  expect(network.every(({ rx_bytes }) => rx_bytes !== eth0?.receivedBytes)).toBe(true)
})
