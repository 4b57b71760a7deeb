import { TailboardError } from '@tailboard/contracts'
import { mem } from 'systeminformation/lib/memory.js'

export interface Memory {
  totalBytes: number
  availableBytes: number
  usedPercent: number
  swapTotalBytes: number
  swapUsedBytes: number
}

/**
 * The machine's memory, by MemAvailable. systeminformation tells the host's here, in a container too, and starts no
 * other program for it; its `used` counts the page cache, so that it is not what is shown.
 */
export async function readMemory(): Promise<Memory> {
  return toMemory(await mem())
}

/** @throws TailboardError `malformed` when the numbers can't be true */
export function toMemory(memory: {
  total: number
  available: number
  swaptotal: number
  swapused: number
}): Memory {
  const { total, available, swaptotal, swapused } = memory
  if (!(total > 0) || !(available >= 0) || available > total || swapused < 0) {
    throw new TailboardError('malformed', '/proc/meminfo is not as expected')
  }
  return {
    totalBytes: total,
    availableBytes: available,
    usedPercent: (100 * (total - available)) / total,
    swapTotalBytes: swaptotal,
    swapUsedBytes: swapused,
  }
}
