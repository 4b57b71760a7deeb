// `make bench`: the table of what the mission promises, measured on the real engine. docs/performance.md says how.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { docker, Project, repository, until } from '@tailboard/stack'
import { coldStart } from './cold-start.ts'
import { type ContainerCost, readCost } from './container.ts'
import { fanOut } from './fan-out.ts'
import { firstLoad } from './first-load.ts'
import { pollRuns } from './poll-run.ts'
import { megabytes, printTable, type Row } from './row.ts'

const { values: options } = parseArgs({ options: { short: { type: 'boolean', default: false } } })
const settleMs = options.short ? 20_000 : 60_000
const project = new Project('bench')
const rows: Row[] = []
const details: Record<string, unknown> = {}

const alwaysOn = async (): Promise<ContainerCost[]> => {
  const containers = (await project.containers()).filter(
    ({ state, service }) => state === 'running' && !service.startsWith('source-'),
  )
  return Promise.all(containers.map(({ id }) => readCost(id)))
}

try {
  await project.create()
  process.stderr.write('bench: building the images\n')
  await project.compose('--profile', '*', 'build')

  process.stderr.write('bench: cold start\n')
  rows.push(...(await coldStart(project)))

  process.stderr.write(`bench: idle for ${settleMs / 1000} s\n`)
  await until('a first run', async () => (await project.inspect('source-system')).State.Status === 'exited', {
    withinMs: 300_000,
  })
  const before = await alwaysOn()
  await sleep(settleMs)
  const after = await alwaysOn()
  details.idle = after
  rows.push(...idleRows(before, after))
  rows.push(...(await pollRuns(project)))
  rows.push(await fanOut(project, options.short ? 5 : 20))
  rows.push(await firstLoad(project))
} finally {
  await project.remove()
}

function idleRows(before: ContainerCost[], after: ContainerCost[]): Row[] {
  const sum = (costs: ContainerCost[], pick: (cost: ContainerCost) => number) =>
    costs.reduce((total, cost) => total + pick(cost), 0)
  const cpuS = ((sum(after, (c) => c.cpuMs) - sum(before, (c) => c.cpuMs)) / settleMs) * 60
  const each = after.map((c) => `${c.service} ${megabytes(c.usedBytes)}`).join(', ')
  const used = sum(after, (c) => c.usedBytes)
  const anonymous = sum(after, (c) => c.anonymousBytes)
  const faults = after.map((cost) => {
    const earlier = before.find(({ service }) => service === cost.service)
    return { service: cost.service, faults: cost.majorFaults - (earlier?.majorFaults ?? 0) }
  })
  const killed = after.filter((cost) => cost.wasKilledForMemory || cost.restarts > 0)
  return [
    {
      measure: 'always-on services idle, docker stats',
      goal: '110 MB (six)',
      line: '200 MB (six)',
      measured: `${megabytes(used)} (${after.length}, less traefik)`,
      how: `usage less inactive_file, ${settleMs / 1000} s after the first run: ${each}`,
      isHeld: used < 200e6,
    },
    {
      measure: 'the same without traefik, anonymous',
      goal: '75 MB',
      line: '110 MB',
      measured: megabytes(anonymous),
      how: 'rss/anon of memory.stat',
      isHeld: anonymous < 110e6,
    },
    {
      measure: 'major page faults in a steady minute, OOM',
      goal: 'none',
      line: 'none',
      measured: `${faults.map(({ service, faults: n }) => `${service} ${n}`).join(', ')}; ${killed.length} killed`,
      how: `majflt of each process, over ${settleMs / 1000} s`,
      isHeld: faults.every(({ faults: n }) => n === 0) && killed.length === 0,
    },
    {
      measure: 'processor, all always-on, idle minute',
      goal: '0.2 s',
      line: '1 s',
      measured: `${cpuS.toFixed(2)} s`,
      how: `cpuacct over ${settleMs / 1000} s, one poll run in it`,
      isHeld: cpuS < 1,
    },
  ]
}

const table = printTable(rows)
process.stdout.write(`\n${table}\n`)
mkdirSync(join(repository, 'bench/results'), { recursive: true })
const version = (await docker.version()).Version
writeFileSync(
  join(repository, 'bench/results/bench.json'),
  `${JSON.stringify({ engine: version, rows, details }, null, 2)}\n`,
)
if (rows.some(({ isHeld }) => isHeld === false)) process.exitCode = 1
