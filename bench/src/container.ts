import { readFileSync } from 'node:fs'
import { docker } from '@tailboard/stack'
import { Group } from './group.ts'

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
  /** What its processes dirtied of files on a disk, since start (B): tmpfs does not count, and what was deleted in time neither. */
  writtenBytes: number
  wasKilledForMemory: boolean
  restarts: number
  /** Begun with the stack, and again whenever it ends. */
  livesAlways: boolean
}

/** Field 12 of /proc/PID/stat, counted after the name, which may hold spaces. */
function majorFaultsOf(pid: string): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[9])
}

/** By process, since cgroup v1 counts buffered writes for nobody. */
export function writtenBytesOf(pid: string): number {
  const io = readFileSync(`/proc/${pid}/io`, 'utf8')
  const field = (name: string) => Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(io)?.[1])
  return field('write_bytes') - field('cancelled_write_bytes')
}

/** Reads one running container's cost, from the kernel's own files. */
export async function readCost(id: string): Promise<ContainerCost> {
  const { Config, HostConfig, State, RestartCount } = await docker.getContainer(id).inspect()
  const group = Group.ofProcess(State.Pid)
  const processes = group.processes()
  const sum = (read: (pid: string) => number) => processes.reduce((total, pid) => total + read(pid), 0)
  const { anonymousBytes, inactiveFileBytes } = group.memory()
  return {
    service: Config.Labels['com.docker.compose.service'] ?? '',
    usedBytes: group.memoryUsage() - inactiveFileBytes,
    anonymousBytes,
    limitBytes: HostConfig.Memory ?? 0,
    cpuMs: group.cpuMs(),
    majorFaults: sum(majorFaultsOf),
    writtenBytes: sum(writtenBytesOf),
    wasKilledForMemory: State.OOMKilled,
    restarts: RestartCount,
    livesAlways: HostConfig.RestartPolicy?.Name === 'unless-stopped',
  }
}
