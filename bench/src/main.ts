// `make bench`: the table of what the mission promises, measured on the real engine. docs/performance.md says how.
//   node bench/src/main.ts [--short] [--built] [--only PART]...    (--built: the images are taken as they are)
import { parseArgs } from 'node:util'
import { Project, repository } from '@tailboard/stack'
import { camera } from './camera.ts'
import { coldStart } from './cold-start.ts'
import { fanOut } from './fan-out.ts'
import { firstLoad } from './first-load.ts'
import { firstNumber } from './first-number.ts'
import { healthChecks } from './health-checks.ts'
import { history } from './history.ts'
import { idle } from './idle.ts'
import { machineNow } from './machine.ts'
import { manyClients } from './many-clients.ts'
import { onOwnEngine } from './on-own-engine.ts'
import { measureAll, type Part } from './part.ts'
import { pollRuns } from './poll-run.ts'
import { writeResults } from './results.ts'
import { exitCode, printTable, type Row } from './row.ts'
import { sensehat } from './sensehat.ts'

const aTest = 'it takes a minute, and a test of make test holds it to account'
const aTime = 'a time that is no ratio, and CI may be busy'

/** In this order. One more is a file beside this one, and a line here. */
const parts: Part[] = [
  { name: 'cold start', measure: coldStart },
  { name: 'idle', measure: idle },
  { name: 'health checks', measure: healthChecks },
  { name: 'poll runs', measure: pollRuns },
  { name: 'fan-out', measure: fanOut, notShort: aTime },
  { name: 'many clients', measure: manyClients },
  { name: 'first load', measure: firstLoad },
  { name: 'first number', measure: firstNumber, notShort: aTime },
  { name: 'own engine', measure: onOwnEngine, notShort: 'it takes minutes, and a disk of its own' },
  { name: 'camera', measure: camera, notShort: aTest },
  { name: 'sensehat', measure: sensehat, notShort: 'it takes a minute, and the mission has no line for it' },
  { name: 'history', measure: history, notShort: aTest },
]

const { values: options } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    built: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
  },
})
const unknown = (options.only ?? []).filter((name) => !parts.some((part) => part.name === name))
if (unknown.length > 0) {
  process.stderr.write(
    `bench: no part ${unknown.join(', ')}; there are: ${parts.map(({ name }) => name).join(', ')}\n`,
  )
  process.exit(2)
}

const project = new Project('bench')
const chosen = parts.filter(({ name }) => options.only?.includes(name) ?? true)
let rows: Row[]
try {
  await project.create()
  if (!options.built) {
    say('building the images')
    await project.compose('--profile', '*', 'build')
  }
  await project.up()
  rows = await measureAll(chosen, { project, isShort: options.short }, say)
} finally {
  await project.remove()
}

const machine = await machineNow()
process.stdout.write(`\n${printTable(rows)}\n\n${machine.words}\n`)
// Some parts are no table of all: they must not pass for one.
const form = options.short ? 'short' : 'full'
writeResults(repository, { name: options.only === undefined ? form : 'parts', machine, rows })
process.exitCode = exitCode(rows)

function say(what: string): void {
  process.stderr.write(`bench: ${Math.round(performance.now() / 1000)} s: ${what}\n`)
}
