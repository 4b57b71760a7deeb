import { statfs } from 'node:fs/promises'
import { TailboardError } from '@tailboard/contracts'
import { asTailboardError, type HostRoots, readIfThere, readNumberIfThere } from './host-files.ts'
import type { RootDevice } from './root-device.ts'

/** The kernel's unit here, whatever the disk's own sectors are. */
const sectorBytes = 512

export interface DiskSize {
  totalBytes: number
  usedBytes: number
  availableBytes: number
  usedPercent: number
}

/** Bytes since boot, of the whole disk. */
export interface DiskCounters {
  disk: string
  readBytes: number
  writtenBytes: number
}

/** As df counts, before it rounds up: what is reserved for root is neither used nor available. */
export function toDiskSize(fs: { bsize: number; blocks: number; bfree: number; bavail: number }): DiskSize {
  const used = fs.blocks - fs.bfree
  const total = used + fs.bavail
  return {
    totalBytes: fs.blocks * fs.bsize,
    usedBytes: used * fs.bsize,
    availableBytes: fs.bavail * fs.bsize,
    usedPercent: total === 0 ? 0 : (100 * used) / total,
  }
}

/** The size of the file system that the host's name file lies on: in a container, the only sight of the card itself. */
export async function readDiskSize({ hostNameFile }: HostRoots): Promise<DiskSize> {
  try {
    return toDiskSize(await statfs(hostNameFile))
  } catch (error) {
    throw asTailboardError(error, hostNameFile)
  }
}

/** /sys/block/X/stat. @throws TailboardError `malformed` */
export function parseDiskStat(text: string, disk: string): DiskCounters {
  const numbers = text.trim().split(/\s+/).map(Number)
  const [read, written] = [numbers[2], numbers[6]]
  if (read === undefined || written === undefined || !(read >= 0) || !(written >= 0)) {
    throw new TailboardError('malformed', `The counters of ${disk} are not as expected`)
  }
  return { disk, readBytes: read * sectorBytes, writtenBytes: written * sectorBytes }
}

export async function readDiskCounters(
  roots: HostRoots,
  root: RootDevice | null,
): Promise<DiskCounters | null> {
  if (root === null || root.disk === null) return null
  const text = await readIfThere(`${roots.sysPath}/block/${root.disk}/stat`)
  return text === null ? null : parseDiskStat(text, root.disk)
}

/** What ext4 itself knows; null on other file systems. */
export async function readExt4(roots: HostRoots, root: RootDevice | null) {
  const folder = `${roots.sysPath}/fs/ext4/${root?.partition}`
  const lifetime = root?.partition == null ? null : await readNumberIfThere(`${folder}/lifetime_write_kbytes`)
  const errorCount = root?.partition == null ? null : await readNumberIfThere(`${folder}/errors_count`)
  return { lifetimeWrittenBytes: lifetime === null ? null : lifetime * 1024, errorCount }
}
