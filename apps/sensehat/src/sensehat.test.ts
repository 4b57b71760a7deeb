import { keys } from '@tailboard/contracts'
import { systemReading } from '@tailboard/service/testing/readings'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Bench } from '../testing/bench.ts'
import { int16 } from '../testing/registers.ts'
import { SimulatedDriver } from './simulated.ts'

let bench: Bench
beforeEach(async () => {
  bench = await new Bench().start()
})
afterEach(() => bench.stop())

const until = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 15_000, interval: 20 })

describe('a HAT that is there', () => {
  beforeEach(() => bench.bootedWithHat())

  test('the whole reading, from registers to Redis', async () => {
    await bench.run()
    await until(async () => expect((await bench.read()).data?.cpuTemperatureC).toBe(48))
    const { reading, outcome, data } = await bench.read()
    expect(outcome).toBe('ok')
    expect(reading?.simulated).toBe(false)
    expect(data).toEqual({
      climate: {
        temperatureC: 29.5,
        humidityPercent: 49.4,
        pressureChipTemperatureC: 29.1,
        pressureHpa: 1013,
      },
      pressureTendency: null,
      estimate: null,
      cpuTemperatureC: 48,
      motion: {
        rollDegrees: 1,
        pitchDegrees: 0,
        headingDegrees: 270,
        accelerationG: { x: 0, y: 0.02, z: 0.99 },
        compassUt: { x: 20, y: -3, z: -40 },
      },
      leds: { isAvailable: true, mode: 'off', message: null, gauge: null, pixels: null },
      joystick: { isAvailable: true, lastPress: null },
      via: { humidity: 'i2c', pressure: 'i2c' },
      dropped: [],
    })
  })

  test('unchanged values move the last success alone', async () => {
    await bench.run()
    await until(async () =>
      expect((await bench.events()).filter(({ type }) => type === 'success').length).toBeGreaterThan(3),
    )
    // One while the mean of the processor's temperature is not known yet, one with it.
    expect((await bench.events()).filter(({ type }) => type === 'reading').length).toBeLessThanOrEqual(2)
  })

  test('the estimate comes with the owner’s factor, without a restart, and is called one', async () => {
    await bench.run()
    await until(async () => expect((await bench.read()).data?.cpuTemperatureC).toBe(48))
    await bench.configure({ cpuHeatFactor: 2 })
    await until(async () =>
      expect((await bench.read()).data?.estimate).toEqual({
        // 29.471 − (48 − 29.471) / 2
        temperatureC: 20.2,
        humidityPercent: 85.8,
        factor: 2,
      }),
    )
    expect((await bench.read()).data?.climate.temperatureC).toBe(29.5)
  })

  test('a spike is dropped by name, a second look gives the value', async () => {
    await bench.run()
    await until(async () => expect((await bench.read()).outcome).toBe('ok'))
    const { hts221 } = bench.bus
    const good = hts221.values
    hts221.values = [...int16(-4000), ...int16(1400)]
    await until(async () =>
      expect(bench.lines.some(({ message }) => message === 'a value was dropped')).toBe(true),
    )
    hts221.values = good
    await until(async () => {
      const dropped = (await bench.events()).flatMap((event) =>
        event.type === 'reading' ? (event.reading.data.dropped as { field: string; value: number }[]) : [],
      )
      expect(dropped[0]).toMatchObject({ field: 'climate.temperatureC' })
      expect(dropped[0]?.value.toFixed(1)).toBe('52.1')
    })
    await until(async () =>
      expect((await bench.read()).data).toMatchObject({ dropped: [], climate: { temperatureC: 29.5 } }),
    )
    const told = (await bench.events()).flatMap((event) =>
      event.type === 'reading' ? [(event.reading.data.climate as { temperatureC: number }).temperatureC] : [],
    )
    expect(new Set(told)).toEqual(new Set([29.5]))
  })

  test('the tendency comes from three hours of its own in Redis, which outlive a restart', async () => {
    const { clock } = bench.store.now()
    const points = [{ clock: { ...clock, ms: clock.ms - 3 * 3_600_000 }, pressureHpa: 1017.2 }]
    await bench.redis.hset(keys.memory('kitchen', 'sensehat'), { pressure: JSON.stringify(points) })
    await bench.run()
    await until(async () =>
      expect((await bench.read()).data?.pressureTendency).toEqual({ changeHpa: -4.2, trend: 'falling-fast' }),
    )
    const kept = JSON.parse((await bench.redis.hget(keys.memory('kitchen', 'sensehat'), 'pressure')) ?? '')
    expect(kept).toHaveLength(2)
  })

  test('what was kept and can’t be read is as if it were not there', async () => {
    await bench.redis.hset(keys.memory('kitchen', 'sensehat'), { pressure: '[{"pressureHpa":"x"}]' })
    await bench.run()
    await until(async () => expect((await bench.read()).outcome).toBe('ok'))
  })

  test('switched off: nothing is measured, the LEDs are dark; and on again', async () => {
    await bench.run({ ledShow: 'gauge' })
    await until(async () => expect(bench.hat.shown.length).toBeGreaterThan(0))
    await bench.configure({ enabled: false })
    await until(async () => expect(bench.hat.stops).toBe(1))
    const before = (await bench.events()).length
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect((await bench.events()).length).toBe(before)
    expect(bench.bus.isOpen).toBe(false)
    await bench.configure({ enabled: true })
    await until(async () => expect((await bench.events()).length).toBeGreaterThan(before + 1))
    expect(bench.bus.isOpen).toBe(true)
  })

  test('at its end the LEDs are made dark', async () => {
    await bench.run({ ledShow: 'message', ledMessage: 'Hi' })
    await until(async () => expect(bench.hat.shown.length).toBeGreaterThan(0))
    await bench.runner?.stop()
    expect(bench.hat.stops).toBe(1)
  })

  test('a gauge of another source’s number, with its threshold; without one that is current, a dot', async () => {
    const gauge = { ledShow: 'gauge', ledGauge: 'system.cpu.temperatureC', ledGaugeFrom: 0, ledGaugeTo: 100 }
    await bench.run({ ...gauge, ledGaugeRedFrom: 40, ledBrightness: 100 })
    await until(async () =>
      expect((await bench.read()).data?.leds).toMatchObject({
        mode: 'gauge',
        gauge: { of: 'system.cpu.temperatureC', value: null },
      }),
    )
    const { at, clock } = bench.store.now()
    const of = { node: 'kitchen', source: 'system' as const, schema: 1, simulated: false }
    await bench.store.publishReading(
      {
        ...of,
        measuredAt: at,
        writtenAt: at,
        clock,
        data: systemReading as unknown as Record<string, unknown>,
      },
      null,
    )
    await until(async () => expect((await bench.read()).data?.leds.gauge?.value).toBe(47.236))
    expect((await bench.read()).data?.leds.pixels).toMatch(/^(000000){32}(ff2000){6}/)
  })

  test('a message runs over the LEDs, then they show what they showed before', async () => {
    await bench.run({ ledShow: 'gauge', ledGaugeFrom: 0, ledGaugeTo: 100 })
    await until(async () => expect((await bench.read()).data?.leds.mode).toBe('gauge'))
    await bench.command('message', { text: 'I', colour: '#00ff00', times: 1 })
    await until(async () =>
      expect((await bench.read()).data?.leds).toMatchObject({ mode: 'message', message: 'I' }),
    )
    expect((await bench.commands())[0]).toMatchObject({ status: 'done', outcome: 'It runs over the LEDs' })
    expect(bench.hat.shown.at(-1)).toMatchObject({ times: 1 })
    await until(async () => expect((await bench.read()).data?.leds.mode).toBe('gauge'))
    await bench.command('clear')
    await until(async () => expect((await bench.read()).data?.leds.mode).toBe('off'))
    await bench.configure({ ledBrightness: 90 })
    await until(async () => expect((await bench.read()).data?.leds.mode).toBe('gauge'))
  })

  test('a message that is not as agreed is refused with its reason', async () => {
    await bench.run()
    await bench.command('message', { text: '' })
    await until(async () =>
      expect((await bench.commands())[0]).toMatchObject({
        status: 'failed',
        outcome: 'the message is not as agreed: text: must not be empty',
      }),
    )
  })
})

