import { readdirSync, readFileSync } from 'node:fs'

/** What /proc/PID/stat says: parent, group, and the tick it started at, which tells a process from a later one of its number. */
function readStat(pid: number): { parent: number; group: number; started: string } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name, in parentheses, may hold spaces and parentheses itself.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { parent: Number(fields[1]), group: Number(fields[2]), started: fields[19] ?? '' }
  } catch {
    return null
  }
}

/** Tells this process from any other, also from a later one with the same number. Empty where there is no /proc. */
export function processMark(pid: number): string {
  return readStat(pid)?.started ?? ''
}

/** Whether a process still lives. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Every process below `pid`, children first, whatever group they put themselves in. Empty where there is no /proc. */
export function descendants(pid: number): number[] {
  let pids: number[]
  try {
    pids = readdirSync('/proc').map(Number).filter(Number.isInteger)
  } catch {
    return []
  }
  const parents = new Map(pids.map((each) => [each, readStat(each)?.parent]))
  const found: number[] = []
  for (let level = [pid]; level.length > 0; ) {
    level = pids.filter((each) => level.includes(parents.get(each) ?? -1))
    found.push(...level)
  }
  return found
}

/** Sends a signal to a process, or with a negative number to its group. One that is gone already is no problem. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
