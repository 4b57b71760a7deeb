import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Command, type ErrorKind, keys, type SourceId } from '@tailboard/contracts'
import { Store, systemTime } from '@tailboard/service'
import { command, configText, type Double, Project, startDoubles, until, without } from '@tailboard/stack'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

interface Row {
  id: SourceId
  settings?: Record<string, unknown>
  /** Its faults, and the kind of failure that each must become. All that there are stand in the tests of its app. */
  faults: [name: string, kind: ErrorKind][]
}

/** Every poll source that speaks to something. One more is an entry here, and one in tools/stack/src/source-doubles.ts. */
const rows: Row[] = [
  {
    id: 'weather',
    settings: { place: 'Berlin' },
    faults: [
      ['truncated', 'malformed'],
      ['closed at once', 'unreachable'],
      ['HTML with 200', 'malformed'],
      ['429, an hour', 'rate-limited'],
    ],
  },
  {
    id: 'pihole',
    faults: [
      ['HTML with 401', 'refused'],
      ['truncated', 'malformed'],
      ['closed at once', 'unreachable'],
      ['429 seats', 'rate-limited'],
    ],
  },
  {
    id: 'tailscale',
    faults: [
      ['truncated', 'malformed'],
      ['closed at once', 'unreachable'],
      ['403, status access denied', 'refused'],
    ],
  },
]

const project = new Project('sources')
let doubles = new Map<SourceId, Double>()
const table: string[][] = []
let folder = ''
let store: Store

/** The settings of the sources that are under test; nothing runs by its schedule while they are. */
const settings = (change: Partial<Record<SourceId, Record<string, unknown>>> = {}) =>
  configText(
    Object.fromEntries(
      rows.map(({ id, settings: own }) => [id, { intervalSeconds: 86_400, ...own, ...change[id] }]),
    ),
  )

/** A run as `make test-poll` makes it. */
const runOnce = (id: SourceId) => project.tryCompose('--profile', 'poll', 'run', '--rm', '-T', `source-${id}`)

describe.skipIf(without.has('engine'))('the poll sources as containers, each against its double', () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tailboard-doubles-'))
    await command('chmod', ['755', folder])
    await project.create()
    await project.writeFile('.env', 'TAILBOARD_NODE=kitchen\n')
    await project.writeFile('config/tailboard.yaml', settings())
    await project.writeFile('doubles.yml', 'services: {}\n')
    project.overrides = ['doubles.yml']
    const started = await startDoubles(
      rows.map(({ id }) => id),
      folder,
    )
    doubles = started.doubles
    await project.writeFile('doubles.yml', started.override)
    // What an earlier test left under these names may know fewer sources.
    const services = ['web-gateway', 'frontend', 'orchestrator', ...rows.map(({ id }) => `source-${id}`)]
    await project.compose('--profile', 'poll', 'build', ...services)
    // Without the orchestrator at first: nobody else runs anything.
    await project.compose('up', '-d', '--wait', 'redis', 'web-gateway', 'frontend')
    const redis = await project.redis()
    await redis.set(keys.localNode, 'kitchen')
    await until('the configuration', async () => (await redis.exists(keys.config)) === 1)
    store = new Store(redis, 'kitchen', systemTime)
  })

  afterAll(async () => {
    const widths = [0, 1, 2, 3].map((column) => Math.max(0, ...table.map((row) => row[column]?.length ?? 0)))
    const line = (row: string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')
    console.log(['', ...table.map(line)].join('\n'))
    await project.remove()
    for (const double of doubles.values()) await double.stop()
    await rm(folder, { recursive: true, force: true })
  })

  describe.each(rows)('source-$id', ({ id, faults }) => {
    test('a reading, said to be simulated, exit 0', async () => {
      const { code, stderr, stdout } = await runOnce(id)
      expect(code, stdout + stderr).toBe(0)
      const { reading, failure, outcome } = await store.readSource(id)
      expect(reading).toMatchObject({ source: id, simulated: true })
      expect({ failure, outcome }).toEqual({ failure: null, outcome: 'ok' })
      table.push([id, 'it answers', `exit ${code}`, 'a reading'])
    })

    test.each(faults)('%s: %s beside the last good reading, exit 1', async (fault, kind) => {
      const double = doubles.get(id)
      const before = await store.readSource(id)
      await double?.fault(fault)
      const { code } = await runOnce(id)
      await double?.fault(null)
      // A pause that was asked for is kept for the runs to come: the next case is another day.
      await store.redis.hdel(keys.memory('kitchen', id), 'pause', 'login')
      const after = await store.readSource(id)
      expect({ code, kind: after.failure?.kind, outcome: after.outcome }).toEqual({
        code: 1,
        kind,
        outcome: 'failed',
      })
      expect(after.failure?.message.length).toBeGreaterThan(10)
      expect(after.reading).toEqual(before.reading)
      expect(after.reading).not.toBeNull()
      table.push([id, fault, `exit ${code}`, `${kind}: ${after.failure?.message}`])
    })

    test('and good again', async () => {
      expect((await runOnce(id)).code).toBe(0)
      expect((await store.readSource(id)).outcome).toBe('ok')
    })
  })

  describe('Pi-hole’s one seat', () => {
    const pihole = () => doubles.get('pihole') as Double

    test('ten runs use one seat, and log in once', async () => {
      for (let n = 0; n < 10; n++) {
        expect((await runOnce('pihole')).code).toBe(0)
        expect(await pihole().ask<number>('seats')).toBe(1)
      }
      // With those of the cases above.
      expect(await pihole().ask<number>('logins')).toBe(1)
    })

    test('“off for five minutes” is carried out by a run, and recorded with who, when and what came of it', async () => {
      await project.compose('up', '-d', '--wait', 'orchestrator')
      const base = (await project.front()).url
      const asked = Date.now()
      const answer = await fetch(new URL('/api/sources/pihole/commands', base), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ verb: 'disable', args: { minutes: 5 } }),
      })
      expect(answer.status, await answer.clone().text()).toBe(202)
      const { id } = (await answer.json()) as Command
      const done = await until('the outcome', async () => {
        const { commands } = (await (await fetch(new URL('/api/status', base))).json()) as {
          commands: Command[]
        }
        return commands.find((each) => each.id === id && each.status !== 'queued')
      })
      expect(done).toMatchObject({
        verb: 'disable',
        status: 'done',
        by: '127.0.0.1',
        outcome: 'Pi-hole lets everything through for 5 minutes',
      })
      expect(Math.abs(Date.parse(done.asked.at) - asked)).toBeLessThan(60_000)
      expect(done.finished).not.toBeNull()
      const { blocking, timer } = await pihole().ask<{ blocking: string; timer: number }>('blocking')
      expect(blocking).toBe('disabled')
      expect(timer).toBeGreaterThan(200)
      // The same run measures after it has carried the command out.
      await until('a reading that says so', async () => {
        const data = (await store.readSource('pihole')).reading?.data
        return (data as { blocking: { state: string } } | undefined)?.blocking.state === 'disabled'
      })
    })

    test('switched off in the file, its last run gives the seat back', async () => {
      expect(await pihole().ask<number>('seats')).toBe(1)
      await project.writeFile('config/tailboard.yaml', settings({ pihole: { enabled: false } }))
      await until('the seat to be free', async () => (await pihole().ask<number>('seats')) === 0)
      expect(await store.redis.hget(keys.memory('kitchen', 'pihole'), 'seat')).toBeNull()
    })
  })
})