describe('the joystick', () => {
  beforeEach(() => bench.bootedWithHat())
  const presses = async () =>
    (await bench.events()).flatMap((event) => (event.type === 'press' ? [event.press] : []))

  test('a press is an event, and shows this Pi’s address where the owner wants that', async () => {
    const { at, clock } = bench.store.now()
    const of = { node: 'kitchen', source: 'system' as const, schema: 1, simulated: false }
    await bench.store.publishReading(
      {
        ...of,
        measuredAt: at,
        writtenAt: at,
        clock,
        data: systemReading as unknown as Record<string, unknown>,
      },
      null,
    )
    await bench.run()
    await until(async () => expect((await bench.read()).outcome).toBe('ok'))
    bench.press('middle')
    await until(async () =>
      expect(await presses()).toMatchObject([{ key: 'middle', did: '192.168.1.20 is shown' }]),
    )
    await until(async () =>
      expect((await bench.read()).data).toMatchObject({
        leds: { mode: 'message', message: '192.168.1.20' },
        joystick: { lastPress: { key: 'middle' } },
      }),
    )
  })

  test.each([
    ['nothing', null],
    ['clear', 'The LEDs are off'],
    ['address', 'No address is known: the name is shown'],
    ['run weather', 'Weather is measured now'],
    ['run tide', 'There is no source tide'],
    ['run sensehat', 'Sense HAT can’t be run by hand'],
  ])('%s: %s', async (joystickUp, did) => {
    await bench.run({ joystickUp })
    await until(async () => expect((await bench.read()).outcome).toBe('ok'))
    bench.press('up')
    await until(async () => expect(await presses()).toMatchObject([{ key: 'up', did }]))
    const orders = await bench.redis.lrange(keys.orders('kitchen'), 0, -1)
    expect(orders.map((json) => JSON.parse(json))).toMatchObject(
      joystickUp === 'run weather' ? [{ type: 'run', source: 'weather', by: 'joystick' }] : [],
    )
  })

  test('one that rattles is one press', async () => {
    await bench.run()
    await until(async () => expect((await bench.read()).outcome).toBe('ok'))
    for (let n = 0; n < 20; n++) bench.press('left')
    await until(async () => expect((await presses()).length).toBe(1))
  })
})

test('a made-up HAT says that it is one, measures plausibly, and is pressed now and then', async () => {
  await bench.run({ ledShow: 'gauge' }, ({ time }, onPress) => {
    let pressed = 0
    // Time that runs a hundred times as fast, so that nobody waits for a press.
    const fast = { ...time, monotonicMs: () => time.monotonicMs() * 100 }
    return new SimulatedDriver(fast, (key) => {
      pressed += 1
      if (pressed === 1) onPress(key)
    })
  })
  await until(async () => expect((await bench.events()).some(({ type }) => type === 'press')).toBe(true))
  const { reading, data, outcome } = await bench.read()
  expect(outcome).toBe('ok')
  expect(reading?.simulated).toBe(true)
  expect(data?.via).toEqual({ humidity: 'simulated', pressure: 'simulated' })
  expect(data?.climate.temperatureC).toBeGreaterThan(28)
  expect(data?.climate.temperatureC).toBeLessThan(33)
  await until(async () => expect((await bench.read()).data?.leds.pixels).not.toBeNull())
})
