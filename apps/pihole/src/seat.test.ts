import { afterAll, beforeAll, expect, test } from 'vitest'
import { Bench } from '../testing/run.ts'
import type { Gate, Seat } from './box.ts'
import { connection } from './connection.ts'
import { Session } from './v6-session.ts'

const bench = new Bench()
beforeAll(() => bench.start())
afterAll(() => bench.stop())

const minute = 60_000
const failure = async () => (await bench.read()).failure

/** Nobody else may read a session's id: not in a record, an event or a log, however it is written. */
async function expectSecret(): Promise<void> {
  const everywhere = (await bench.dump()) + bench.logs
  for (const secret of [...bench.double.sessions.ids(), bench.double.password ?? 'double-password']) {
    for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]) {
      expect(everywhere).not.toContain(form)
    }
  }
}

const runs = process.env.SOAK === '1' ? 100 : 10

test(`${runs} runs use one seat and one login; switching the source off gives it back`, async () => {
  await bench.reset()
  for (let n = 0; n < runs; n++) {
    expect(await bench.run()).toBe(0)
    expect(bench.double.seats).toBe(1)
    bench.time.advance(minute)
  }
  expect(bench.double.sessions.logins).toBe(1)
  await expectSecret()
  const memory = await bench.redis.hgetall('tailboard:kitchen:memory:pihole')
  expect(memory.seat, 'it is kept between runs').toContain(bench.double.sessions.ids()[0])

  expect(await bench.run({ enabled: false })).toBe(0)
  expect(bench.double.seats).toBe(0)
  expect(bench.double.asked.at(-1)).toBe('DELETE /api/auth')
  expect(await bench.redis.hget('tailboard:kitchen:memory:pihole', 'seat')).toBeNull()
  const asked = bench.double.asked.length
  expect(await bench.run({ enabled: false }), 'nothing more to give').toBe(0)
  expect(bench.double.asked).toHaveLength(asked)
  await expectSecret()
})

test('a Pi-hole that repeats the session’s id in its data or its errors gives nothing away', async () => {
  await bench.reset()
  await bench.run()
  const sid = String(bench.double.sessions.ids()[0])
  bench.double.instead = { top_domains: { domains: [{ domain: `x${sid}y`, count: 1 }] } }
  expect(await bench.run()).toBe(0)
  expect(JSON.stringify((await bench.read()).reading?.data)).toContain('x•••y')
  bench.double.instead = { blocking: { error: { key: 'odd', message: `No, ${sid}`, hint: sid } } }
  bench.double.insteadStatus = 400
  expect(await bench.run()).toBe(1)
  expect((await failure())?.message).toBe('Pi-hole says no: No, •••')
  await expectSecret()
})

test('it goes by header alone: no cookie, nothing in an address', async () => {
  await bench.reset()
  await bench.run()
  expect(bench.double.headers.every(({ cookie }) => cookie === undefined)).toBe(true)
  expect(bench.double.asked.join()).not.toContain('sid=')
})

test('a session that Pi-hole forgot: one new login, no failure', async () => {
  await bench.reset()
  await bench.run()
  bench.double.sessions.forgetAll()
  expect(await bench.run()).toBe(0)
  expect([bench.double.sessions.logins, bench.double.seats]).toEqual([2, 1])
  // Three hours without a run: it expired.
  bench.time.advance(180 * minute)
  expect(await bench.run()).toBe(0)
  expect([bench.double.sessions.logins, bench.double.seats]).toEqual([3, 1])
})

test('giving back a seat that is gone, one of another address, one at a Pi-hole that is away', async () => {
  await bench.reset()
  await bench.run()
  bench.double.sessions.forgetAll()
  expect(await bench.run({ enabled: false })).toBe(0)
  await bench.run()
  const [sid] = bench.double.sessions.ids()
  bench.double.fault = '503'
  expect(await bench.run({ enabled: false })).not.toBe(0)
  expect(bench.logs).toContain('The seat at Pi-hole was not given back')
  expect(bench.logs).not.toContain(sid)
  bench.double.fault = null
  expect(
    await bench.run({ enabled: false }, { PIHOLE_URL: 'http://127.0.0.1:1' }),
    'another address: not its seat',
  ).toBe(0)
})

test('a wrong password: one attempt a run at most, in growing waits; a changed one at once', async () => {
  await bench.reset()
  const wrong = { PIHOLE_PASSWORD: 'wrong-password' }
  const attempts: number[] = []
  for (let n = 0; n < 180; n++) {
    const before = bench.double.sessions.logins
    expect(await bench.run({}, wrong)).toBe(1)
    const made = bench.double.sessions.logins - before
    expect(made).toBeLessThanOrEqual(1)
    if (made === 1) attempts.push(n)
    bench.time.advance(minute)
  }
  console.log(`a wrong password, a run a minute: attempts in minutes ${attempts.join(', ')}`)
  expect(attempts).toEqual([0, 2, 6, 14, 30, 62, 122])
  expect(await failure()).toMatchObject({ kind: 'refused', message: 'Pi-hole does not accept the password' })
  expect((await failure())?.hint).toMatch(/app password.*Tried again in \d+ min, or at once/)
  const memory = JSON.stringify(await bench.redis.hgetall('tailboard:kitchen:memory:pihole'))
  expect(memory).not.toContain('wrong-password')
  await expectSecret()

  expect(await bench.run(), 'the right one').toBe(0)
  bench.double.sessions.forgetAll()
  expect(await bench.run({}, wrong), 'after a success it begins anew').toBe(1)
  expect(await bench.run({}, { PIHOLE_PASSWORD: 'another-wrong-one' })).toBe(1)
  expect(bench.double.sessions.logins).toBe(attempts.length + 3)
})

