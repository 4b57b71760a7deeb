import { stampNow } from '@tailboard/service/clock'
import { FakeTime } from '@tailboard/service/testing/fake-time'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Controller, type ControllerFault } from '../testing/controller.ts'
import { advertiser, stranger } from '../testing/devices.ts'
import { advertisingData, advertisingReport, scanResponseData } from '../testing/hci.ts'
import { install, plugIn } from '../testing/hci-socket.ts'
import { hastyTimers } from '../testing/run.ts'
import { noValues, vectors } from '../testing/vectors.ts'
import { openAdapter } from './adapter.ts'
import { HeardDevices } from './heard.ts'
import { type Advertisement, burstMs, listen } from './listen.ts'
import { systemTimers, type Timers } from './timers.ts'

const address = 'c7:18:1e:21:f4:87'
const other = 'c7:18:1e:21:f4:88'
const hex = vectors[0]?.hex ?? ''
const never = new AbortController().signal

beforeAll(() => install(import.meta.filename))
afterAll(() => plugIn(undefined))

/** The source's own ear over a controller with these in its range. */
async function hear(
  controller: Controller,
  listed: string[],
  { timers = hastyTimers, signal = never, time = new FakeTime() } = {},
) {
  plugIn(controller)
  const heard = new HeardDevices(listed, () => stampNow(time))
  const packets: Advertisement[] = []
  const onHeard = (each: Advertisement) => {
    packets.push(each)
    heard.add(each)
  }
  const isEnough = () => heard.isEnough()
  const listened = await listen(await openAdapter(), { onHeard, isEnough, signal, timers, sys: '/nowhere' })
  return { heard, packets, ...listened }
}

test('the double’s packets are those of a real controller, byte for byte', () => {
  const report = advertisingReport('ADV_IND', address, advertisingData(Buffer.from(hex, 'hex')), -60)
  // As recorded: without the flags that others have, and with its own.
  expect(report.toString('hex')).toBe(`043e290201000187f4211e18c71d02010619ff0207${hex}c4`)
  expect(advertisingReport('SCAN_RSP', address, scanResponseData('Aranet4 12345'), -61).toString('hex')).toBe(
    '043e1f0201040187f4211e18c7130303e0fc0e094172616e657434203132333435c3',
  )
})

describe('through the real noble', () => {
  test.each(vectors.filter(({ model }) => model !== null))(
    '$name: field by field',
    async ({ localName, hex: payload, values, name: _, ...header }) => {
      const controller = new Controller([stranger(), advertiser(address, payload, localName)])
      const { heard, packets } = await hear(controller, [address])
      expect(packets[0]).toEqual({
        address,
        name: localName,
        payload: Buffer.from(payload, 'hex'),
        rssiDbm: -61,
      })
      const { decoded } = heard.get(address) ?? {}
      const all = values === null ? null : { ...noValues, ...values }
      expect(decoded).toEqual({ ...header, isUpdating: false, values: all })
    },
  )

  test('what is too short is nobody', async () => {
    const { heard } = await hear(new Controller([advertiser(address, '010002', 'Aranet4 1')]), [address])
    expect(heard.get(address)).toBeUndefined()
  })

  test('packets that are broken from the outside disturb nothing', async () => {
    const broken = [
      ...[
        '',
        'ff',
        '02ff02',
        '030a',
        '020a',
        '01',
        '03ff0207',
        '1fff0207',
        `05ff0207${'00'.repeat(26)}`,
        '02010602090003',
      ],
    ].map((data, n) => ({
      ...stranger(`66:00:00:00:00:0${n}`),
      advertisement: () => Buffer.from(data, 'hex'),
    }))
    const controller = new Controller([...broken, advertiser(address, hex)])
    const { heard } = await hear(controller, [address])
    expect(heard.get(address)?.decoded.values?.co2Ppm).toBe(1091)
  })
})

