import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { webAddress } from './build.ts'
import { sizeTable } from './table.ts'
import { findUnwanted } from './unwanted.ts'

test.each([
  ['https://forge.example/me/tailboard.git', 'https://forge.example/me/tailboard'],
  ['https://me:secret@forge.example/me/tailboard', 'https://forge.example/me/tailboard'],
  ['git@forge.example:me/tailboard.git', 'https://forge.example/me/tailboard'],
  ['ssh://git@forge.example:2222/me/tailboard.git', 'https://forge.example/me/tailboard'],
  ['/srv/git/tailboard', ''],
  ['', ''],
])('the origin %s is read at “%s”', (origin, address) => {
  expect(webAddress(origin)).toBe(address)
})

test('the table counts a layer once, and says what an image shares', () => {
  const base = { id: 'base', bytes: 100_000_000 }
  const table = sizeTable([
    { name: 'one', layers: [base, { id: 'a', bytes: 2_000_000 }] },
    { name: 'two', layers: [base, { id: 'b', bytes: 3_500_000 }] },
  ])
  expect(table.split('\n').map((line) => line.trim().split(/\s{2,}/))).toEqual([
    ['image', 'MB', 'of it shared', 'its own'],
    ['one', '102.0', '100.0', '2.0'],
    ['two', '103.5', '100.0', '3.5'],
    ['all, as stored', '105.5'],
  ])
})

describe('what only a build needs', () => {
  test.each([
    'usr/bin/gcc',
    'usr/include/stdio.h',
    'usr/local/bin/npm',
    'usr/bin/apt-get',
    'sbin/apk',
    'app/main.js.map',
    'app/src/main.ts',
    'app/node_modules/esbuild/package.json',
    'app/node_modules/nan/package.json',
    'var/cache/apt/pkgcache.bin',
  ])('%s is found', (path) => {
    expect(findUnwanted(['app/main.js', path]).map((each) => each.path)).toEqual([path])
  })
  test('what runs is let be', () => {
    const paths = [
      'usr/local/bin/node',
      'usr/bin/wget',
      'app/main.js',
      'srv/page/assets/page.js',
      'usr/share/doc/dpkg/copyright',
    ]
    expect(findUnwanted(paths)).toEqual([])
  })
})

describe('packages are noted for scanners', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tailboard-note-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const script = join(import.meta.dirname, '../note-packages.sh')
  // Alpine's program and database as its base image has them; a PATH with what busybox has, and no dpkg.
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  for (const tool of ['sh', 'awk', 'mkdir', 'readlink'])
    execFileSync('ln', [
      '-s',
      execFileSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).trim(),
      join(bin, tool),
    ])
  const database = join(folder, 'installed')
  writeFileSync(
    database,
    'C:Q1abc=\nP:musl\nV:1.2.5-r10\nA:aarch64\nL:MIT\nF:lib\nR:ld-musl-aarch64.so.1\na:0:0:755\n\nP:pcre2\nV:10.46-r0\nA:aarch64\nL:BSD-3-Clause\nF:usr/lib\nR:libpcre2-8.so.0\n\n',
  )
  const note = (root: string, ...files: string[]) =>
    spawnSync(join(bin, 'sh'), [script, root, ...files], {
      env: { PATH: bin, APK_DATABASE: database },
      encoding: 'utf8',
    })

  test('Alpine: each once, and only those that a file comes from', () => {
    const root = join(folder, 'root')
    const files = ['/usr/lib/libpcre2-8.so.0', '/usr/lib/libpcre2-8.so.0']
    expect(note(root, ...files)).toMatchObject({ status: 0, stderr: '' })
    expect(readFileSync(join(root, 'lib/apk/db/installed'), 'utf8').trim()).toBe(
      'P:pcre2\nV:10.46-r0\nA:aarch64\nL:BSD-3-Clause',
    )
  })
  test('a file that no package owns is an error', () => {
    const { status, stderr } = note(join(folder, 'other'), '/usr/lib/libstranger.so.1')
    expect(status).not.toBe(0)
    expect(stderr).toContain('no package owns /usr/lib/libstranger.so.1')
  })
})
