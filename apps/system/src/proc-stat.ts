import { TailboardError } from '@tailboard/contracts'

/** Ticks since boot: user, nice, system, idle, iowait, irq, softirq, steal. Guest time is counted in user already. */
export type CpuTicks = number[]

export interface CpuCounters {
  all: CpuTicks
  /** By the core's number; null for one that is offline. */
  cores: (CpuTicks | null)[]
}

const fields = 8
const idle = 3
const iowait = 4
const steal = 7
const mostCores = 64

/** /proc/stat. @throws TailboardError `malformed` */
export function parseProcStat(text: string): CpuCounters {
  let all: CpuTicks | null = null
  const cores: (CpuTicks | null)[] = []
  for (const line of text.split('\n')) {
    const match = /^cpu(\d*)\s+(.*)$/.exec(line)
    if (match === null) continue
    const ticks = (match[2] ?? '').trim().split(/\s+/).slice(0, fields).map(Number)
    if (ticks.length < fields || !ticks.every((value) => Number.isFinite(value) && value >= 0)) {
      throw new TailboardError('malformed', `A line of /proc/stat is not as expected: ${line}`)
    }
    const core = Number(match[1])
    if (match[1] === '') all = ticks
    else if (core < mostCores) {
      while (cores.length < core) cores.push(null)
      cores[core] = ticks
    }
  }
  if (all === null) throw new TailboardError('malformed', '/proc/stat has no line for the processor')
  return { all, cores }
}

/** How busy between two moments, in percent; null when that can't be said (no time passed, a counter was reset). */
export function busyPercent(before: CpuTicks, now: CpuTicks): number | null {
  let total = 0
  let resting = 0
  for (let field = 0; field < fields; field += 1) {
    const passed = (now[field] ?? 0) - (before[field] ?? 0)
    // The kernel lets these three go back a little at times; the others only when counting began anew.
    const mayGoBack = field === idle || field === iowait || field === steal
    if (passed < 0 && !mayGoBack) return null
    total += Math.max(0, passed)
    if (field === idle || field === iowait) resting += Math.max(0, passed)
  }
  return total === 0 ? null : (100 * (total - resting)) / total
}