describe('a burst', () => {
  test('ends once each device of the list was heard', async () => {
    const controller = new Controller([
      advertiser(address, hex, 'Aranet4 1'),
      advertiser(other, hex, 'Aranet4 2', { everyMs: 60 }),
    ])
    const { heard } = await hear(controller, [address, other], { timers: systemTimers })
    expect(heard.get(other)?.decoded.values?.co2Ppm).toBe(1091)
    await settle()
    expect(controller.isScanning).toBe(false)
  })

  test('listens for every packet, scans actively, and stops: what it tells the controller', async () => {
    const controller = new Controller([advertiser(address, hex, 'Aranet4 1')])
    await hear(controller, [address], { timers: systemTimers })
    expect(controller.commands.slice(-4)).toEqual([
      'leSetScanEnable',
      'leSetScanParameters',
      'leSetScanEnable',
      'leSetScanEnable',
    ])
  })

  test(`takes ${burstMs / 1000} s at the most, by the clock that it is given`, async () => {
    const clock = new ManualTimers()
    const controller = new Controller([stranger(), advertiser(address, hex)])
    const ended = hear(controller, [address, other], { timers: clock }).then(({ others }) => others)
    let result: number | undefined
    void ended.then((others) => {
      result = others
    })
    await until(() => controller.isScanning)
    await settle()
    clock.advance(burstMs - 1)
    await settle()
    expect(result).toBeUndefined()
    expect(controller.isScanning).toBe(true)
    clock.advance(1)
    expect(await ended).toBe(1)
    expect(controller.isScanning).toBe(false)
    expect(clock.waiting).toBe(0)
  })

  test('with no list ends when nobody new has come for a while', async () => {
    const time = new FakeTime()
    const clock = new ManualTimers()
    const controller = new Controller([advertiser(address, hex, 'Aranet4 1'), advertiser(other, hex)])
    const ended = hear(controller, [], { timers: clock, time })
    await until(() => controller.isScanning)
    await settle()
    time.advance(8_000)
    clock.advance(500)
    expect((await ended).heard.others().map((each) => each.address)).toEqual([address, other])
  })

  test('that another program stops is begun again', async () => {
    const controller = new Controller([advertiser(address, hex, null, { everyMs: 20 })], 'stopped-once')
    const { restarts } = await hear(controller, [address], { timers: systemTimers })
    expect(restarts).toBe(1)
  })

  test('that is aborted stops scanning at once', async () => {
    const abort = new AbortController()
    const controller = new Controller([stranger()])
    const ended = hear(controller, [address], { signal: abort.signal, timers: systemTimers })
    await until(() => controller.isScanning)
    abort.abort(new Error('enough'))
    await expect(ended).rejects.toThrow('enough')
    expect(controller.isScanning).toBe(false)
  })

  test('leaves none of noble’s handlers behind, whose one for SIGINT ends the process', async () => {
    const before = [process.listeners('SIGINT'), process.listeners('exit')]
    await hear(new Controller([advertiser(address, hex)]), [address])
    expect([process.listeners('SIGINT'), process.listeners('exit')]).toEqual(before)
  })

  test.each<ControllerFault>(['goes-away', 'busy', 'silent', 'down'])(
    '%s: an error, and no timer is left',
    async (fault) => {
      // noble looks once a second whether the adapter is still there.
      const clock = new CountingTimers(fault === 'goes-away' ? systemTimers : hastyTimers)
      await expect(hear(new Controller([stranger()], fault), [address], { timers: clock })).rejects.toThrow()
      expect(clock.waiting).toBe(0)
    },
  )
})

class CountingTimers implements Timers {
  waiting = 0
  readonly #timers: Timers

  constructor(timers: Timers) {
    this.#timers = timers
  }

  after(ms: number, act: () => void): () => void {
    this.waiting += 1
    let isOpen = true
    const close = () => {
      if (isOpen) this.waiting -= 1
      isOpen = false
    }
    const cancel = this.#timers.after(ms, () => {
      close()
      act()
    })
    return () => {
      close()
      cancel()
    }
  }
}

class ManualTimers implements Timers {
  #nowMs = 0
  readonly #waits = new Set<{ atMs: number; act: () => void }>()

  get waiting(): number {
    return this.#waits.size
  }

  after(ms: number, act: () => void): () => void {
    const wait = { atMs: this.#nowMs + ms, act }
    this.#waits.add(wait)
    return () => this.#waits.delete(wait)
  }

  advance(ms: number): void {
    const untilMs = this.#nowMs + ms
    for (;;) {
      const next = [...this.#waits].sort((a, b) => a.atMs - b.atMs)[0]
      if (next === undefined || next.atMs > untilMs) break
      this.#nowMs = next.atMs
      this.#waits.delete(next)
      next.act()
    }
    this.#nowMs = untilMs
  }
}

/** Time for the double's packets to arrive. */
function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 80))
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 5))
}
