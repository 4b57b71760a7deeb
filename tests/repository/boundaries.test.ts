import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { root, trackedFiles } from './repository.ts'

let copy: string

// Manifests and tags alone: what the rules are about, with one file of the test's own in it.
beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), 'tailboard-boundaries-'))
  for (const path of trackedFiles()) {
    if (
      !/^(pnpm-(lock|workspace)\.yaml|turbo\.json|package\.json|[a-z]+(\/[a-z0-9]+)?\/(package|turbo)\.json)$/.test(
        path,
      )
    )
      continue
    mkdirSync(dirname(join(copy, path)), { recursive: true })
    cpSync(join(root, path), join(copy, path))
  }
})
afterEach(() => rmSync(copy, { recursive: true }))

function boundaries(): { isFine: boolean; output: string } {
  const { status, stdout, stderr } = spawnSync(join(root, 'node_modules/.bin/turbo'), ['boundaries'], {
    cwd: copy,
    encoding: 'utf8',
    env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1' },
  })
  return { isFine: status === 0, output: `${stdout}${stderr}` }
}

function depend(folder: string, name: string): void {
  const path = join(copy, folder, 'package.json')
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as { dependencies?: Record<string, string> }
  manifest.dependencies = { ...manifest.dependencies, [name]: 'workspace:*' }
  writeFileSync(path, JSON.stringify(manifest))
}

function write(path: string, text: string): void {
  mkdirSync(dirname(join(copy, path)), { recursive: true })
  writeFileSync(join(copy, path), text)
}

test('as it stands nothing is wrong', () => {
  const { isFine, output } = boundaries()
  expect(output).toContain('no issues found')
  expect(isFine).toBe(true)
})

test.each([
  ['packages/contracts', '@tailboard/service', 'contracts imports nothing of ours'],
  ['packages/service', '@tailboard/bundle', 'service imports contracts alone'],
  ['apps/gateway', '@tailboard/orchestrator', 'apps never import each other'],
  ['apps/system', '@tailboard/gateway', 'apps never import each other'],
  ['apps/gateway', '@tailboard/front', 'apps import no tool'],
  ['apps/frontend', '@tailboard/service', 'the page imports contracts alone'],
  ['tools/demo', '@tailboard/gateway', 'tools import no app'],
])('%s may not depend on %s: %s', (folder, name) => {
  depend(folder, name)
  // Without the import turbo would see the manifest alone.
  write(`${folder}/src/forbidden.ts`, `import '${name}'\n`)
  const { isFine, output } = boundaries()
  expect(output).toContain(name)
  expect(isFine).toBe(false)
})

test('what is not in the manifest can’t be imported', () => {
  write('apps/frontend/src/forbidden.ts', "import '@tailboard/service'\n")
  expect(boundaries().isFine).toBe(false)
})

test('a path can’t lead into another package', () => {
  write('apps/orchestrator/src/main.ts', 'export const x = 1\n')
  write('apps/gateway/src/forbidden.ts', "import { x } from '../../orchestrator/src/main.ts'\nexport { x }\n")
  expect(boundaries().isFine).toBe(false)
})
