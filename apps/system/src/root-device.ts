import { readlink } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { asTailboardError, type HostRoots, isAbsent, readIfThere, readRequired } from './host-files.ts'

interface Mount {
  /** major:minor */
  number: string
  point: string
  type: string
  source: string
  options: string[]
}

export interface RootDevice {
  /** The partition's name, as `mmcblk0p2`; null when no block device stands behind `/`. */
  partition: string | null
  /** The whole disk's name, as `mmcblk0`. */
  disk: string | null
  isReadOnly: boolean
}

/** /proc/1/mountinfo. Blanks and such are written as octal numbers there. */
export function parseMountinfo(text: string): Mount[] {
  const found = []
  for (const line of text.split('\n')) {
    const [head, tail] = line.split(' - ')
    const [, , number, , point, own] = head?.split(' ') ?? []
    const [type, source, whole] = tail?.split(' ') ?? []
    if (number === undefined || point === undefined || type === undefined || source === undefined) continue
    const options = [own, whole].flatMap((list) => list?.split(',') ?? []).map(withoutOctals)
    found.push({ number, point: withoutOctals(point), type, source: withoutOctals(source), options })
  }
  return found
}

function withoutOctals(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}

/**
 * The mount that holds `/`, and the one whose device lies beneath it: with a write-protected card `/` is an overlay,
 * and the card is its lower layer.
 */
export function findRoot(mounts: Mount[]): { root: Mount; beneath: Mount } | null {
  // What was mounted last lies on top.
  const root = mounts.findLast(({ point }) => point === '/')
  if (root === undefined) return null
  const lower = root.options.find((option) => option.startsWith('lowerdir='))?.slice('lowerdir='.length)
  const lowest = lower?.split(':').at(-1)
  return { root, beneath: mounts.findLast(({ point }) => point === lowest) ?? root }
}

/** @throws TailboardError when process 1 is hidden or its mounts can't be read */
export async function readRootDevice(roots: HostRoots): Promise<RootDevice | null> {
  const found = findRoot(parseMountinfo(await readRequired(`${roots.procPath}/1/mountinfo`)))
  if (found === null) return null
  // `emergency_ro` is what newer kernels set when a file system's errors made them stop writing.
  const isReadOnly = found.root.options.some((option) => option === 'ro' || option === 'emergency_ro')
  const { number, source } = found.beneath
  const path =
    (await followLink(`${roots.sysPath}/dev/block/${number}`)) ??
    // btrfs and /dev/root: the number is no device's, the name may be.
    (source.startsWith('/dev/') ? await followLink(`${roots.sysPath}/class/block/${basename(source)}`) : null)
  if (path === null) return { partition: null, disk: null, isReadOnly }
  const partition = basename(path)
  const isPart = (await readIfThere(`${roots.sysPath}/class/block/${partition}/partition`)) !== null
  return { partition, disk: isPart ? basename(dirname(path)) : partition, isReadOnly }
}

async function followLink(path: string): Promise<string | null> {
  try {
    return await readlink(path)
  } catch (error) {
    if (isAbsent(error)) return null
    throw asTailboardError(error, path)
  }
}
