import { existsSync, readFileSync } from 'node:fs'
import { docker } from '@tailboard/stack'

/** What the kernel says of one running container. */
export interface ContainerCost {
  service: string
  /** As `docker stats` shows it: usage less the inactive page cache (B). */
  usedBytes: number
  /** Anonymous memory: what can't be dropped and read again (B). */
  anonymousBytes: number
  limitBytes: number
  /** Processor time since start (ms). */
  cpuMs: number
  /** Page faults that had to wait for the disk, of every process in it, since start. */
  majorFaults: number
  wasKilledForMemory: boolean
  restarts: number
  /** Begun with the stack, and again whenever it ends. */
  livesAlways: boolean
}

/** Fields of a memory.stat, of cgroup v1 (`total_*`) or v2. */
export function parseMemoryStat(text: string): { anonymousBytes: number; inactiveFileBytes: number } {
  const field = (...names: string[]) => {
    for (const name of names) {
      const found = new RegExp(`^${name} (\\d+)$`, 'm').exec(text)
      if (found !== null) return Number(found[1])
    }
    throw new Error(`memory.stat has none of ${names.join(', ')}`)
  }
  return {
    anonymousBytes: field('total_rss', 'anon'),
    inactiveFileBytes: field('total_inactive_file', 'inactive_file'),
  }
}

interface CgroupFiles {
  memoryStat: string
  memoryUsage: string
  /** Nanoseconds (v1) or the text of cpu.stat (v2). */
  cpu: string
  processes: string
}

function cgroupFiles(id: string): CgroupFiles {
  const v1 = (controller: string) => `/sys/fs/cgroup/${controller}/docker/${id}`
  if (existsSync(v1('memory'))) {
    return {
      memoryStat: `${v1('memory')}/memory.stat`,
      memoryUsage: `${v1('memory')}/memory.usage_in_bytes`,
      cpu: `${v1('cpuacct')}/cpuacct.usage`,
      processes: `${v1('memory')}/cgroup.procs`,
    }
  }
  for (const v2 of [`/sys/fs/cgroup/system.slice/docker-${id}.scope`, `/sys/fs/cgroup/docker/${id}`]) {
    if (!existsSync(v2)) continue
    const files = {
      memoryStat: 'memory.stat',
      memoryUsage: 'memory.current',
      cpu: 'cpu.stat',
      processes: 'cgroup.procs',
    }
    return Object.fromEntries(
      Object.entries(files).map(([key, file]) => [key, `${v2}/${file}`]),
    ) as unknown as CgroupFiles
  }
  throw new Error(`no control group of container ${id.slice(0, 12)} was found below /sys/fs/cgroup`)
}

/** Field 12 of /proc/PID/stat, counted after the name, which may hold spaces. */
function majorFaultsOf(pid: string): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[9])
}

/** Reads one running container's cost, from the kernel's own files. */
export async function readCost(id: string): Promise<ContainerCost> {
  const { Config, HostConfig, State, RestartCount } = await docker.getContainer(id).inspect()
  const files = cgroupFiles(id)
  const { anonymousBytes, inactiveFileBytes } = parseMemoryStat(readFileSync(files.memoryStat, 'utf8'))
  const cpu = readFileSync(files.cpu, 'utf8')
  const cpuMs = cpu.includes('usage_usec')
    ? Number(/usage_usec (\d+)/.exec(cpu)?.[1]) / 1_000
    : Number(cpu) / 1e6
  const processes = readFileSync(files.processes, 'utf8')
    .split('\n')
    .filter((pid) => pid !== '')
  return {
    service: Config.Labels['com.docker.compose.service'] ?? '',
    usedBytes: Number(readFileSync(files.memoryUsage, 'utf8')) - inactiveFileBytes,
    anonymousBytes,
    limitBytes: HostConfig.Memory ?? 0,
    cpuMs,
    majorFaults: processes.reduce((sum, pid) => sum + majorFaultsOf(pid), 0),
    wasKilledForMemory: State.OOMKilled,
    restarts: RestartCount,
    livesAlways: HostConfig.RestartPolicy?.Name === 'unless-stopped',
  }
}
