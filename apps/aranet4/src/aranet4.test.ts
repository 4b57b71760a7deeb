import { keys } from '@tailboard/contracts'
import type { Aranet4Data } from '@tailboard/contracts/sources/aranet4'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { advertiser, aranet4Payload, stranger } from '../testing/devices.ts'
import { Bench, hastyTimers } from '../testing/run.ts'

const bench = new Bench()
const address = 'c7:18:1e:21:f4:87'
const other = 'c7:18:1e:21:f4:88'
const bedroom = { address, name: 'Bedroom' }
const cellar = { address: other, name: 'Cellar' }

beforeAll(() => bench.start())
afterAll(() => bench.stop())
beforeEach(async () => {
  await bench.redis.flushall()
  start = bench.time.monotonicMs()
})

let start = 0
const first = {
  co2Ppm: 612,
  temperatureC: 21.35,
  pressureHpa: 1009.8,
  humidityPercent: 44,
  batteryPercent: 81,
  colour: 1,
  intervalS: 300,
}

/** A device that measures every `intervalS`; its first measurement was `ageS` old when the test began. */
function device(ageS: number, change: Partial<typeof first> & { flags?: number } = {}): () => Buffer {
  const { intervalS } = { ...first, ...change }
  return () => {
    const s = ageS + (bench.time.monotonicMs() - start) / 1000
    const n = Math.floor(s / intervalS)
    const age = Math.floor(s - n * intervalS)
    return aranet4Payload({ ...first, co2Ppm: 612 + n, ...change, ageS: age, counter: (250 + n) % 256 })
  }
}

/** How many readings were written. */
async function readings(): Promise<number> {
  const events = await bench.redis.xrange(keys.events, '-', '+')
  return events.filter(([, fields]) => fields[1]?.includes('"type":"reading"')).length
}

async function data(): Promise<Aranet4Data> {
  return (await bench.read()).reading?.data as Aranet4Data
}

test('a reading: measured when the device says, named as the owner calls it', async () => {
  bench.air([stranger(), advertiser(address, device(100), 'Aranet4 12345')])
  expect(await bench.run([bedroom])).toBe(0)
  const { reading, outcome, problems } = await bench.read()
  expect(problems).toEqual([])
  expect(outcome).toBe('ok')
  expect(reading?.measuredAt).toBe(new Date(bench.time.wallMs() - 100_000).toISOString())
  expect(reading?.data).toEqual({
    devices: [
      {
        address,
        name: 'Bedroom',
        model: 'aranet4',
        state: 'ok',
        measuredAt: reading?.measuredAt,
        staleAfterS: 660,
        intervalS: 300,
        counter: 250,
        co2Ppm: 612,
        temperatureC: 21.35,
        humidityPercent: 44,
        pressureHpa: 1009.8,
        radonBqM3: null,
        radiationNsvH: null,
        radiationTotalNsv: null,
        radiationDurationS: null,
        colour: 'green',
        temperatureRange: null,
        humidityRange: null,
        batteryPercent: 81,
        isBatteryLow: false,
        calibration: 'none',
        isUpdating: false,
        firmware: '1.4.1',
        rssiDbm: -61,
      },
    ],
    nearby: [],
  })
})

test('the same measurement is never written twice, however its age wanders', async () => {
  bench.air([advertiser(address, device(100), 'Aranet4 12345')])
  const seen: string[] = []
  for (let run = 0; run < 40; run++) {
    expect(await bench.run([bedroom])).toBe(0)
    seen.push((await bench.read()).reading?.measuredAt ?? '')
    // Never a whole number of seconds: the age that is told is up to one second off.
    bench.time.advance(60_731)
  }
  // 40 runs in 2,430 s, and the first measurement was 100 s old.
  expect(new Set(seen).size).toBe(9)
  expect(await readings()).toBe(9)
  const events = await bench.redis.xrange(keys.events, '-', '+')
  const written = events.flatMap(
    ([, [, json = '']]) => json.match(/"reading":\{[^}]*"measuredAt":"([^"]+)"/)?.[1] ?? [],
  )
  expect(new Set(written).size).toBe(written.length)
})

test('a wall clock that jumps makes no new measurement of an old one', async () => {
  bench.air([advertiser(address, device(10), 'Aranet4 12345')])
  await bench.run([bedroom])
  bench.time.advance(60_000)
  bench.time.jump(9 * 3_600_000)
  expect(await bench.run([bedroom])).toBe(0)
  expect(await readings()).toBe(1)
  // The next one has the new time.
  bench.time.advance(300_000)
  await bench.run([bedroom])
  expect(await readings()).toBe(2)
  expect((await bench.read()).reading?.measuredAt).toBe(new Date(bench.time.wallMs() - 70_000).toISOString())
})

test('after a boot nobody knows how old the last reading is: the device does', async () => {
  bench.air([advertiser(address, device(10), 'Aranet4 12345')])
  await bench.run([bedroom])
  const before = (await bench.read()).reading
  start = 5_000 - 30_000
  bench.time.reboot('boot-2')
  bench.time.jump(30_000)
  await bench.run([bedroom])
  const { reading } = await bench.read()
  expect(reading?.clock.boot).toBe('boot-2')
  // The same moment: it is the same measurement.
  expect(reading?.measuredAt).toBe(before?.measuredAt)
  bench.time.boot = 'boot-1'
  bench.time.advance(2_000_000)
})

