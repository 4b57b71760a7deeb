// The checks and the tests, by name, with the counts on the last line.
//   node tests/run/main.ts check    node tests/run/main.ts test
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { addCounts, type Counts, countReport, countsLine, type VitestReport } from './counts.ts'
import { budget, builds, checks, runStep, type Step } from './steps.ts'

/** Without a redis-server hardly anything of these can run. */
const projectsThatNeedRedis = ['service', 'gateway', 'orchestrator', 'system', 'demo', 'column', 'stack']

async function runSteps(steps: Step[]): Promise<Counts> {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 }
  for (const step of steps) counts[(await runStep(step)) ? 'passed' : 'failed']++
  return counts
}

/** The tests on the engine mostly wait for it: they run one after another, beside all the others. */
async function runTests(without: Set<string>): Promise<Counts> {
  const leftOut = without.has('redis') ? projectsThatNeedRedis : ['stack']
  const groups = [
    runVitest(
      'units',
      leftOut.map((name) => `!${name}`),
    ),
  ]
  if (!without.has('redis')) groups.push(runVitest('stack', ['stack']))
  return (await Promise.all(groups)).reduce(addCounts)
}

async function runVitest(group: string, projects: string[]): Promise<Counts> {
  const report = `tests/output/${group}.json`
  mkdirSync('tests/output', { recursive: true })
  rmSync(report, { force: true })
  const filters = projects.map((name) => `--project=${name}`)
  const args = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...filters]
  const child = spawn('vitest', args, { stdio: ['ignore', 'inherit', 'inherit'] })
  const [code] = (await once(child, 'close')) as [number | null]
  try {
    const counts = countReport(JSON.parse(readFileSync(report, 'utf8')) as VitestReport)
    // An error outside of every test (a rejection that nobody took) is in no test's result.
    if (code !== 0 && counts.failed === 0) counts.failed = 1
    return counts
  } catch (error) {
    console.log(`FAIL the tests (${group}) left no report: ${error instanceof Error ? error.message : error}`)
    return { passed: 0, failed: 1, skipped: 0 }
  }
}

function printLeftOut(): void {
  const reasons = (process.env.TAILBOARD_LEFT_OUT ?? '').split('\n').filter((line) => line !== '')
  if (reasons.length === 0) return
  console.log('\n*** LEFT OUT on this machine ***')
  for (const reason of reasons) console.log(`    ${reason}`)
}

const mode = process.argv[2]
let counts: Counts
if (mode === 'check') {
  counts = await runSteps(checks)
} else if (mode === 'test') {
  const without = new Set((process.env.TAILBOARD_WITHOUT ?? '').split(','))
  counts = addCounts(await runSteps([...checks, ...builds]), await runTests(without))
  if (!without.has('engine') && !without.has('browser')) counts = addCounts(counts, await runSteps([budget]))
  printLeftOut()
} else {
  console.error('usage: node tests/run/main.ts check|test')
  process.exit(2)
}
console.log(`\n${countsLine(counts)}`)
process.exitCode = counts.failed === 0 ? 0 : 1
