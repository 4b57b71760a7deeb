import { pihole } from '@tailboard/contracts/sources/pihole'
import * as v from 'valibot'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Bench } from '../testing/run.ts'

const bench = new Bench()
beforeAll(() => bench.start())
afterAll(() => bench.stop())

const blocking = async () => (await bench.read()).reading?.data.blocking
const minute = 60_000

test.each(['v6', 'v5'] as const)(
  '%s: off for five minutes, the same run tells so; on by itself',
  async (api) => {
    await bench.reset({ api })
    await bench.order('disable', { minutes: 5 })
    expect(await bench.run()).toBe(0)
    expect(await bench.outcome()).toMatchObject({
      status: 'done',
      outcome: 'Pi-hole lets everything through for 5 minutes',
    })
    expect(await blocking()).toEqual({ state: 'disabled', remainingS: api === 'v6' ? 300 : null })
    bench.time.advance(5 * minute)
    await bench.run()
    expect(await blocking()).toEqual({ state: 'enabled', remainingS: null })
  },
)

test.each(['v6', 'v5'] as const)('%s: off until it is switched on, then on', async (api) => {
  await bench.reset({ api })
  await bench.order('disable', { minutes: null })
  await bench.run()
  expect((await bench.outcome()).outcome).toBe(
    'Pi-hole lets everything through until blocking is switched on again',
  )
  bench.time.advance(2_000 * minute)
  await bench.run()
  expect(await blocking()).toEqual({ state: 'disabled', remainingS: null })
  await bench.order('enable')
  await bench.run()
  expect(await bench.outcome()).toMatchObject({ status: 'done', outcome: 'Pi-hole blocks again' })
  expect(await blocking()).toEqual({ state: 'enabled', remainingS: null })
})

test('on again ends a timer', async () => {
  await bench.reset()
  bench.double.blocking.set(false, 600, bench.time.wallMs() / 1000)
  await bench.order('enable')
  await bench.run()
  expect(await blocking()).toEqual({ state: 'enabled', remainingS: null })
})

test('a day is the longest, a minute the shortest, and the page must say which', async () => {
  const disable = pihole.commands.disable?.args
  if (disable === undefined) throw new Error('no command')
  for (const minutes of [1, 1440, null]) expect(v.is(disable, { minutes })).toBe(true)
  for (const args of [{ minutes: 0 }, { minutes: 1441 }, { minutes: 1.5 }, { minutes: '5' }, {}]) {
    expect(v.is(disable, args)).toBe(false)
  }
  await bench.reset()
  await bench.order('disable', { minutes: 1e9 })
  expect(await bench.run()).toBe(0)
  expect((await bench.outcome()).status).toBe('failed')
  expect(await blocking()).toMatchObject({ state: 'enabled' })
})

test('an app password may switch it', async () => {
  await bench.reset({ appPassword: 'app-password-of-44-characters', totp: 1 })
  await bench.order('disable', { minutes: 1 })
  await bench.run({}, { PIHOLE_PASSWORD: 'app-password-of-44-characters' })
  expect((await bench.outcome()).outcome).toBe('Pi-hole lets everything through for 1 minute')
})

test.each([
  [
    'its DNS is down',
    () => {
      bench.double.blocking.isFailed = true
    },
    /its blocking is now: failed/,
  ],
  [
    'forbidden',
    () => {
      bench.double.fault = '403 forbidden'
    },
    /Unable to change configuration/,
  ],
  [
    'away',
    () => {
      bench.double.fault = 'closed at once'
    },
    /closed the connection/,
  ],
  [
    'an unknown answer',
    () => {
      bench.double.instead = { blocking: { blocking: 'perhaps' } }
    },
    /now: unknown/,
  ],
])('what came of it is what Pi-hole says: %s', async (_name, trouble, says) => {
  await bench.reset()
  await bench.run()
  trouble()
  await bench.order('disable', { minutes: 5 })
  await bench.run()
  expect(await bench.outcome()).toMatchObject({ status: 'failed', outcome: expect.stringMatching(says) })
})

test('a wrong token of a v5', async () => {
  await bench.reset({ api: 'v5' })
  await bench.order('disable', { minutes: 5 })
  expect(await bench.run({}, { PIHOLE_PASSWORD: 'wrong-password' })).toBe(1)
  expect((await bench.outcome()).outcome).toContain('does not accept the API token')
  expect(bench.double.blocking.at(bench.time.wallMs() / 1000).blocking).toBe('enabled')
})
