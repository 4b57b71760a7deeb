import { afterEach, beforeEach, expect, test } from 'vitest'
import { readHostName, readModel } from './identity.ts'
import { toMemory } from './memory.ts'
import { parsePressure, readPressure } from './pressure.ts'
import { PiTree } from './testing/pi-tree.ts'
import { readClock, readTemperature } from './thermal.ts'

let pi: PiTree
beforeEach(async () => {
  pi = await new PiTree().start()
})
afterEach(() => pi[Symbol.asyncDispose]())

test('the processor’s own zone, whatever its number', async () => {
  expect(await readTemperature(pi.roots)).toBe(47.236)
  await pi.write('sys/class/thermal/thermal_zone0/type', 'gpu-thermal\n')
  await pi.write('sys/class/thermal/thermal_zone1/type', 'cpu-thermal\n')
  await pi.write('sys/class/thermal/thermal_zone1/temp', '-1500\n')
  expect(await readTemperature(pi.roots)).toBe(-1.5)
})

test('no sensor is no failure; a chip of hwmon serves too', async () => {
  await pi.remove('sys/class/thermal')
  expect(await readTemperature(pi.roots)).toBeNull()
  await pi.write('sys/class/hwmon/hwmon2/name', 'k10temp\n')
  await pi.write('sys/class/hwmon/hwmon2/temp1_input', '61500\n')
  expect(await readTemperature(pi.roots)).toBe(61.5)
})

test.each(['', 'hot', '999999999'])('a temperature that can’t be is said: %j', async (text) => {
  await pi.write('sys/class/thermal/thermal_zone0/temp', text)
  await expect(readTemperature(pi.roots)).rejects.toMatchObject({ kind: 'malformed' })
})

test('the clock in MHz; a virtual machine tells it elsewhere, or not at all', async () => {
  expect(await readClock(pi.roots)).toBe(600)
  await pi.remove('sys/devices/system/cpu')
  expect(await readClock(pi.roots)).toBeNull()
  await pi.write('proc/cpuinfo', 'processor\t: 0\ncpu MHz\t\t: 2596.122\n')
  expect(await readClock(pi.roots)).toBe(2596.122)
})

test('the model without the byte that ends it; /proc/cpuinfo where there is no device tree', async () => {
  expect(await readModel(pi.roots)).toBe('Raspberry Pi 3 Model B Rev 1.2')
  await pi.remove('sys/firmware')
  expect(await readModel(pi.roots)).toBe('Raspberry Pi 3 Model B Rev 1.2')
  await pi.remove('proc/cpuinfo')
  expect(await readModel(pi.roots)).toBeNull()
})

test('the host’s name; a file without one, a folder in its place, and none', async () => {
  await pi.write('etc/hostname', '# set by the installer\n\nkitchen\n')
  expect(await readHostName(pi.roots)).toBe('kitchen')
  await pi.write('etc/hostname', '\n')
  await expect(readHostName(pi.roots)).rejects.toMatchObject({ kind: 'misconfigured' })
  await pi.remove('etc/hostname')
  await expect(readHostName(pi.roots)).rejects.toMatchObject({ kind: 'misconfigured' })
  await pi.write('etc/hostname/oops', '')
  await expect(readHostName(pi.roots)).rejects.toMatchObject({ kind: 'misconfigured' })
})

test('pressure of the last minute; null where the kernel does not count it', async () => {
  expect(await readPressure(pi.roots)).toEqual({ cpuPercent: 0.68, memoryPercent: 0.68, ioPercent: 0.68 })
  await pi.remove('proc/pressure')
  expect(await readPressure(pi.roots)).toBeNull()
  expect(() => parsePressure('some avg10=x')).toThrow(expect.objectContaining({ kind: 'malformed' }))
  // An old kernel has no line `full` for the processor.
  expect(parsePressure('some avg10=0.13 avg60=0.68 avg300=0.28 total=1195993')).toBe(0.68)
})

test('memory by what is available, not by what is free', () => {
  const memory = toMemory({ total: 1000, available: 600, swaptotal: 100, swapused: 25 })
  expect(memory).toEqual({
    totalBytes: 1000,
    availableBytes: 600,
    usedPercent: 40,
    swapTotalBytes: 100,
    swapUsedBytes: 25,
  })
  expect(() => toMemory({ total: 0, available: 0, swaptotal: 0, swapused: 0 })).toThrow(/meminfo/)
})
