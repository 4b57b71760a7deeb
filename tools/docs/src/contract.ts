// Writes docs/contract.md and .env.example from packages/contracts.
//   node tools/docs/src/contract.ts            node tools/docs/src/contract.ts --check: fails when one is stale
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { renderContract } from './contract-page.ts'
import { difference } from './difference.ts'
import { renderEnvExample } from './env-example.ts'

const root = join(import.meta.dirname, '../../..')
const documents: [string, string][] = [
  ['docs/contract.md', renderContract()],
  ['.env.example', renderEnvExample()],
]

function held(path: string): string {
  try {
    return readFileSync(join(root, path), 'utf8')
  } catch {
    return ''
  }
}

const isCheck = process.argv.includes('--check')
for (const [path, wanted] of documents) {
  const lines = difference(held(path), wanted)
  if (lines.length === 0) continue
  if (isCheck) {
    console.log(`${path} is not what the contracts say. Run: node tools/docs/src/contract.ts`)
    for (const line of lines) console.log(`  ${line}`)
    process.exitCode = 1
  } else {
    writeFileSync(join(root, path), wanted)
    console.log(`wrote ${path}`)
  }
}
