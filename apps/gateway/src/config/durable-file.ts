import { open, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** The steps of a write that must survive a power cut; a test's own records them. */
export interface DurableSteps {
  open: (path: string, flags: string, mode?: number) => Promise<DurableHandle>
  rename: (from: string, to: string) => Promise<void>
  rm: (path: string, options: { force: true }) => Promise<void>
}

export interface DurableHandle {
  writeFile: (data: Uint8Array) => Promise<void>
  chmod: (mode: number) => Promise<void>
  sync: () => Promise<void>
  close: () => Promise<void>
}

export const realSteps: DurableSteps = { open, rename, rm }

const leftover = /\.\d+\.tmp$/

/**
 * Puts `text` in the place of the file in one step that a power cut can't split: at any moment, and after any cut, the
 * path leads to the old content or to the new, whole. When this returns, to the new one.
 * @param mode of the new file; without one, what the process's umask leaves of 0644.
 * @throws NodeJS.ErrnoException when the folder can't be written; the old content then stands.
 */
export async function writeDurably(
  path: string,
  text: string,
  mode?: number,
  steps: DurableSteps = realSteps,
): Promise<void> {
  // In the same folder: a rename from another file system would be a copy, which can be cut in two.
  const temporary = `${path}.${process.pid}.tmp`
  try {
    await steps.rm(temporary, { force: true })
    const file = await steps.open(temporary, 'wx', 0o644)
    try {
      await file.writeFile(Buffer.from(text))
      if (mode !== undefined) await file.chmod(mode)
      // Before the rename: else the new name may reach the card sooner than the content.
      await file.sync()
    } finally {
      await file.close()
    }
    await steps.rename(temporary, path)
  } catch (error) {
    await steps.rm(temporary, { force: true }).catch(() => {})
    throw error
  }
  await syncFolder(dirname(path), steps)
}

/** Without this a new name may be lost with the power. */
export async function syncFolder(folder: string, steps: DurableSteps = realSteps): Promise<void> {
  const handle = await steps.open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Removes what writes that were cut off left in a folder, and says how many there were. */
export async function removeLeftovers(folder: string, name: RegExp): Promise<number> {
  const names = (await readdir(folder).catch(() => [])).filter(
    (each) => leftover.test(each) && name.test(each.replace(leftover, '')),
  )
  for (const each of names) await rm(join(folder, each), { force: true }).catch(() => {})
  return names.length
}
