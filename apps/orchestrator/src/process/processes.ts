import { readdir, readFile } from 'node:fs/promises'

/**
 * Processes that run one of `entries` (a script's path, to its name) as their first argument and have all of `variables`
 * (NAME=value) in their environment: pids by name. Empty where there is no /proc.
 */
export async function findProcesses(
  entries: ReadonlyMap<string, string>,
  variables: readonly string[],
  proc = '/proc',
): Promise<Map<string, number[]>> {
  const found = new Map<string, number[]>()
  for (const pid of await readdir(proc).catch(() => [])) {
    if (!/^\d+$/.test(pid)) continue
    const name = entries.get((await words(`${proc}/${pid}/cmdline`))[1] ?? '')
    if (name === undefined) continue
    const environment = new Set(await words(`${proc}/${pid}/environ`))
    if (variables.every((variable) => environment.has(variable))) {
      found.set(name, [...(found.get(name) ?? []), Number(pid)])
    }
  }
  return found
}

/** Resident memory of a process (B); null when it is gone. */
export async function memoryBytesOf(pid: number, proc = '/proc'): Promise<number | null> {
  const status = await readFile(`${proc}/${pid}/status`, 'utf8').catch(() => '')
  const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]
  return kilobytes === undefined ? null : Number(kilobytes) * 1024
}

/** A file of words that end in NUL; empty when it can't be read (the process ended, or is another user's). */
async function words(path: string): Promise<string[]> {
  return (await readFile(path, 'utf8').catch(() => '')).split('\0').filter((word) => word !== '')
}
