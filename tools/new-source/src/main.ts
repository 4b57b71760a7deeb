// Everything of a new source that can be written without knowing what it measures.
//   node tools/new-source/src/main.ts tide
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { nameProblem } from './name.ts'
import { scaffold } from './scaffold.ts'

const root = join(import.meta.dirname, '../../..')
const name = process.argv[2] ?? ''

function run(...[program = '', ...args]: string[]): void {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, CI: 'true' },
  })
  if (status === 0) return
  console.error(`${program} ${args.join(' ')} failed:\n${stdout ?? ''}${stderr ?? ''}`)
  process.exit(1)
}

const problem = nameProblem(root, name)
if (problem !== null) {
  console.error(`A source can't be called "${name}": ${problem}. Run: make new-source NAME=tide`)
  process.exit(2)
}
const written = scaffold(root, name)
run('pnpm', 'install', '--no-frozen-lockfile', '--prefer-offline')
run(
  'biome',
  'check',
  '--write',
  ...written.filter((path) => /\.(ts|json|svelte)$/.test(path) && !path.includes('/fixtures/')),
)
run('node', 'tools/docs/src/contract.ts')
for (const path of [...written, 'docs/contract.md', '.env.example', 'pnpm-lock.yaml'])
  console.log(`wrote ${path}`)
console.log(
  `\nNext: docs/adding-a-source.md. make dev shows its card with what apps/${name}/testing/double.ts answers.`,
)
