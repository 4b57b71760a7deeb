import { TailboardError } from '@tailboard/contracts'
import { type HostRoots, readIfThere } from './host-files.ts'

/** The share of the last minute in which some task waited, in percent. @throws TailboardError `malformed` */
export function parsePressure(text: string): number {
  const match = /^some .*\bavg60=(\d+(\.\d+)?)/m.exec(text)
  if (match === null) throw new TailboardError('malformed', 'A file of /proc/pressure is not as expected')
  return Math.min(100, Number(match[1]))
}

/** Null where the kernel does not count it: Raspberry Pi OS needs psi=1 in cmdline.txt. */
export async function readPressure({ procPath }: HostRoots) {
  const [cpu, memory, io] = await Promise.all(
    ['cpu', 'memory', 'io'].map((resource) => readIfThere(`${procPath}/pressure/${resource}`)),
  )
  if (cpu == null || memory == null || io == null) return null
  return {
    cpuPercent: parsePressure(cpu),
    memoryPercent: parsePressure(memory),
    ioPercent: parsePressure(io),
  }
}
