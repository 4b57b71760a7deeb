import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { TailboardError } from '@tailboard/contracts'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Advertiser, ControllerFault } from '../testing/controller.ts'
import { advertiser, aranet4Payload, stranger } from '../testing/devices.ts'
import { Bench, hastyTimers } from '../testing/run.ts'
import { openingFailure } from './adapter-failure.ts'
import { systemTimers } from './timers.ts'

const address = 'c7:18:1e:21:f4:87'
const other = 'c7:18:1e:21:f4:88'
const bedroom = { address, name: 'Bedroom' }
const cellar = { address: other, name: 'Cellar' }
const values = {
  co2Ppm: 612,
  temperatureC: 21.35,
  pressureHpa: 1009.8,
  humidityPercent: 44,
  batteryPercent: 81,
  colour: 1,
  intervalS: 300,
  ageS: 30,
  counter: 7,
}
const good = aranet4Payload(values).toString('hex')
const off = '01000401000000'

interface Case {
  fault?: ControllerFault
  air?: Advertiser[]
  devices?: { address: string; name?: string }[]
  /** Files under /sys. */
  sys?: Record<string, string>
  kind: string
  says: RegExp
  hint: RegExp
}

const rfkill = (soft: string, hard: string) => ({
  'class/bluetooth/hci0/address': '',
  'class/rfkill/rfkill0/type': 'wlan\n',
  'class/rfkill/rfkill0/soft': '1\n',
  'class/rfkill/rfkill1/type': 'bluetooth\n',
  'class/rfkill/rfkill1/soft': soft,
  'class/rfkill/rfkill1/hard': hard,
})

const cases: Record<string, Case> = {
  'not in the host’s network': {
    fault: 'no-bluetooth',
    kind: 'misconfigured',
    says: /can’t be reached/,
    hint: /network_mode: host/,
  },
  'no adapter': {
    fault: 'no-adapter',
    kind: 'missing-hardware',
    says: /has no Bluetooth adapter/,
    hint: /disable-bt/,
  },
  'no privilege': { fault: 'no-privilege', kind: 'refused', says: /may not use/, hint: /NET_ADMIN, NET_RAW/ },
  'adapter gone before it was looked at': {
    fault: 'down',
    kind: 'missing-hardware',
    says: /has no Bluetooth adapter/,
    hint: /disable-bt/,
  },
  'adapter down': {
    fault: 'down',
    sys: { 'class/bluetooth/hci0/address': '' },
    kind: 'missing-hardware',
    says: /is switched off/,
    hint: /hciconfig hci0 up/,
  },
  'blocked by rfkill': {
    fault: 'down',
    sys: rfkill('1\n', '0\n'),
    kind: 'missing-hardware',
    says: /blocked by rfkill/,
    hint: /rfkill unblock bluetooth/,
  },
  'blocked by a switch': {
    fault: 'down',
    sys: rfkill('0\n', '1\n'),
    kind: 'missing-hardware',
    says: /by a switch/,
    hint: /switch/,
  },
  'before Bluetooth 4': { fault: 'old', kind: 'missing-hardware', says: /no Low Energy/, hint: /4\.0/ },
  'adapter silent': { fault: 'silent', kind: 'timeout', says: /does not answer/, hint: /hciuart/ },
  'adapter held by another program': {
    fault: 'busy',
    kind: 'refused',
    says: /does not start to listen/,
    hint: /Another program/,
  },
  'adapter goes away': {
    fault: 'goes-away',
    air: [stranger()],
    kind: 'missing-hardware',
    says: /went away/,
    hint: /power supply/,
  },
  'nobody there at all': {
    air: [],
    kind: 'unreachable',
    says: /Bedroom was not heard within 20 s/,
    hint: /Nothing else was heard/,
  },
  'the device is not there': {
    air: [stranger()],
    kind: 'unreachable',
    says: /Bedroom was not heard/,
    hint: /others were heard.*batteries/,
  },
  'another Aranet is there': {
    air: [advertiser(other, good, 'Aranet4 2')],
    kind: 'unreachable',
    says: /Bedroom was not heard/,
    hint: /compare its address/,
  },
  'two, and neither is there': {
    air: [stranger()],
    devices: [bedroom, cellar],
    kind: 'unreachable',
    says: /Bedroom was not heard.*Cellar was not heard/,
    hint: /batteries/,
  },
  'one that was given no name': {
    air: [stranger()],
    devices: [{ address: other }],
    kind: 'unreachable',
    says: /^c7:18:1e:21:f4:88 was not heard/,
    hint: /batteries/,
  },
  'integrations off': {
    air: [advertiser(address, off, 'Aranet4 1')],
    kind: 'misconfigured',
    says: /Bedroom keeps its values to itself/,
    hint: /Smart Home integrations/,
  },
  'firmware too old': {
    air: [advertiser(address, '210a0400000000', 'Aranet4 1')],
    kind: 'misconfigured',
    says: /keeps its values/,
    hint: /0\.4\.10 is too old.*Update/,
  },
  'updating its firmware': {
    air: [advertiser(address, '11000401000000', 'Aranet4 1')],
    kind: 'unreachable',
    says: /new firmware/,
    hint: /when the update is done/,
  },
  'every packet cut': {
    air: [advertiser(address, good.slice(0, 40), 'Aranet4 1')],
    kind: 'malformed',
    says: /never whole/,
    hint: /too far away/,
  },
  'no list, and nobody there': {
    air: [stranger()],
    devices: [],
    kind: 'unreachable',
    says: /No Aranet was heard within 20 s/,
    hint: /others were heard/,
  },
}

