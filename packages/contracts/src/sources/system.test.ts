import * as v from 'valibot'
import { expect, test } from 'vitest'
import { systemData } from './system.ts'

const flags = { isUnderVoltage: null, isCapped: null, isThrottled: null, isSoftLimited: null }
const card = {
  name: 'eth0',
  isUp: true,
  addresses: [],
  receivedBytes: 1,
  sentBytes: 1,
  receivedBytesPerS: null,
  sentBytesPerS: null,
}
const good = {
  host: { name: 'pi', model: null, uptimeS: 1 },
  cpu: {
    usedPercent: null,
    perCorePercent: [null],
    load1: 0,
    load5: 0,
    load15: 0,
    clockMhz: null,
    temperatureC: -3.5,
  },
  memory: { totalBytes: 1, availableBytes: 1, usedPercent: 0, swapTotalBytes: 0, swapUsedBytes: 0 },
  disk: {
    device: null,
    totalBytes: 1,
    usedBytes: 1,
    availableBytes: 0,
    usedPercent: 100,
    isReadOnly: false,
    errorCount: null,
    readBytesPerS: null,
    writtenBytesPerS: null,
    writtenBytes: null,
    lifetimeWrittenBytes: null,
  },
  network: [card],
  power: { now: flags, sinceBoot: flags },
  pressure: null,
}

test('what a machine does not tell may be null', () => {
  expect(v.safeParse(systemData, good).issues).toBeUndefined()
})

test.each<[string, object]>([
  ['host.uptimeS', { host: { ...good.host, uptimeS: -1 } }],
  ['cpu.usedPercent', { cpu: { ...good.cpu, usedPercent: 100.1 } }],
  ['cpu.temperatureC', { cpu: { ...good.cpu, temperatureC: Number.NaN } }],
  ['cpu.perCorePercent', { cpu: { ...good.cpu, perCorePercent: Array(65).fill(1) } }],
  ['cpu.load1', { cpu: { ...good.cpu, load1: Number.POSITIVE_INFINITY } }],
  ['memory.usedPercent', { memory: { ...good.memory, usedPercent: -0.1 } }],
  ['disk.usedPercent', { disk: { ...good.disk, usedPercent: 101 } }],
  ['network', { network: Array(17).fill(card) }],
  ['network.0.receivedBytes', { network: [{ ...card, receivedBytes: -1 }] }],
  ['power', { power: undefined }],
])('%s has its bounds', (path, change) => {
  const result = v.safeParse(systemData, { ...good, ...change })
  expect(result.issues?.map((issue) => v.getDotPath(issue))).toEqual([path])
})

test('a hostile interface name is text', () => {
  const data = v.parse(systemData, { ...good, network: [{ ...card, name: '\u001b[2J<b>\u202e' }] })
  expect(data.network[0]?.name).toBe('[2J<b>')
})
