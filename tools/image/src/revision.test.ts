import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { revisionOf } from './revision.ts'

const folder = mkdtempSync(join(tmpdir(), 'tailboard-revision-'))
const git = (...args: string[]) => execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8' }).trim()
const write = (path: string, content: string) => {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), content)
}
/** @returns the commit */
const commit = (path: string) => {
  write(path, `${path} ${Math.random()}`)
  git('add', '.')
  git('-c', 'user.name=me', '-c', 'user.email=me@example.org', 'commit', '-qm', path)
  return git('rev-parse', 'HEAD')
}

beforeAll(() => {
  git('init', '-q')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('an image’s revision is the last commit that touched what it is made from', async () => {
  const weather = commit('apps/weather/src/main.ts')
  const camera = commit('apps/camera/Dockerfile')
  commit('docs/deploy.md')
  expect(await revisionOf(folder, 'weather')).toBe(weather)
  expect(await revisionOf(folder, 'camera')).toBe(camera)
  const contracts = commit('packages/contracts/src/index.ts')
  expect(await revisionOf(folder, 'weather')).toBe(contracts)
  expect(await revisionOf(folder, 'camera')).toBe(contracts)
})

test('what is not committed marks the images that it goes into, and no other', async () => {
  const last = commit('apps/weather/src/main.ts')
  write('apps/weather/src/main.ts', 'changed')
  write('docs/deploy.md', 'changed')
  expect(await revisionOf(folder, 'weather')).toBe(`${last}-dirty`)
  expect(await revisionOf(folder, 'camera')).not.toContain('dirty')
})

test('a folder without git has none', async () => {
  const bare = mkdtempSync(join(tmpdir(), 'tailboard-revision-'))
  expect(await revisionOf(bare, 'weather')).toBe('')
  rmSync(bare, { recursive: true })
})
