// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the syntax of Compose and Dockerfiles
import { execFile } from 'node:child_process'
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { contextEntries } from './build-context.ts'
import { BuildOutput } from './build-output.ts'
import { parseDockerIgnore } from './docker-ignore.ts'
import { baseImages } from './dockerfile.ts'
import { tarStream } from './tar.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'tb-build-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('the build context', () => {
  it('arrives as it is, less what is ignored, long names and all', async () => {
    const source = path.join(folder, 'from')
    const target = path.join(folder, 'to')
    const long = `${'d'.repeat(90)}/${'e'.repeat(90)}/${'f'.repeat(90)}`
    const tooLong = `${'g'.repeat(200)}-ü`
    await mkdir(path.join(source, long), { recursive: true })
    await mkdir(path.join(source, 'node_modules/a'), { recursive: true })
    await mkdir(target)
    await writeFile(path.join(source, long, 'deep'), 'x'.repeat(100_000))
    await writeFile(path.join(source, tooLong), 'long')
    await writeFile(path.join(source, 'node_modules/a/index.js'), '')
    await writeFile(path.join(source, 'empty'), '')
    await writeFile(path.join(source, 'run.sh'), '#!/bin/sh')
    await chmod(path.join(source, 'run.sh'), 0o755)
    await symlink('run.sh', path.join(source, 'link'))
    await writeFile(path.join(source, 'Dockerfile'), 'FROM scratch')
    await writeFile(path.join(source, '.dockerignore'), '**/node_modules\nDockerfile\n')

    await new Promise<void>((resolve, reject) => {
      const tar = execFile('tar', ['-x', '-C', target], (error) => (error ? reject(error) : resolve()))
      if (tar.stdin !== null) tarStream(contextEntries(source, 'Dockerfile')).pipe(tar.stdin)
    })
    expect((await readdir(target)).sort()).toEqual(
      ['.dockerignore', 'Dockerfile', 'd'.repeat(90), 'empty', tooLong, 'link', 'run.sh'].sort(),
    )
    expect(await readFile(path.join(target, long, 'deep'), 'utf8')).toHaveLength(100_000)
    expect(await readFile(path.join(target, tooLong), 'utf8')).toBe('long')
    expect(await readlink(path.join(target, 'link'))).toBe('run.sh')
    expect((await stat(path.join(target, 'run.sh'))).mode & 0o777).toBe(0o755)
  })

  it('says when the Dockerfile is not there', async () => {
    await expect(contextEntries(folder, 'apps/x/Dockerfile').next()).rejects.toMatchObject({
      kind: 'missing-image',
      message: expect.stringContaining('apps/x/Dockerfile'),
    })
  })
})

describe('parseDockerIgnore', () => {
  const rules = parseDockerIgnore(
    '# why\n/dist/\n**/*.test.ts\ndocs/*\n!docs/keep.md\n.env.*\n!.env.example\na?c\n[xy].txt\n',
  )
  it.each([
    ['dist', true],
    ['dist/a/b', true],
    ['apps/dist', false],
    ['a.test.ts', true],
    ['apps/x/a.test.ts', true],
    ['docs/a.md', true],
    ['docs/keep.md', false],
    ['docs/a/b', true],
    ['.env.local', true],
    ['.env.example', false],
    ['.env', false],
    ['abc', true],
    ['a/c', false],
    ['x.txt', true],
  ])('%s: %s', (name, isIgnored) => expect(rules.isIgnored(name)).toBe(isIgnored))

  it('goes on into an ignored folder only where something may be taken in again', () => {
    const again = parseDockerIgnore('docs\n!docs/keep.md')
    expect(again.isIgnored('docs') && again.mayReenter('docs')).toBe(true)
    expect(again.isIgnored('docs/keep.md')).toBe(false)
    expect(parseDockerIgnore('docs\n!other/x').mayReenter('docs')).toBe(false)
  })
})

it('finds the images that a Dockerfile stands on', () => {
  const text = [
    '# FROM commented',
    'ARG NODE=24',
    'ARG BASE="debian:trixie-slim"',
    'FROM --platform=$BUILDPLATFORM node:${NODE}-trixie-slim AS Build',
    'COPY --from=build /a /b',
    'FROM ${BASE} as rest',
    'COPY --from=0 /a /b',
    'RUN --mount=type=bind,from=busybox:1,target=/x \\',
    '  true',
    'FROM scratch',
    'COPY --from=nginx:1-alpine / /',
    'FROM rest',
  ].join('\n')
  expect(baseImages(text, { NODE: '26' })).toEqual([
    'node:26-trixie-slim',
    'debian:trixie-slim',
    'busybox:1',
    'nginx:1-alpine',
  ])
})

it('keeps the last lines of a build, cut anywhere, and its error', () => {
  const log = (text: string) => {
    const message = Buffer.from(text)
    const inner = Buffer.concat([Buffer.from([0x18, 1, 0x22, message.length]), message])
    return Buffer.concat([Buffer.from([0x1a, inner.length]), inner]).toString('base64')
  }
  const stream = [
    ...Array.from({ length: 30 }, (_, index) =>
      JSON.stringify({ id: 'moby.buildkit.trace', aux: log(`step ${index}\n`) }),
    ),
    JSON.stringify({ error: 'exit code: 7' }),
  ].join('\r\n')
  const output = new BuildOutput(3)
  for (let at = 0; at < stream.length; at += 7) output.push(stream.slice(at, at + 7))
  output.end()
  expect(output.lines).toEqual(['step 28', 'step 29', 'exit code: 7'])
  expect(output.error).toBe('exit code: 7')
})
