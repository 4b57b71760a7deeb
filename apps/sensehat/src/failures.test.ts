import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Bench } from '../testing/bench.ts'
import { addresses } from '../testing/registers.ts'

let bench: Bench
beforeEach(async () => {
  bench = await new Bench().start()
})
afterEach(() => bench.stop())

const until = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 15_000, interval: 20 })
const failed = (kind: string, message: RegExp, hint: RegExp) =>
  until(async () =>
    expect(await bench.read()).toMatchObject({
      outcome: 'failed',
      failure: { kind, message: expect.stringMatching(message), hint: expect.stringMatching(hint) },
    }),
  )
const isBack = () => until(async () => expect((await bench.read()).outcome).toBe('ok'))

describe('a HAT that is not there', () => {
  test.each([
    [
      'ENOENT',
      'missing-hardware',
      /^No Sense HAT found: this machine has no I2C bus 1$/,
      /raspi-config nonint do_i2c 0/,
    ],
    ['ENODEV', 'missing-hardware', /^No Sense HAT found/, /sources\.sensehat\.enabled/],
    ['EACCES', 'refused', /no permission on \/dev\/i2c-1/, /device rules as docker-compose\.yml/],
    ['EPERM', 'refused', /no permission/, /usermod -aG i2c/],
    ['EMFILE', 'unreachable', /can’t be read \(EMFILE\)/, /tried again/],
  ])('the bus can’t be opened (%s), then it can', async (code, kind, message, hint) => {
    bench.bootedWithHat()
    bench.bus.openFails = code
    await bench.run()
    await failed(kind, message, hint)
    expect((await bench.read()).reading).toBeNull()
    bench.bus.openFails = null
    await isBack()
  })

  test.each([
    [
      'EREMOTEIO',
      'missing-hardware',
      /^No Sense HAT found: its humidity chip does not answer/,
      /40 pins.*reboot/s,
    ],
    ['ENXIO', 'missing-hardware', /^No Sense HAT found/, /enabled/],
    ['EIO', 'unreachable', /answers with errors \(EIO\)/, /40 pins/],
    ['ETIMEDOUT', 'unreachable', /\(ETIMEDOUT\)/, /40 pins/],
    ['EBUSY', 'misconfigured', /The kernel holds the humidity chip/, /modprobe -r/],
  ])('nothing answers on it (%s), then it does', async (code, kind, message, hint) => {
    bench.bootedWithHat()
    bench.bus.fails = code
    await bench.run()
    await failed(kind, message, hint)
    bench.bus.fails = null
    await isBack()
  })

  test('the failure stands beside the last good reading, once, and nothing old passes for new', async () => {
    bench.bootedWithHat()
    await bench.run()
    await isBack()
    bench.bus.pullOff()
    await failed('missing-hardware', /^No Sense HAT found/, /40 pins/)
    const { success } = await bench.read()
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect((await bench.read()).success).toEqual(success)
    expect((await bench.read()).reading).not.toBeNull()
    expect((await bench.events()).filter(({ type }) => type === 'failure')).toHaveLength(1)
    expect(bench.lines.filter(({ message }) => message === 'failed')).toHaveLength(1)
  })

  test('pulled off and put back: every chip is set up anew', async () => {
    bench.bootedWithHat()
    await bench.run()
    await isBack()
    const written = bench.bus.hts221.written.length
    bench.bus.pullOff()
    await failed('missing-hardware', /./, /./)
    const opened = bench.bus.opened
    bench.bus.putBack()
    await isBack()
    expect(bench.bus.hts221.written).toHaveLength(written * 2)
    expect(bench.bus.lps25h.written).toHaveLength(8)
    expect(bench.bus.opened).toBeGreaterThan(opened)
  })

  test.each([0x00, 0xff])('a calibration of all 0x%s', async (byte) => {
    bench.bootedWithHat()
    bench.bus.lps25h.set(0x0f, [0x00])
    bench.bus.hts221.set(0x30, Array(16).fill(byte))
    await bench.run()
    await failed('malformed', /factory calibration can’t be true/, /power dip.*40 pins/s)
  })
})

