import { afterEach, beforeEach, expect, test } from 'vitest'
import { parseThrottled, readPower, unknownFlags } from './power.ts'
import { PiTree } from './testing/pi-tree.ts'

const throttledPath = 'sys/devices/platform/soc/soc:firmware/get_throttled'
const none = { isUnderVoltage: false, isCapped: false, isThrottled: false, isSoftLimited: false }

let pi: PiTree
beforeEach(async () => {
  pi = await new PiTree().start()
})
afterEach(() => pi[Symbol.asyncDispose]())

test('the bits as the firmware gives them, hexadecimal without 0x', () => {
  const before = { ...none, isUnderVoltage: true, isThrottled: true }
  expect(parseThrottled('0\n')).toEqual({ now: none, sinceBoot: none })
  expect(parseThrottled('50000\n')).toEqual({ now: none, sinceBoot: before })
  expect(parseThrottled('50005\n')).toEqual({ now: before, sinceBoot: before })
  expect(parseThrottled('a000a')).toEqual({
    now: { ...none, isCapped: true, isSoftLimited: true },
    sinceBoot: { ...none, isCapped: true, isSoftLimited: true },
  })
})

test.each(['', 'throttled=0x50000', 'zz', '123456789'])('malformed is said: %j', (text) => {
  expect(() => parseThrottled(text)).toThrow(expect.objectContaining({ kind: 'malformed' }))
})

test('the driver’s alarm counts where the firmware’s bit is clear', async () => {
  await pi.write('sys/class/hwmon/hwmon1/in0_lcrit_alarm', '1\n')
  expect((await readPower(pi.roots)).now).toEqual({ ...none, isUnderVoltage: true })
})

test('the alarm alone tells of the voltage alone', async () => {
  await pi.remove(throttledPath)
  expect((await readPower(pi.roots)).now).toEqual({ ...unknownFlags, isUnderVoltage: false })
})

test('a machine without either tells nothing, and that is no failure', async () => {
  await pi.remove(throttledPath)
  await pi.remove('sys/class/hwmon')
  expect(await readPower(pi.roots)).toEqual({ now: unknownFlags, sinceBoot: unknownFlags })
})
