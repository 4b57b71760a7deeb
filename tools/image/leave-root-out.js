// Takes the workspace's own tools (linter, test runner, a second node) out of manifest and lock file before an image's
// install: pnpm installs them along with any other package, and together they are larger than all the rest.
import { readFileSync, writeFileSync } from 'node:fs'

const manifest = JSON.parse(readFileSync('package.json', 'utf8'))
delete manifest.devDependencies
delete manifest.optionalDependencies
writeFileSync('package.json', JSON.stringify(manifest))

const lock = readFileSync('pnpm-lock.yaml', 'utf8')
const ofRoot = /^ {2}\.:\n(?:(?: {4}.*)?\n)*/m
if (!ofRoot.test(lock)) throw new Error('pnpm-lock.yaml has no importer for the workspace itself')
writeFileSync('pnpm-lock.yaml', lock.replace(ofRoot, '  .: {}\n\n'))
