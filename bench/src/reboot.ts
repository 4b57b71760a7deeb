import { docker, type Project, until } from '@tailboard/stack'
import { dropCaches } from './cold-start.ts'
import { readCost } from './container.ts'
import type { OwnEngine } from './own-engine.ts'
import { judge, megabytes, type Row, seconds } from './row.ts'

interface Health {
  Health?: { Status: string }
}

/** As after a power cut: nothing in the page cache, and the engine starts every service at once, in no order. */
export async function reboot(project: Project, own: OwnEngine): Promise<Row[]> {
  await project.up()
  await own.stop()
  await dropCaches()
  const start = performance.now()
  await own.start()
  const engineMs = performance.now() - start
  let mostBytes = 0
  const services = await until(
    'every service, healthy',
    async () => {
      mostBytes = Math.max(mostBytes, own.memory().anonymousBytes)
      return areHealthy(project)
    },
    { withinMs: 120_000, everyMs: 100 },
  )
  const ms = performance.now() - start
  const costs = await Promise.all(services.map((id) => readCost(id)))
  const { kills } = own.memory()
  return [
    {
      measure: 'cold start with the engine: all at once, in 900 MB with the engine',
      goal: 'no OOM',
      line: 'ready within 30 s',
      measured: `${seconds(ms)}, ${kills} killed, ${megabytes(mostBytes)} anonymous at most`,
      how: `a second dockerd (cgroupfs, disk image read ahead by 128 kB), stopped, page cache dropped, started: ${seconds(engineMs)} until it answers, then until ${costs.length} services (less traefik) are healthy; major faults: ${costs.map((cost) => `${cost.service} ${cost.majorFaults}`).join(', ')}`,
      ...judge(kills === 0 ? ms : Number.NaN, { goal: 30_000, line: 30_000 }),
    },
  ]
}

/** The ids of those that live always, once each runs and those with a probe say that they are well. */
async function areHealthy(project: Project): Promise<string[] | false> {
  const ids: string[] = []
  for (const { id } of await project.containers()) {
    const { HostConfig, State } = await docker.getContainer(id).inspect()
    if (HostConfig.RestartPolicy?.Name !== 'unless-stopped') continue
    const { Health } = State as Health
    if (!State.Running || (Health !== undefined && Health.Status !== 'healthy')) return false
    ids.push(id)
  }
  return ids.length > 0 && ids
}
