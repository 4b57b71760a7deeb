import { describe, expect, test } from 'vitest'
import { int16, roomBus } from '../testing/registers.ts'
import { Hts221, parseCalibration } from './hts221.ts'
import { Lps25h } from './lps25h.ts'

const noPause = async () => {}
const hex = (text: string) => text.split(' ').map((byte) => Number.parseInt(byte, 16))

/** The HTS221 of a bus with these output registers, read through our driver. */
async function readHumidity(humidity: number, temperature: number, calibration?: number[]) {
  const bus = roomBus()
  if (calibration !== undefined) bus.hts221.set(0x30, calibration)
  bus.hts221.values = [...int16(humidity), ...int16(temperature)]
  await bus.open()
  const { humidityPercent, temperatureC } = await new Hts221(bus, noPause).read()
  return [humidityPercent.toFixed(3), temperatureC.toFixed(3)]
}

async function readPressure(output: string) {
  const bus = roomBus()
  bus.lps25h.values = hex(output)
  await bus.open()
  return new Lps25h(bus, noPause).read()
}

describe('HTS221: the worked numbers of the facts file, to the last digit', () => {
  const second = hex('3f 91 98 14 00 c4 01 00 00 00 5d d0 fe ff d3 02')
  test.each([
    [-4000, 400, undefined, '49.372', '29.471'],
    [0, 0, undefined, '32.959', '20.432'],
    [-10010, 700, undefined, '74.033', '36.250'],
    [-12000, -200, undefined, '82.198', '15.913'],
    [-4096, 512, second, '45.273', '29.989'],
  ])('HUM_OUT %i, TEMP_OUT %i', async (humidity, temperature, calibration, percent, degrees) => {
    expect(await readHumidity(humidity, temperature, calibration)).toEqual([percent, degrees])
  })

  test('the calibration', () => {
    const block = Buffer.from(roomBus().hts221.registers.subarray(0x30, 0x40))
    expect(parseCalibration(block)).toEqual({
      h0: 33,
      h1: 74,
      t0: 20.5,
      t1: 36.25,
      h0Out: -10,
      h1Out: -10002,
      t0Out: 3,
      t1Out: 700,
    })
    const reserved = Buffer.from(second)
    expect(parseCalibration(reserved)).toMatchObject({ h0: 31.5, h1: 72.5, t0: 19, t1: 34.5, h1Out: -12195 })
  })

  test.each([0x00, 0xff])(
    'a calibration of all 0x%s is a bus that failed, not a division by zero',
    (byte) => {
      expect(() => parseCalibration(Buffer.alloc(16, byte))).toThrow('factory calibration')
    },
  )

  test('two points that are one are no calibration either', () => {
    const block = Buffer.from(roomBus().hts221.registers.subarray(0x30, 0x40))
    block.writeInt16LE(block.readInt16LE(6), 10)
    expect(() => parseCalibration(block)).toThrow('factory calibration')
  })
})

describe('LPS25H: the worked numbers of the facts file, to the last digit', () => {
  test.each([
    ['00 f0 3f', 1023],
    ['00 50 3f', 1013],
    ['33 e3 3e', 1006.199951171875],
  ])('%s', async (output, hpa) => {
    expect((await readPressure(`${output} 00 00`)).pressureHpa).toBe(hpa)
  })
  test('1006.19995 hPa', async () => {
    expect((await readPressure('33 e3 3e 00 00')).pressureHpa.toFixed(5)).toBe('1006.19995')
  })
  test.each([
    ['cd e6', '29.060'],
    ['00 00', '42.500'],
    ['40 f0', '34.100'],
  ])('temperature %s', async (output, degrees) => {
    expect((await readPressure(`00 50 3f ${output}`)).temperatureC.toFixed(3)).toBe(degrees)
  })
})

describe('how the chips are set up', () => {
  test('each register with its value, once', async () => {
    const bus = roomBus()
    await bus.open()
    const hts221 = new Hts221(bus, noPause)
    const lps25h = new Lps25h(bus, noPause)
    for (let n = 0; n < 3; n++) {
      await hts221.read()
      await lps25h.read()
    }
    expect(bus.hts221.written).toEqual([
      [0x20, 0x87],
      [0x10, 0x1b],
    ])
    expect(bus.lps25h.written).toEqual([
      [0x20, 0xc4],
      [0x10, 0x05],
      [0x2e, 0xc0],
      [0x21, 0x40],
    ])
  })

  test('what stands there before a conversion, and the first one, are thrown away', async () => {
    const bus = roomBus()
    bus.lps25h.firstValues = [0, 0, 0, 0, 0]
    bus.hts221.firstValues = [0x7f, 0x7f, 0x7f, 0x7f]
    await bus.open()
    expect((await new Lps25h(bus, noPause).read()).pressureHpa).toBe(1013)
    expect((await new Hts221(bus, noPause).read()).humidityPercent.toFixed(3)).toBe('49.372')
  })

  test('registers are lost with the power: set up anew, the calibration of another HAT taken', async () => {
    const bus = roomBus()
    await bus.open()
    const hts221 = new Hts221(bus, noPause)
    await hts221.read()
    bus.hts221.powerOn()
    bus.hts221.set(0x30, hex('3f 91 98 14 00 c4 01 00 00 00 5d d0 fe ff d3 02'))
    bus.hts221.values = [...int16(-4096), ...int16(512)]
    expect((await hts221.read()).humidityPercent.toFixed(3)).toBe('45.273')
    expect(bus.hts221.written).toHaveLength(4)
  })

  test('a chip that never has a value ready is said, with 0 hPa never shown', async () => {
    const bus = roomBus()
    bus.lps25h.looks = Number.POSITIVE_INFINITY
    await bus.open()
    await expect(new Lps25h(bus, noPause).read()).rejects.toMatchObject({ kind: 'timeout' })
    bus.lps25h.looks = 1
    bus.lps25h.values = [0, 0, 0, 0, 0]
    await expect(new Lps25h(bus, noPause).read()).rejects.toMatchObject({ kind: 'timeout' })
  })

  test('another chip at the address is none of ours', async () => {
    const bus = roomBus()
    bus.hts221.set(0x0f, [0x42])
    await bus.open()
    await expect(new Hts221(bus, noPause).read()).rejects.toThrow(
      'at address 0x5f answers another chip (0x42)',
    )
  })
})
