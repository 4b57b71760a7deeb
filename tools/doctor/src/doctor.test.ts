import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { allSet, call } from './hosts.ts'
import { doctor, examine, type Host, read } from './made-up-host.ts'

const repository = resolve(import.meta.dirname, '../../..')
const run = (...args: string[]) => spawnSync(doctor, args, { encoding: 'utf8' })
const ids = run('--list').stdout.trim().split('\n')

/** Each file below a folder: what is in it, its mode, and when it was written. */
function picture(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => {
    const found = statSync(join(folder, path))
    const text = found.isFile() ? readFileSync(join(folder, path)) : ''
    return `${path} ${found.mode} ${found.mtimeMs} ${createHash('sha256').update(text).digest('hex')}`
  })
}

describe('what .env holds is never printed', () => {
  const secret = 'correct-horse-battery'
  const hosts: [string, (host: Host) => void][] = [
    [
      'in every variable',
      (host) => {
        host.project['.env'] = readFileSync(join(repository, '.env.example'), 'utf8').replace(
          /^([A-Z_]+)=.*$/gm,
          `$1=${secret}`,
        )
      },
    ],
    [
      'in a line that is no variable',
      (host) => {
        host.project['.env'] = `LOG_LEVEL=info\n${secret}\n${secret} = x\n`
      },
    ],
    [
      'in what Compose complains about',
      (host) => {
        host.programs.docker = {
          ...host.programs.docker,
          [call.configQuiet]: { err: `failed to read .env: ${secret}`, exit: 14 },
        }
      },
    ],
    [
      'in what runs, and in a log',
      (host) => {
        host.project['.env'] = `LOG_LEVEL=${secret}\nPIHOLE_PASSWORD=${secret}\n`
        host.programs.docker = {
          ...host.programs.docker,
          [call.hashes]: 'redis other\n',
          [call.logs]: `ERR ${secret}\n`,
        }
      },
    ],
  ]
  test.each(hosts)('%s', (_name, change) => {
    const host = allSet()
    change(host)
    const { text, findings } = examine(host)
    expect(findings.size).toBe(ids.length)
    expect([...findings.values()].some(({ kind }) => kind !== 'ok')).toBe(true)
    expect(text).not.toContain(secret)
  })
})

test('nothing is changed by it', () => {
  let before: string[] = []
  let after: string[] = []
  examine(allSet(), undefined, {
    before: (root) => {
      before = picture(root)
    },
    after: (root) => {
      after = picture(root)
    },
  })
  expect(before.length).toBeGreaterThan(40)
  expect(after).toEqual(before)
})

test.each([
  [['--fix'], 'there is no option --fix'],
  [['--root'], '--root needs a folder'],
  [['--root', '/no/such/folder'], '--root needs a folder'],
  [['--project', ''], '--project needs a folder'],
  [['--only'], '--only needs the name'],
  [['--only', 'teeth'], 'there is no check teeth'],
])('%j is refused', (args, words) => {
  const { status, stdout, stderr } = run(...args)
  expect(status).toBe(2)
  expect(stderr).toContain(words)
  expect(stdout).toBe('')
})

test('on this very machine, as it is: every check says something, and the exit code is what they say', () => {
  const { status, stdout, stderr } = run()
  expect(stderr).toBe('')
  const { findings, summary } = read(stdout)
  expect([...findings.keys()]).toEqual(ids)
  expect(summary).toContain(`${ids.length} checks: `)
  expect(stdout).not.toContain('doctor itself has a mistake')
  expect(status).toBe([...findings.values()].some(({ kind }) => kind === 'PROBLEM') ? 1 : 0)
  for (const [id, { kind, mends }] of findings)
    if (kind === 'warning' || kind === 'PROBLEM') expect(mends.length, id).toBeGreaterThan(0)
})

test('docs/pi-setup.md names every check, and no other', () => {
  const text = readFileSync(join(repository, 'docs/pi-setup.md'), 'utf8')
  const named = [...text.matchAll(/^Doctor says ok to: (.+)$/gm)].flatMap(([, line = '']) =>
    [...line.matchAll(/`([a-z0-9-]+)`/g)].map(([, id]) => id),
  )
  expect(new Set(named)).toEqual(new Set(ids))
})
