import type { SystemStatus } from '@tailboard/contracts'
import type Docker from 'dockerode'
import { bounded, hasStatus } from '../docker/engine.ts'
import { labelOf } from '../docker/labels.ts'
import type { Environments } from './wanted-environment.ts'

type Service = SystemStatus['services'][number]
type Inspect = Docker.ContainerInspectInfo

/** More than a project of ours can have; the contract's own limit. */
const mostServices = 64

/** What of a project runs, what it costs, and which variables are not those of the files any more. */
export async function readStatus(
  docker: Docker,
  project: string,
  wanted: Environments,
): Promise<Pick<SystemStatus, 'services' | 'changedVariables'>> {
  const label = [`${labelOf.project}=${project}`, `${labelOf.oneoff}=False`]
  const containers = await bounded(docker.listContainers({ all: true, filters: { label } }))
  const services: Service[] = []
  const changedVariables: SystemStatus['changedVariables'] = []
  // One after another: what many answers at once would hold, this process has no memory for.
  for (const { Id } of containers.slice(0, mostServices)) {
    const inspect = await ifThere(docker.getContainer(Id).inspect())
    if (inspect === null) continue
    const service = inspect.Config.Labels[labelOf.service] ?? ''
    const memoryBytes = inspect.State.Running ? await memoryOf(docker, Id) : null
    services.push(serviceOf(service, inspect, memoryBytes))
    // One that is not running gets the new values at its next start.
    if (!inspect.State.Running) continue
    for (const name of changedNames(inspect.Config.Env, wanted.get(service) ?? new Map())) {
      if (changedVariables.length < mostServices) changedVariables.push({ service, name })
    }
  }
  services.sort((a, b) => (a.service < b.service ? -1 : 1))
  return { services, changedVariables }
}

export function serviceOf(service: string, inspect: Inspect, memoryBytes: number | null): Service {
  const { State, Config, HostConfig, RestartCount } = inspect
  const health = State.Health?.Status
  const upSinceS = State.Running ? Math.max(0, (Date.now() - Date.parse(State.StartedAt)) / 1000) : null
  return {
    service,
    state: State.Running && health !== undefined && health !== 'healthy' ? health : State.Status,
    version: /:([^:/]+)$/.exec(Config.Image)?.[1] ?? null,
    upSinceS,
    memoryBytes,
    memoryLimitBytes: HostConfig.Memory ? HostConfig.Memory : null,
    restarts: RestartCount,
  }
}

/** As `docker stats` counts: without the page cache that can be dropped. Null where the memory cgroup is off. */
export function memoryUsed(stats: {
  memory_stats?: { usage?: number; stats?: Record<string, number> }
}): number | null {
  const { usage, stats: parts } = stats.memory_stats ?? {}
  if (usage === undefined) return null
  return Math.max(0, usage - (parts?.inactive_file ?? parts?.total_inactive_file ?? 0))
}

/** Names of variables that the files give another value than the container has. */
export function changedNames(
  actual: readonly string[] | null,
  wanted: ReadonlyMap<string, string>,
): string[] {
  const has = new Set(actual ?? [])
  return [...wanted].filter(([name, value]) => !has.has(`${name}=${value}`)).map(([name]) => name)
}

async function memoryOf(docker: Docker, id: string): Promise<number | null> {
  // One sample, and no stream that stays open.
  const stats = await ifThere(docker.getContainer(id).stats({ stream: false, 'one-shot': true }))
  return stats === null ? null : memoryUsed(stats)
}

/** What an engine says of a container; null when that is gone meanwhile. */
async function ifThere<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await bounded(call)
  } catch (error) {
    if (hasStatus(error, 404, 409)) return null
    throw error
  }
}
