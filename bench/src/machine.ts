import { cpus, loadavg, release, totalmem } from 'node:os'
import { docker } from '@tailboard/stack'

/** What the figures were taken on, and how busy it was meanwhile. */
export interface Machine {
  at: string
  engine: string
  loadAverage: number[]
  words: string
}

export async function machineNow(): Promise<Machine> {
  const { ServerVersion, CgroupVersion, OperatingSystem } = (await docker.info()) as Record<string, string>
  const [first] = cpus()
  const loadAverage = loadavg().map((load) => Math.round(load * 100) / 100)
  const at = new Date().toISOString()
  return {
    at,
    engine: `${ServerVersion}`,
    loadAverage,
    words: [
      `${at.slice(0, 16)}Z`,
      `${cpus().length} × ${first?.model ?? 'unknown processor'} (${process.arch})`,
      `${Math.round(totalmem() / 1e9)} GB`,
      `${OperatingSystem}, Linux ${release()}`,
      `Docker ${ServerVersion}, cgroup v${CgroupVersion}`,
      `load average at the end ${loadAverage.join(', ')}`,
    ].join(' · '),
  }
}