test('after a reboot a wrong password is tried once, and waits no shorter than before', async () => {
  await bench.reset()
  const wrong = { PIHOLE_PASSWORD: 'wrong-password' }
  await bench.run({}, wrong)
  bench.time.reboot('boot-2')
  await bench.run({}, wrong)
  await bench.run({}, wrong)
  expect(bench.double.sessions.logins).toBe(2)
  bench.time.advance(3 * minute)
  await bench.run({}, wrong)
  expect(bench.double.sessions.logins).toBe(2)
})

test('a command with a wrong password makes no second attempt in the same run', async () => {
  await bench.reset()
  await bench.order('disable', { minutes: 5 })
  expect(await bench.run({}, { PIHOLE_PASSWORD: 'wrong-password' })).toBe(1)
  expect(bench.double.sessions.logins).toBe(1)
  expect(await bench.outcome()).toMatchObject({
    status: 'failed',
    outcome: expect.stringContaining('password'),
  })
})

test('every seat taken: rate-limited, and asked for again more and more rarely', async () => {
  await bench.reset()
  await bench.run()
  bench.double.sessions.forgetAll()
  bench.double.sessions.occupy(16, bench.time.wallMs() / 1000)
  const before = bench.double.sessions.logins
  for (let n = 0; n < 10; n++) {
    expect(await bench.run()).toBe(1)
    bench.time.advance(minute)
  }
  expect(await failure()).toMatchObject({
    kind: 'rate-limited',
    message: 'Every seat of Pi-hole’s API is taken',
    hint: expect.stringContaining('max_sessions'),
  })
  expect(bench.double.sessions.logins - before).toBe(4)
  bench.time.advance(60 * minute)
  expect(await bench.run(), 'the others have expired').toBe(0)
})

test('an app password needs no second factor; the password does, and the error says so', async () => {
  await bench.reset({ appPassword: 'app-password-of-44-characters', totp: 123_456 })
  expect(await bench.run()).toBe(1)
  expect(await failure()).toMatchObject({
    kind: 'refused',
    message: expect.stringContaining('second factor (2FA)'),
    hint: expect.stringContaining('app password'),
  })
  expect(await bench.run({}, { PIHOLE_PASSWORD: 'app-password-of-44-characters' })).toBe(0)
})

test('no password at the Pi-hole: nobody logs in, one in .env does no harm', async () => {
  await bench.reset({ password: null })
  expect(await bench.run()).toBe(0)
  expect(await bench.run({}, { PIHOLE_PASSWORD: 'not-needed-here' })).toBe(0)
  expect([bench.double.sessions.logins, bench.double.seats]).toEqual([0, 0])
})

test('no password in .env where one is wanted', async () => {
  await bench.reset()
  expect(await bench.run({}, { PIHOLE_PASSWORD: '' })).toBe(1)
  expect(await failure()).toMatchObject({ kind: 'refused', message: 'Pi-hole wants a password' })
  expect(bench.double.sessions.logins).toBe(0)
})

test('a session is not sent to another address than the one that gave it', async () => {
  await bench.reset()
  await bench.run()
  const elsewhere = bench.double.url.replace('127.0.0.1', 'localhost')
  const seen = bench.double.headers.length
  await bench.run({}, { PIHOLE_URL: elsewhere })
  expect(bench.double.headers[seen + 1]?.['x-ftl-sid']).toBeUndefined()
})

test('single flight: questions at the same time log in once', async () => {
  const double = await bench.reset()
  let kept: string | null = 'expired-session-id='
  const seat: Seat = {
    load: async () => kept,
    keep: async (sid) => {
      kept = sid
    },
    drop: async () => {
      kept = null
    },
  }
  const gate: Gate = { failWhileClosed: async () => {}, note: async () => {} }
  const ask = connection({ baseUrl: double.url, trust: undefined }, new AbortController().signal)
  const session = new Session(ask, 'double-password', seat, gate)
  const paths = ['/api/dns/blocking', '/api/stats/summary', '/api/history', '/api/info/version']
  const answers = await Promise.all(paths.map((path) => session.ask({ path })))
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
  expect([double.sessions.logins, double.seats]).toEqual([1, 1])
})

test('a Pi-hole that forgets at once does not get one login after the other', async () => {
  await bench.reset({ validityS: -1 })
  expect(await bench.run()).toBe(1)
  expect(await failure()).toMatchObject({ message: expect.stringContaining('it has just given') })
  expect(bench.double.sessions.logins).toBe(1)
})
