import { TailboardError } from '@tailboard/contracts'

/** /proc/loadavg: `0.20 0.18 0.12 1/80 11206`. @throws TailboardError `malformed` */
export function parseLoad(text: string): { load1: number; load5: number; load15: number } {
  const match = /^(\d+\.\d+) (\d+\.\d+) (\d+\.\d+) /.exec(text)
  if (match === null) throw new TailboardError('malformed', '/proc/loadavg is not as expected')
  return { load1: Number(match[1]), load5: Number(match[2]), load15: Number(match[3]) }
}

/** /proc/uptime in seconds. @throws TailboardError `malformed` */
export function parseUptime(text: string): number {
  const match = /^(\d+(\.\d+)?) /.exec(text)
  if (match === null) throw new TailboardError('malformed', '/proc/uptime is not as expected')
  return Number(match[1])
}
