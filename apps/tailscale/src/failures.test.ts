import { chmod, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { exitCodes } from '@tailboard/service/run-source'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type FaultName, faults } from '../testing/faults.ts'
import { Bench } from '../testing/run.ts'

interface Case {
  /** What happens to tailscaled or its folder. */
  when?: () => Promise<unknown>
  environment?: Record<string, string>
  kind: string
  says: RegExp
  hint: RegExp
}

const bench = new Bench()
const rows: string[][] = []

beforeAll(() => bench.start())
afterAll(async () => {
  await bench.stop()
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const line = (row: string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')
  console.log(['', ...rows.map(line)].join('\n'))
})
beforeEach(async () => {
  await bench.reset()
})

const answers: Record<FaultName, Case> = {
  truncated: { kind: 'malformed', says: /is not JSON/, hint: /cut off/ },
  'a byte short': { kind: 'malformed', says: /broke off its answer/, hint: /asked again/ },
  'a byte short, and said so': { kind: 'malformed', says: /is not JSON/, hint: /cut off/ },
  'closed at once': { kind: 'unreachable', says: /closed the connection/, hint: /starting/ },
  'closed half way': { kind: 'malformed', says: /broke off its answer after 10 bytes/, hint: /asked again/ },
  'huge (50 MB)': { kind: 'malformed', says: /more than 8192 kB/, hint: /what listens/ },
  '7 MB of blanks': { kind: 'malformed', says: /is not JSON/, hint: /something else/ },
  'nested without end': { kind: 'malformed', says: /is not JSON/, hint: /cut off/ },
  'nested a million deep': { kind: 'malformed', says: /longer than it can be/, hint: /Is it tailscaled/ },
  'a million devices': { kind: 'malformed', says: /more than 5000 devices/, hint: /Is it tailscaled/ },
  'a million users': { kind: 'malformed', says: /more than 5000 devices or users/, hint: /Is it tailscaled/ },
  'a device with a million tags': {
    kind: 'malformed',
    says: /longer than it can be/,
    hint: /Is it tailscaled/,
  },
  slow: { kind: 'timeout', says: /longer than 1 s/, hint: /timeoutSeconds/ },
  silent: { kind: 'timeout', says: /longer than 1 s/, hint: /timeoutSeconds/ },
  empty: { kind: 'malformed', says: /an empty answer/, hint: /asked again/ },
  'wrong type: a list': { kind: 'malformed', says: /is not JSON/, hint: /something else/ },
  'text for true and false': { kind: 'malformed', says: /MagicDNSEnabled: /, hint: /update both/i },
  'a list for the peers': { kind: 'malformed', says: /is not JSON/, hint: /something else/ },
  'nothing in it': { kind: 'malformed', says: /BackendState: /, hint: /update both/i },
  'HTML with 200': { kind: 'malformed', says: /a web page in place of data: “Welcome/, hint: /in its place/ },
  'HTML with 502': { kind: 'unreachable', says: /HTTP 502.*“502 Bad/, hint: /asked again/ },
  'a redirect': {
    kind: 'malformed',
    says: /points elsewhere: to https:\/\/login.example\/$/,
    hint: /Redirects/,
  },
  'not HTTP': { kind: 'malformed', says: /not HTTP/, hint: /listens at that socket/ },
  '403, status access denied': {
    kind: 'refused',
    says: /refuses to answer: status access denied/,
    hint: /no proxy/,
  },
  '404, a path it does not know': { kind: 'malformed', says: /404 page not found/, hint: /update both/i },
  '500': { kind: 'unreachable', says: /HTTP 500\): something broke/, hint: /systemctl restart tailscaled/ },
  '503': { kind: 'unreachable', says: /HTTP 503\)$/, hint: /asked again/ },
  '503, no backend yet': { kind: 'unreachable', says: /HTTP 503\): no backend/, hint: /starting/ },
  'huge, packed': { kind: 'malformed', says: /more than 8192 kB/, hint: /what listens/ },
  'HTML with 401': { kind: 'refused', says: /HTTP 401/, hint: /password or a key/ },
}

