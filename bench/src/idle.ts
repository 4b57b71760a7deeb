import { setTimeout as sleep } from 'node:timers/promises'
import { type Project, until } from '@tailboard/stack'
import { type ContainerCost, readCost } from './container.ts'
import type { Bench } from './part.ts'
import { judge, megabytes, type Row } from './row.ts'

const minuteMs = 60_000
/** Read once the start is over, and again when V8 has given its start-up heap back (after the start). */
const readings = { full: [minuteMs, 6 * minuteMs], short: [20_000, 50_000] } as const

/** The services that live always, as the kernel counts them. */
async function alwaysOnCosts(project: Project): Promise<ContainerCost[]> {
  const costs: ContainerCost[] = []
  for (const { id, state } of await project.containers()) {
    const cost = state === 'running' ? await readCost(id) : null
    if (cost?.livesAlways === true) costs.push(cost)
  }
  return costs.toSorted((a, b) => a.service.localeCompare(b.service))
}

/** Nobody looks, and the polls run at their defaults: memory at one minute and at six, and the processor between the two. */
export async function idle({ project, isShort }: Bench): Promise<Row[]> {
  await project.compose('down')
  await project.up()
  const start = performance.now()
  const [firstMs, lastMs] = isShort ? readings.short : readings.full
  const settle = (untilMs: number) => sleep(Math.max(0, untilMs - (performance.now() - start)))
  await settle(firstMs)
  await until('a first run', async () => (await project.inspect('source-system')).State.Status === 'exited')
  const earlyMs = performance.now()
  const early = await alwaysOnCosts(project)
  await settle(lastMs)
  const lateMs = performance.now()
  const late = await alwaysOnCosts(project)
  return [
    ...memoryRows(early, firstMs),
    ...memoryRows(late, lastMs),
    faultRow(early, late, lateMs - earlyMs),
    processorRow(early, late, lateMs - earlyMs),
  ]
}

const sum = (costs: ContainerCost[], pick: (cost: ContainerCost) => number) =>
  costs.reduce((total, cost) => total + pick(cost), 0)

const each = (costs: ContainerCost[], write: (cost: ContainerCost) => string) =>
  costs.map((cost) => `${cost.service} ${write(cost)}`).join(', ')

/** What `after` has more than `before`, by service. */
const growth = (
  before: ContainerCost[],
  after: ContainerCost[],
  pick: (cost: ContainerCost) => number,
): ((cost: ContainerCost) => number) => {
  const then = new Map(before.map((cost) => [cost.service, pick(cost)]))
  if (after.some(({ service }) => !then.has(service))) throw new Error('a service came in between')
  return (cost) => pick(cost) - (then.get(cost.service) ?? 0)
}

const after = (ms: number) => (ms < minuteMs ? `${ms / 1000} s` : `${ms / minuteMs} min`)

function memoryRows(costs: ContainerCost[], ms: number): Row[] {
  const used = sum(costs, (cost) => cost.usedBytes)
  const anonymous = sum(costs, (cost) => cost.anonymousBytes)
  return [
    {
      measure: `always-on services idle, after ${after(ms)}`,
      goal: '110 MB (six)',
      line: '200 MB (six)',
      measured: `${megabytes(used)} (${costs.length}, less traefik)`,
      how: `as docker stats: usage less inactive_file: ${each(costs, (c) => megabytes(c.usedBytes))}`,
      ...judge(used, { goal: 110e6, line: 200e6 }),
    },
    {
      measure: `the same without traefik, anonymous, after ${after(ms)}`,
      goal: '75 MB',
      line: '110 MB',
      measured: megabytes(anonymous),
      how: `rss (v1) or anon (v2) of memory.stat: ${each(costs, (c) => megabytes(c.anonymousBytes))}`,
      ...judge(anonymous, { goal: 75e6, line: 110e6 }),
    },
  ]
}

function faultRow(before: ContainerCost[], costs: ContainerCost[], ms: number): Row {
  const faults = growth(before, costs, (cost) => cost.majorFaults)
  const killed = costs.filter((cost) => cost.wasKilledForMemory || cost.restarts > 0)
  const isFine = sum(costs, faults) === 0 && killed.length === 0
  return {
    measure: 'steady state: major page faults, OOM',
    goal: 'none',
    line: 'no OOM',
    measured: `${sum(costs, faults)} faults, ${killed.length} killed`,
    how: `majflt of each process, over ${Math.round(ms / 1000)} s: ${each(costs, (c) => `${faults(c)}`)}`,
    isReached: isFine,
    isHeld: killed.length === 0,
  }
}

function processorRow(before: ContainerCost[], costs: ContainerCost[], ms: number): Row {
  const perMinuteS = growth(before, costs, (cost) => (cost.cpuMs / 1000) * (minuteMs / ms))
  const total = sum(costs, perMinuteS)
  return {
    measure: 'processor, all always-on services, an idle minute',
    goal: '0.2 s',
    line: '1 s',
    measured: `${total.toFixed(2)} s (less traefik)`,
    how: `the control groups’ own count over ${Math.round(ms / 1000)} s, polls and health checks at their defaults: ${each(costs, (c) => perMinuteS(c).toFixed(3))}`,
    ...judge(total, { goal: 0.2, line: 1 }),
  }
}