const bench = new Bench()
const rows: string[][] = []
let folder: string

beforeAll(async () => {
  await bench.start()
  folder = await mkdtemp(join(tmpdir(), 'tailboard-sys-'))
})
afterAll(async () => {
  await bench.stop()
  await rm(folder, { recursive: true, force: true })
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  console.log(
    ['', ...rows.map((row) => row.map((cell, n) => cell.padEnd(widths[n] ?? 0)).join('  '))].join('\n'),
  )
})
beforeEach(() => bench.redis.flushall())

test.each(Object.entries(cases))('%s: a failure beside the last good reading, exit 1', async (name, each) => {
  bench.air([advertiser(address, good, 'Aranet4 1')])
  expect(await bench.run([bedroom])).toBe(0)
  const { reading } = await bench.read()
  const sys = join(folder, name.replaceAll(/\W/g, '-'))
  for (const [path, content] of Object.entries(each.sys ?? {})) {
    await mkdir(dirname(join(sys, path)), { recursive: true })
    await writeFile(join(sys, path), content)
  }
  bench.air(each.air ?? [], each.fault ?? null)
  bench.time.advance(600_000)

  const timers = each.fault === 'goes-away' ? systemTimers : hastyTimers
  const environment = { BLUETOOTH_SYS: sys }
  expect(await bench.run(each.devices ?? [bedroom], { timers, environment })).toBe(1)

  const after = await bench.read()
  const { failure } = after
  rows.push([name, failure?.kind ?? '', `${failure?.message} → ${failure?.hint}`])
  expect(after.reading).toEqual(reading)
  expect(after.outcome).toBe('failed')
  expect(failure).toMatchObject({
    kind: each.kind,
    message: expect.stringMatching(each.says),
    hint: expect.stringMatching(each.hint),
  })
  expect(bench.controller.isScanning).toBe(false)
  // And it is over as soon as all is well again.
  bench.air([advertiser(address, good, 'Aranet4 1')])
  expect(await bench.run([bedroom])).toBe(0)
})

test('one of two is missing: the other’s values, and which one it is', async () => {
  bench.air([advertiser(address, good, 'Aranet4 1'), advertiser(other, off, 'Aranet4 2')])
  expect(await bench.run([bedroom, cellar])).toBe(0)
  const { outcome, failure, reading } = await bench.read()
  expect(outcome).toBe('partial')
  expect(failure).toMatchObject({
    kind: 'misconfigured',
    message: 'Cellar keeps its values to itself',
    hint: expect.stringContaining('Smart Home integrations'),
  })
  expect(reading?.data.devices).toMatchObject([
    { name: 'Bedroom', state: 'ok', co2Ppm: 612 },
    { name: 'Cellar', state: 'integrations-off', co2Ppm: null, measuredAt: null, firmware: '1.4.0' },
  ])
})

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s: the failure is written, and nothing scans any more',
  async (signal) => {
    bench.air([stranger()])
    const running = bench.run([bedroom], { timers: systemTimers })
    while (!bench.controller.isScanning) await new Promise((resolve) => setTimeout(resolve, 5))
    // As the process gets it, with every handler that noble has left.
    process.emit(signal, signal)
    expect(await running).toBe(1)
    expect(bench.controller.isScanning).toBe(false)
    expect((await bench.read()).failure).toMatchObject({
      kind: 'timeout',
      message: expect.stringContaining('stopped'),
    })
  },
)

test('the native module is not there: said, with how to build it', async () => {
  const program = `
    const { openAdapter } = await import('./src/adapter.ts')
    const { createRequire } = await import('node:module')
    const Module = createRequire(import.meta.url)('node:module')
    const load = Module._load
    Module._load = (name, ...rest) => {
      if (!name.endsWith('bluetooth_hci_socket.node')) return load(name, ...rest)
      throw Object.assign(new Error("Cannot find module '../build/Release/bluetooth_hci_socket.node'"), { code: 'MODULE_NOT_FOUND' })
    }
    await openAdapter().catch(({ kind, message, hint }) => console.log(JSON.stringify({ kind, message, hint })))`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    cwd: join(import.meta.dirname, '..'),
  })
  let said = ''
  child.stdout.on('data', (data) => {
    said += data
  })
  await once(child, 'close')
  expect(JSON.parse(said)).toMatchObject({
    kind: 'misconfigured',
    message: expect.stringContaining('is not built'),
    hint: expect.stringContaining('build'),
  })
})

test('what is none of these is a bug, and is thrown as it is', () => {
  const bug = new TypeError('x is not a function')
  expect(() => openingFailure(bug)).toThrow(bug)
  expect(() =>
    openingFailure(Object.assign(new Error("Cannot find module 'x'"), { code: 'MODULE_NOT_FOUND' })),
  ).toThrow('x')
  expect(openingFailure(Object.assign(new Error('no'), { code: 'EACCES' }))).toBeInstanceOf(TailboardError)
})