test.each([
  [60, 120, 300],
  [300, 120, 660],
  [600, 120, 1260],
  [300, 600, 1260],
])(
  'measured every %i s and asked every %i s: stale after %i s',
  async (intervalS, intervalSeconds, staleAfterS) => {
    bench.air([advertiser(address, device(10, { intervalS }), 'Aranet4 12345')])
    await bench.run([bedroom], { intervalSeconds })
    expect((await bench.read()).reading?.staleAfterS).toBe(staleAfterS)
  },
)

test('the next run comes right after the next measurement', async () => {
  const now = bench.store.now()
  bench.air([advertiser(address, device(100), 'Aranet4 12345')])
  await bench.run([bedroom])
  const said = await bench.store.readLastWords('aranet4' as never, now)
  expect(said?.wantedMs).toBe(now.clock.ms + 204_000)
})

test('two devices: stale when the last of them is; one that is silent keeps its values until they are stale', async () => {
  const both = [
    advertiser(address, device(100), 'Aranet4 1'),
    advertiser(other, device(50, { intervalS: 600 }), 'Aranet4 2'),
  ]
  bench.air(both)
  await bench.run([bedroom, cellar])
  const { reading } = await bench.read()
  expect(reading?.measuredAt).toBe(new Date(bench.time.wallMs() - 50_000).toISOString())
  expect(reading?.staleAfterS).toBe(1260)

  bench.air(both.slice(0, 1))
  bench.time.advance(300_000)
  expect(await bench.run([bedroom, cellar])).toBe(0)
  const partial = await bench.read()
  expect(partial.outcome).toBe('partial')
  expect(partial.failure?.message).toBe('Cellar was not heard within 20 s')
  expect((await data()).devices[1]).toMatchObject({ state: 'not-heard', co2Ppm: 612, counter: 250 })

  // 1,260 s after that measurement.
  bench.time.advance(900_000)
  expect(await bench.run([bedroom, cellar])).toBe(0)
  expect((await data()).devices[0]).toMatchObject({ state: 'ok' })
  bench.time.advance(60_000)
  expect(await bench.run([bedroom, cellar])).toBe(0)
  expect((await data()).devices[1]).toMatchObject({
    name: 'Cellar',
    state: 'not-heard',
    model: 'aranet4',
    co2Ppm: null,
    measuredAt: null,
  })
})

test('with no list: who is in range, the strongest first, so that one tap can take one up', async () => {
  bench.air([
    advertiser(address, device(100), 'Aranet4 12345', { rssiDbm: -80 }),
    advertiser(other, '01000401000000', 'Aranet4 54321', { rssiDbm: -50 }),
    advertiser('c7:18:1e:21:f4:89', '03210406010000000700fe01c927ce010064015802f60108', null),
    stranger(),
  ])
  // The quiet that ends it is measured by the source's clock.
  const timers = {
    after: (ms: number, act: () => void) =>
      hastyTimers.after(ms * 10, () => {
        bench.time.advance(ms)
        act()
      }),
  }
  expect(await bench.run([], { timers })).toBe(0)
  const { outcome } = await bench.read()
  expect(outcome).toBe('ok')
  expect(await data()).toEqual({
    devices: [],
    nearby: [
      { address: other, name: 'Aranet4 54321', model: 'aranet4', rssiDbm: -50, hasIntegrations: false },
      { address: 'c7:18:1e:21:f4:89', name: null, model: 'radon', rssiDbm: -61, hasIntegrations: true },
      { address, name: 'Aranet4 12345', model: 'aranet4', rssiDbm: -80, hasIntegrations: true },
    ],
  })
})

test('calibration and a low battery are said; CO2 is null meanwhile', async () => {
  bench.air([advertiser(address, device(10, { flags: 0x28, batteryPercent: 9 }), 'Aranet4 12345')])
  await bench.run([bedroom])
  expect((await data()).devices[0]).toMatchObject({
    calibration: 'in-progress',
    co2Ppm: null,
    temperatureC: 21.35,
    isBatteryLow: true,
  })
})

test('what a device calls itself is text: bidi and control characters are gone', async () => {
  bench.air([advertiser(address, device(10), 'Aranet4 \u202e<b>\u001b[31m')])
  await bench.run([{ address }])
  expect((await data()).devices[0]?.name).toBe('Aranet4 <b>[31m')
})

test('simulated values say so, and are not taken for real ones', async () => {
  bench.air([advertiser(address, device(10), 'Aranet4 12345')])
  await bench.run([bedroom], { environment: { TAILBOARD_SIMULATED: '1' } })
  expect((await bench.read()).reading?.simulated).toBe(true)
  await bench.run([bedroom])
  expect((await bench.read()).reading?.simulated).toBe(false)
  expect(await readings()).toBe(2)
})