describe('a HAT of which a part is missing', () => {
  const partial = (message: RegExp, hint: RegExp) =>
    until(async () =>
      expect(await bench.read()).toMatchObject({
        outcome: 'partial',
        failure: { message: expect.stringMatching(message), hint: expect.stringMatching(hint) },
      }),
    )

  test('one chip is silent: the other one is told', async () => {
    bench.bootedWithHat()
    bench.bus.failing.set(addresses.lps25h, 'EREMOTEIO')
    await bench.run()
    await partial(/pressure chip does not answer/, /40 pins/)
    expect((await bench.read()).data?.climate).toMatchObject({ temperatureC: 29.5, pressureHpa: null })
  })

  test('a calibration that can’t be true leaves the pressure', async () => {
    bench.bootedWithHat()
    bench.bus.hts221.set(0x30, Array(16).fill(0xff))
    await bench.run()
    await partial(/humidity chip’s factory calibration/, /power dip/)
    expect((await bench.read()).data?.climate).toMatchObject({ humidityPercent: null, pressureHpa: 1013 })
  })

  test('put on after the start: what measures works, LEDs and joystick need a reboot', async () => {
    await bench.run()
    await partial(/LEDs and the joystick were not found by the Pi when it started/, /sudo reboot/)
    expect((await bench.read()).data).toMatchObject({
      climate: { pressureHpa: 1013 },
      leds: { isAvailable: false },
      joystick: { isAvailable: false },
    })
  })

  test('the motion chip is silent: node-sense-hat, which would end its process, is not asked', async () => {
    bench.bootedWithHat()
    bench.bus.failing.set(addresses.motion, 'EREMOTEIO')
    await bench.run()
    await partial(/orientation is missing/, /tried again/)
    expect(bench.hat.hasMotion).toBe(false)
    expect((await bench.read()).data?.motion).toBeNull()
  })

  test('acceleration without gravity is no orientation', async () => {
    bench.bootedWithHat()
    bench.hat.motion = { accel: { x: 0, y: 0, z: 0 }, compass: { x: 0, y: 0, z: 0 }, tiltHeading: 0 }
    await bench.run()
    await isBack()
    expect((await bench.read()).data?.motion).toBeNull()
  })
})

describe('chips that the kernel owns', () => {
  beforeEach(() => {
    bench.bootedWithHat()
    bench.bus.failing.set(addresses.hts221, 'EBUSY')
    bench.bus.failing.set(addresses.lps25h, 'EBUSY')
    const iio = 'sys/bus/iio/devices'
    bench.file(`${iio}/iio:device0/name`, 'lsm9ds1_accel\n')
    bench.file(`${iio}/iio:device1/name`, 'hts221\n')
    bench.file(`${iio}/iio:device1/in_humidityrelative_raw`, '-4000\n')
    bench.file(`${iio}/iio:device1/in_humidityrelative_scale`, '-4.1032826261\n')
    bench.file(`${iio}/iio:device1/in_humidityrelative_offset`, '-8032.3\n')
    bench.file(`${iio}/iio:device1/in_temp_raw`, '400\n')
    bench.file(`${iio}/iio:device1/in_temp_scale`, '22.596843615\n')
    bench.file(`${iio}/iio:device1/in_temp_offset`, '904.2\n')
    bench.file(`${iio}/iio:device2/name`, 'lps25h\n')
    bench.file(`${iio}/iio:device2/in_pressure_raw`, '4149248\n')
    bench.file(`${iio}/iio:device2/in_pressure_scale`, '0.000024414\n')
    bench.file(`${iio}/iio:device2/in_temp_raw`, '-6451\n')
    bench.file(`${iio}/iio:device2/in_temp_scale`, '2.083333\n')
    bench.file(`${iio}/iio:device2/in_temp_offset`, '20400\n')
  })

  test('are read through its files, by name, in its units', async () => {
    await bench.run()
    await isBack()
    expect((await bench.read()).data).toMatchObject({
      climate: {
        humidityPercent: 49.4,
        temperatureC: 29.5,
        pressureHpa: 1013,
        pressureChipTemperatureC: 29.1,
      },
      via: { humidity: 'kernel', pressure: 'kernel' },
    })
  })

  test('a file that holds no number, or can’t be read, is that chip’s failure', async () => {
    bench.file('sys/bus/iio/devices/iio:device2/in_pressure_raw', 'garbage\n')
    await bench.run()
    await until(async () =>
      expect(await bench.read()).toMatchObject({
        outcome: 'partial',
        failure: { kind: 'malformed', message: expect.stringContaining('says no number') },
        data: { climate: { pressureHpa: null, temperatureC: 29.5 } },
      }),
    )
  })

  test('taken off the kernel, they are found on the bus', async () => {
    await bench.run()
    await isBack()
    bench.remove('sys/bus/iio')
    bench.bus.failing.clear()
    await until(async () =>
      expect((await bench.read()).data?.via).toEqual({ humidity: 'i2c', pressure: 'i2c' }),
    )
  })
})
