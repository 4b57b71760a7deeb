import { afterEach, expect, test } from 'vitest'
import { type DoubleOptions, PiholeDouble } from './double.ts'

let nowMs = Date.parse('2026-11-21T02:05:00Z')
let double: PiholeDouble

async function start(options: DoubleOptions = {}): Promise<void> {
  double = await new PiholeDouble({ now: () => nowMs, ...options }).start()
}
afterEach(() => double.stop())

async function call(path: string, method = 'GET', headers: Record<string, string> = {}, body?: unknown) {
  const text = typeof body === 'string' ? body : body === undefined ? null : JSON.stringify(body)
  const response = await fetch(`${double.url}${path}`, { method, headers, body: text })
  const told = await response.text()
  return { status: response.status, json: told === '' ? null : JSON.parse(told), headers: response.headers }
}
const logIn = (body: unknown = { password: 'double-password' }) => call('/api/auth', 'POST', {}, body)

test('401 without a session, with a made-up one, and with one that has expired', async () => {
  await start()
  expect(await call('/api/stats/summary')).toMatchObject({
    status: 401,
    json: { error: { key: 'unauthorized', hint: null }, took: 0.003 },
  })
  expect((await call('/api/stats/summary', 'GET', { 'x-ftl-sid': 'made-up' })).status).toBe(401)
  const { sid } = (await logIn()).json.session
  const withIt = () => call('/api/stats/summary', 'GET', { 'x-ftl-sid': sid })
  for (let n = 0; n < 3; n++) {
    nowMs += 1_700_000
    expect((await withIt()).status, 'used, it stays valid').toBe(200)
  }
  nowMs += 1_801_000
  expect((await withIt()).status).toBe(401)
})

test('by header, by query when encoded, by cookie only with its token', async () => {
  await start()
  const { sid, csrf } = (await logIn()).json.session
  const path = '/api/dns/blocking'
  expect((await call(path, 'GET', { sid })).status).toBe(200)
  expect((await call(`${path}?sid=${encodeURIComponent(sid)}`)).status).toBe(200)
  if (/\+/.test(sid)) expect((await call(`${path}?sid=${sid}`)).status).toBe(401)
  expect((await call(path, 'GET', { cookie: `sid=${sid}` })).status).toBe(401)
  expect((await call(path, 'GET', { cookie: `sid=${sid}`, 'x-csrf-token': csrf })).status).toBe(200)
  expect((await logIn()).headers.get('set-cookie')).toMatch(/^sid=/)
})

test('sixteen seats, then 429; one that is given back is free', async () => {
  await start()
  let sid = ''
  for (let n = 0; n < 16; n++) {
    nowMs += 1_000
    sid = (await logIn()).json.session.sid
  }
  nowMs += 1_001
  expect(await logIn()).toMatchObject({ status: 429, json: { error: { key: 'api_seats_exceeded' } } })
  expect((await call('/api/auth', 'DELETE', { 'x-ftl-sid': sid })).status).toBe(204)
  expect((await call('/api/auth', 'DELETE', { 'x-ftl-sid': sid })).status).toBe(401)
  expect((await logIn()).status).toBe(200)
  expect(double.seats).toBe(16)
})

test('three attempts a second, then 429, also for the right password', async () => {
  await start()
  for (let n = 0; n < 3; n++) expect((await logIn({ password: 'no' })).status).toBe(401)
  expect(await logIn()).toMatchObject({ status: 429, json: { error: { key: 'rate_limiting' } } })
  nowMs += 1_001
  expect((await logIn()).status).toBe(200)
})

test('a wrong password is a session that is not valid, and no error object', async () => {
  await start()
  expect(await logIn({ password: 'no' })).toMatchObject({
    status: 401,
    json: { session: { valid: false, sid: null, validity: -1, message: 'password incorrect' } },
  })
})

test.each([
  ['no JSON', 'password=x', 'No valid JSON payload found'],
  ['no password', {}, 'No password found in JSON payload'],
  ['a number', { password: 1 }, "Field password has to be of type 'string'"],
])('400 for %s', async (_name, body, message) => {
  await start()
  expect(await logIn(body)).toMatchObject({ status: 400, json: { error: { key: 'bad_request', message } } })
})

test('a second factor: wanted, wrong, right, used; none for an app password', async () => {
  await start({ totp: 123_456, appPassword: 'app' })
  const attempt = (body: object) => {
    nowMs += 1_001
    return logIn({ password: 'double-password', ...body })
  }
  expect(await attempt({})).toMatchObject({
    status: 400,
    json: { error: { message: 'No 2FA token found in JSON payload' } },
  })
  expect(await attempt({ totp: 1 })).toMatchObject({
    status: 401,
    json: { error: { message: 'Invalid 2FA token' } },
  })
  expect((await attempt({ totp: 123_456 })).status).toBe(200)
  expect(await attempt({ totp: 123_456 })).toMatchObject({ json: { error: { hint: 'wait for new token' } } })
  expect((await attempt({ password: 'app' })).json.session.message).toBe('app-password correct')
})

test('no password: everything is open, and logging in takes no seat', async () => {
  await start({ password: null })
  expect((await call('/api/stats/summary')).status).toBe(200)
  expect((await logIn()).json.session).toMatchObject({
    valid: true,
    sid: null,
    message: 'password incorrect',
  })
  expect(double.seats).toBe(0)
})

test('blocking is a word in the answer and true or false in the question', async () => {
  await start({ password: null })
  const post = (body: unknown) => call('/api/dns/blocking', 'POST', {}, body)
  expect(await post({ blocking: 'disabled' })).toMatchObject({
    status: 400,
    json: { error: { key: 'body_error', message: 'No "blocking" boolean in body data' } },
  })
  expect((await post({ blocking: false, timer: 60 })).json).toMatchObject({ blocking: 'disabled', timer: 60 })
  nowMs += 45_000
  expect((await call('/api/dns/blocking')).json).toMatchObject({ blocking: 'disabled', timer: 15 })
  nowMs += 15_000
  expect((await call('/api/dns/blocking')).json).toMatchObject({ blocking: 'enabled', timer: null })
})

test('404 names the path, 405 the method, and v6 knows no api.php', async () => {
  await start()
  expect((await call('/admin/api.php')).json.error).toMatchObject({
    key: 'not_found',
    hint: '/admin/api.php',
  })
  expect((await call('/api/history', 'DELETE')).status).toBe(405)
})

test('v5: an empty list without the token, 404 for what only a v6 has', async () => {
  await start({ api: 'v5' })
  expect(await call('/admin/api.php?summaryRaw')).toMatchObject({ status: 200, json: [] })
  expect(await call('/admin/api.php?disable=5&auth=wrong')).toMatchObject({ status: 200, json: [] })
  expect((await fetch(`${double.url}/api/info/login`)).status).toBe(404)
})
