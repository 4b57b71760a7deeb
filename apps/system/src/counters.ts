import * as v from 'valibot'
import type { DiskCounters } from './disk.ts'
import type { NetworkInterface } from './network.ts'
import { busyPercent, type CpuCounters } from './proc-stat.ts'

const count = v.pipe(v.number(), v.finite())
const ticks = v.array(count)

/** What one run counted, kept for the next. `ms` is the monotonic clock of that boot. */
export const countersSchema = v.object({
  boot: v.string(),
  ms: count,
  cpu: v.object({ all: ticks, cores: v.array(v.nullable(ticks)) }),
  /** By name: received and sent bytes. */
  network: v.record(v.string(), v.tuple([count, count])),
  disk: v.nullable(v.object({ disk: v.string(), readBytes: count, writtenBytes: count })),
})
export type Counters = v.InferOutput<typeof countersSchema>

export function toCounters(
  at: { boot: string; ms: number },
  cpu: CpuCounters,
  network: NetworkInterface[],
  disk: DiskCounters | null,
): Counters {
  const bytes = network.map((own): [string, [number, number]] => [
    own.name,
    [own.receivedBytes, own.sentBytes],
  ])
  return { ...at, cpu, network: Object.fromEntries(bytes), disk }
}

/** Rates between two runs; each null when it can't be told. */
export interface Rates {
  cpuPercent: number | null
  perCorePercent: (number | null)[]
  disk: { readBytesPerS: number | null; writtenBytesPerS: number | null }
  network(name: string): { receivedBytesPerS: number | null; sentBytesPerS: number | null }
}

/** @param mostMs a run longer ago than this tells nothing of now */
export function ratesBetween(last: Counters | null, now: Counters, mostMs: number): Rates {
  const passedMs = last === null || last.boot !== now.boot ? 0 : now.ms - last.ms
  const before = passedMs > 0 && passedMs <= mostMs ? last : null
  // One counter that began anew means that the thing itself did: its others are not comparable either.
  const perSecond = (from: number[] | undefined, to: number[] | undefined) =>
    from === undefined || to === undefined || to.some((value, index) => value < (from[index] ?? 0))
      ? null
      : to.map((value, index) => ((value - (from[index] ?? 0)) * 1000) / passedMs)
  const isSameDisk = before?.disk?.disk === now.disk?.disk
  const disk = isSameDisk ? perSecond(diskBytes(before), diskBytes(now)) : null
  return {
    cpuPercent: before === null ? null : busyPercent(before.cpu.all, now.cpu.all),
    perCorePercent: now.cpu.cores.map((core, index) => {
      const was = before?.cpu.cores[index]
      return core === null || was == null ? null : busyPercent(was, core)
    }),
    disk: { readBytesPerS: disk?.[0] ?? null, writtenBytesPerS: disk?.[1] ?? null },
    network(name) {
      const rates = perSecond(before?.network[name], now.network[name])
      return { receivedBytesPerS: rates?.[0] ?? null, sentBytesPerS: rates?.[1] ?? null }
    },
  }
}

function diskBytes(counters: Counters | null): number[] | undefined {
  const disk = counters?.disk
  return disk == null ? undefined : [disk.readBytes, disk.writtenBytes]
}
