import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { configText, makeKernelHat, until } from '@tailboard/stack'
import { type ContainerCost, readCost } from './container.ts'
import type { Bench } from './part.ts'
import { judge, megabytes, type Row } from './row.ts'

const minuteMs = 60_000
const service = 'source-sensehat'

/** The Sense HAT's service with its child, at the kernel's files of a HAT, ten idle minutes at five seconds a reading, in 64m. */
export async function sensehat({ project, isShort }: Bench): Promise<Row[]> {
  const config = await project.readFile('config/tailboard.yaml').catch(() => null)
  await project.writeFile('config/tailboard.yaml', configText({ sensehat: {} }))
  const folder = await mkdtemp(join(tmpdir(), 'tailboard-hat-'))
  const services = { [service]: await makeKernelHat(folder) }
  await project.writeFile('sensehat.yml', JSON.stringify({ services }))
  const { overrides } = project
  project.overrides = [...overrides, 'sensehat.yml']
  try {
    await project.up()
    const ms = (isShort ? 1 : 10) * minuteMs
    const { Id } = await project.inspect(service)
    await until('the child', async () =>
      (await project.compose('logs', service)).includes('process is ready'),
    )
    const before = await readCost(Id)
    await sleep(ms)
    return rows(before, await readCost(Id), ms)
  } finally {
    project.overrides = overrides
    if (config !== null) await project.writeFile('config/tailboard.yaml', config)
    await project.up()
    await rm(folder, { recursive: true })
  }
}

function rows(before: ContainerCost, cost: ContainerCost, ms: number): Row[] {
  const minutes = ms / minuteMs
  const perMinuteS = (cost.cpuMs - before.cpuMs) / 1000 / minutes
  const isWell = !cost.wasKilledForMemory && cost.restarts === 0
  return [
    {
      measure: `Sense HAT, idle, after ${minutes} min: memory`,
      goal: '45 MB',
      line: '64 MiB, no OOM',
      measured: `${megabytes(cost.usedBytes)}, ${megabytes(cost.anonymousBytes)} of it anonymous`,
      how: `as docker stats, both processes: the service and node-sense-hat’s; ${cost.majorFaults - before.majorFaults} major page faults`,
      ...judge(isWell ? cost.usedBytes : Number.POSITIVE_INFINITY, { goal: 45e6, line: cost.limitBytes }),
    },
    {
      measure: 'Sense HAT, a reading every 5 s: processor a minute',
      goal: '0.1 s',
      line: '0.5 s',
      measured: `${perMinuteS.toFixed(3)} s`,
      how: `the control group’s own count over ${minutes} min`,
      ...judge(perMinuteS, { goal: 0.1, line: 0.5 }),
    },
  ]
}
