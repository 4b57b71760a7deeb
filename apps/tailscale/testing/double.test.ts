import { mkdtemp, rm, stat } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { TailscaledDouble } from './double.ts'
import { users } from './model.ts'

let folder: string
let double: TailscaledDouble
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tailscaled-double-'))
  double = await new TailscaledDouble(join(folder, 'run', 'tailscaled.sock')).start()
})
afterAll(async () => {
  await double.stop()
  await rm(folder, { recursive: true, force: true })
})

const ours = { host: 'local-tailscaled.sock' }
function ask(path: string, headers: Record<string, string> = ours, method = 'GET') {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>()
  const outgoing = request({ socketPath: double.socketPath, path, headers, method }, (incoming) => {
    let text = ''
    incoming.on('data', (chunk) => {
      text += String(chunk)
    })
    incoming.on('end', () => resolve({ status: incoming.statusCode ?? 0, text }))
  })
  outgoing.on('error', reject)
  outgoing.end()
  return promise
}

const status = '/localapi/v0/status'
const invalid = { status: 403, text: 'invalid localapi request\n' }

test.each<[string, string, Record<string, string> | undefined, string | undefined, object]>([
  // What Node sends by itself to a Unix socket.
  ['the Host that Node sends by itself', status, {}, 'GET', invalid],
  ['another Host', status, { host: 'pi.lan' }, 'GET', invalid],
  ['an Origin', status, { ...ours, origin: 'http://pi.lan' }, 'GET', invalid],
  ['a Referer', status, { ...ours, referer: 'http://pi.lan/' }, 'GET', invalid],
  ['another method', status, ours, 'POST', { status: 405 }],
  [
    'a path that it does not know',
    '/localapi/v0/stati',
    ours,
    'GET',
    { status: 404, text: '404 page not found\n' },
  ],
  ['what only root may do', '/localapi/v0/logout', ours, 'POST', { status: 403 }],
])('refused: %s', async (_name, path, headers, method, refusal) => {
  expect(await ask(path, headers, method)).toMatchObject(refusal)
})

test('asked as it should be, it answers with tabs and whole 64-bit numbers', async () => {
  const answer = await ask(status)
  expect(answer.status).toBe(200)
  expect(answer.text).toContain('\n\t"BackendState": "Running"')
  expect(answer.text).toContain(`"UserID": ${users.alice}`)
  expect(String(Number(users.alice))).not.toBe(users.alice)
})

test('everyone may open the socket, and each start makes a new one', async () => {
  const before = await stat(double.socketPath)
  expect(before.mode & 0o777).toBe(0o666)
  await double.restart()
  expect((await stat(double.socketPath)).ctimeMs).not.toBe(before.ctimeMs)
  await double.crash()
  expect((await stat(double.socketPath)).isSocket()).toBe(true)
  await expect(ask(status)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  await double.start()
  await double.stop()
  await expect(ask(status)).rejects.toMatchObject({ code: 'ENOENT' })
  await double.start()
})