const socket = () => bench.double.socketPath
const occupied = async (make: () => Promise<unknown>) => {
  await bench.double.stop()
  await make()
}
const around: Record<string, Case> = {
  'stopped, its folder gone': {
    when: () => occupied(() => rm(bench.folder, { recursive: true })),
    kind: 'unreachable',
    says: /tailscaled.sock is not there/,
    hint: /systemctl start tailscaled\..*sources\.tailscale\.enabled to false/,
  },
  'never installed: an empty folder': {
    when: () => bench.double.stop(),
    kind: 'unreachable',
    says: /tailscaled.sock is not there/,
    hint: /systemctl start tailscaled\..*sources\.tailscale\.enabled to false/,
  },
  'killed: its socket lies there': {
    when: () => bench.double.crash(),
    kind: 'unreachable',
    says: /nobody listens/,
    hint: /systemctl restart tailscaled/,
  },
  'no permission': {
    when: () => chmod(socket(), 0o600),
    kind: 'refused',
    says: /may not open .*tailscaled.sock \(EACCES\)/,
    hint: /Let everyone open it.*chmod 755 .*\/run$/,
  },
  'no permission for the folder': {
    when: () => chmod(bench.folder, 0o700),
    kind: 'refused',
    says: /may not open .*\(EACCES\)/,
    hint: /Let everyone open it/,
  },
  'a file in its place': {
    when: () => occupied(() => writeFile(socket(), '')),
    kind: 'misconfigured',
    says: /is no socket/,
    hint: /Remove it/,
  },
  'a folder in its place, made by a wrong mount': {
    when: () => occupied(() => mkdir(socket())),
    kind: 'misconfigured',
    says: /is no socket/,
    hint: /Remove it/,
  },
  'a path below a file': {
    environment: { TAILSCALE_SOCKET: join(import.meta.filename, 'tailscaled.sock') },
    kind: 'misconfigured',
    says: /is no socket/,
    hint: /TAILSCALE_SOCKET/,
  },
}

const all = [
  ...Object.keys(faults).map((name): [string, Case] => [
    name,
    {
      when: async () => {
        bench.double.fault = name as FaultName
      },
      ...answers[name as FaultName],
    },
  ]),
  ...Object.entries(around),
]

/** As in the container: root may open everything, and what it may not open is what this is about. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return work()
  process.seteuid?.(65_534)
  try {
    return await work()
  } finally {
    process.seteuid?.(0)
  }
}

test.each(all)('%s: a failure beside the last good reading, exit 1', async (name, each) => {
  expect(await asNobody(() => bench.run())).toBe(exitCodes.ok)
  const { reading } = await bench.read()
  await each.when?.()

  expect(await asNobody(() => bench.run(each.environment))).toBe(exitCodes.failed)

  const after = await bench.read()
  expect(after.reading).toEqual(reading)
  expect(after.outcome).toBe('failed')
  const { failure } = after
  rows.push([name, failure?.kind ?? '', `${failure?.message} → ${failure?.hint ?? ''}`])
  expect(failure).toMatchObject({
    kind: each.kind,
    message: expect.stringMatching(each.says),
    hint: expect.stringMatching(each.hint),
  })
  // And it is over as soon as tailscaled is well again.
  await chmod(bench.folder, 0o755).catch(() => {})
  bench.double.fault = null
  await bench.double.stop()
  await rm(socket(), { recursive: true, force: true })
  await bench.double.start()
  expect(await asNobody(() => bench.run())).toBe(exitCodes.ok)
})

test.each(['', 'tailscaled.sock', `/${'x'.repeat(120)}`, 'http://pi'])(
  'TAILSCALE_SOCKET=%s is refused by name, or is the default when empty',
  async (TAILSCALE_SOCKET) => {
    const code = await bench.run({ TAILSCALE_SOCKET })
    expect(code).toBe(TAILSCALE_SOCKET === '' ? exitCodes.failed : exitCodes.misconfigured)
    if (TAILSCALE_SOCKET !== '') expect(bench.logs).toContain('TAILSCALE_SOCKET')
  },
)
