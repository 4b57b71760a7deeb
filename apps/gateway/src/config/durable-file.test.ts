import { mkdtemp, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type DurableSteps, removeLeftovers, writeDurably } from './durable-file.ts'

/** What was asked of the file system, in order. */
type Step =
  | { do: 'create'; name: string }
  | { do: 'write'; name: string; bytes: Buffer }
  | { do: 'sync'; name: string }
  | { do: 'rename'; from: string; to: string }
  | { do: 'rm'; name: string }
  | { do: 'sync folder' }

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tailboard-durable-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** Does it for real and writes it down. */
function recorder(steps: Step[]): DurableSteps {
  return {
    open: async (path, flags, mode) => {
      const handle = await open(path, flags, mode)
      const isFolder = path === folder
      const name = basename(path)
      if (!isFolder) steps.push({ do: 'create', name })
      return {
        writeFile: async (data) => {
          steps.push({ do: 'write', name, bytes: Buffer.from(data) })
          await handle.writeFile(data)
        },
        chmod: (to) => handle.chmod(to),
        sync: async () => {
          steps.push(isFolder ? { do: 'sync folder' } : { do: 'sync', name })
          await handle.sync()
        },
        close: () => handle.close(),
      }
    },
    rename: async (from, to) => {
      steps.push({ do: 'rename', from: basename(from), to: basename(to) })
      await rename(from, to)
    },
    rm: async (path, options) => {
      steps.push({ do: 'rm', name: basename(path) })
      await rm(path, options)
    },
  }
}

interface Inode {
  /** On the card for sure. */
  safe: Buffer
  /** As programs see it. */
  seen: Buffer
}

/**
 * Every content that `name` can have after the power goes at the end of `steps`, by what POSIX promises and no more: names
 * reach the card in their order, but when is not said before the folder is synced; of content that is not synced any first
 * part may be there, and zeros in place of the rest.
 */
function afterPowerCut(steps: Step[], name: string, old: Buffer): Set<string> {
  const inodes: Inode[] = [{ safe: old, seen: old }]
  let names = new Map([[name, 0]])
  // The folder as it may be found: the state at the last sync, and each state since.
  let folders = [new Map(names)]
  for (const step of steps) {
    const next = new Map(names)
    if (step.do === 'create')
      next.set(step.name, inodes.push({ safe: Buffer.alloc(0), seen: Buffer.alloc(0) }) - 1)
    else if (step.do === 'rm') next.delete(step.name)
    else if (step.do === 'rename') {
      next.set(step.to, names.get(step.from) as number)
      next.delete(step.from)
    } else if (step.do === 'sync folder') folders = []
    else {
      const inode = inodes[names.get(step.name) as number] as Inode
      if (step.do === 'write') inode.seen = Buffer.concat([inode.seen, step.bytes])
      else inode.safe = inode.seen
    }
    names = next
    folders.push(new Map(names))
  }
  const found = new Set<string>()
  for (const state of folders) {
    const index = state.get(name)
    if (index === undefined) {
      found.add('gone')
      continue
    }
    const { safe, seen } = inodes[index] as Inode
    for (let length = safe.length; length <= seen.length; length++) {
      found.add(seen.subarray(0, length).toString('latin1'))
      const zeros = Buffer.alloc(seen.length)
      seen.copy(zeros, 0, 0, length)
      found.add(zeros.toString('latin1'))
    }
    if (safe.length === seen.length) found.add(seen.toString('latin1'))
  }
  return found
}

/** The steps cut after each, and each write after each of its bytes. */
function* cuts(steps: Step[]): Generator<Step[]> {
  for (const [index, step] of steps.entries()) {
    yield steps.slice(0, index)
    if (step.do !== 'write') continue
    for (let length = 0; length <= step.bytes.length; length++) {
      yield [...steps.slice(0, index), { ...step, bytes: step.bytes.subarray(0, length) }]
    }
  }
  yield steps
}

const older = 'version: 1\n# old\nmaxConcurrent: 1\n'
const newer = 'version: 1\n# néw, and longer than the old one\nmaxConcurrent: 2\n'

async function record(): Promise<Step[]> {
  const steps: Step[] = []
  await writeFile(join(folder, 'tailboard.yaml'), older)
  await writeDurably(join(folder, 'tailboard.yaml'), newer, undefined, recorder(steps))
  return steps
}

/** Every content that a cut anywhere in `steps` can leave. */
function outcomes(steps: Step[]): Set<string> {
  const all = new Set<string>()
  for (const cut of cuts(steps)) {
    for (const content of afterPowerCut(cut, 'tailboard.yaml', Buffer.from(older))) all.add(content)
  }
  return all
}

describe('a write', () => {
  test('is: temporary file, write, fsync, rename, fsync of the folder', async () => {
    const steps = await record()
    expect(steps.map((step) => step.do)).toEqual(['rm', 'create', 'write', 'sync', 'rename', 'sync folder'])
    expect(await readFile(join(folder, 'tailboard.yaml'), 'utf8')).toBe(newer)
    expect(await readdir(folder)).toEqual(['tailboard.yaml'])
  })

  test('cut at every step and every byte leaves the old file or the new, whole', async () => {
    const latin = (text: string) => Buffer.from(text).toString('latin1')
    expect(outcomes(await record())).toEqual(new Set([latin(older), latin(newer)]))
  })

  test('when it is done, it is the new one whatever happens', async () => {
    const found = afterPowerCut(await record(), 'tailboard.yaml', Buffer.from(older))
    expect([...found].map((text) => Buffer.from(text, 'latin1').toString())).toEqual([newer])
  })

  test.each(['sync', 'sync folder'] as const)('the judge sees it when the %s is left out', async (left) => {
    const steps = (await record()).filter((step) => step.do !== left)
    const end = afterPowerCut(steps, 'tailboard.yaml', Buffer.from(older))
    expect(left === 'sync' ? outcomes(steps).size > 2 : end.size > 1).toBe(true)
  })

  test('the judge sees it when the file itself is written over', async () => {
    const steps: Step[] = [
      { do: 'create', name: 'tailboard.yaml' },
      { do: 'write', name: 'tailboard.yaml', bytes: Buffer.from(newer) },
      { do: 'sync', name: 'tailboard.yaml' },
    ]
    expect(outcomes(steps).size).toBeGreaterThan(2)
  })

  test.each(['open', 'writeFile', 'sync', 'rename'] as const)(
    'that fails at %s leaves the old file alone',
    async (at) => {
      const path = join(folder, 'tailboard.yaml')
      await writeFile(path, older)
      const steps = recorder([])
      const fail = () => Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' }))
      const failing: DurableSteps = {
        ...steps,
        ...(at === 'rename' ? { rename: fail } : {}),
        open: async (...args) => {
          if (at === 'open') return fail()
          const handle = await steps.open(...args)
          return at === 'rename' ? handle : { ...handle, [at]: fail }
        },
      }
      await expect(writeDurably(path, newer, undefined, failing)).rejects.toThrow('no space')
      expect(await readFile(path, 'utf8')).toBe(older)
      expect(await readdir(folder)).toEqual(['tailboard.yaml'])
    },
  )
})

test('who may read the file stays as the owner set it', async () => {
  const path = join(folder, 'tailboard.yaml')
  await writeDurably(path, newer, 0o664)
  expect((await stat(path)).mode & 0o777).toBe(0o664)
})

test('what a write that was cut off left is removed, and nothing else', async () => {
  for (const name of [
    'tailboard.yaml',
    'tailboard.yaml.12.tmp',
    'tailboard.yaml.1.tmp',
    'other.12.tmp',
    'tailboard.yaml.tmp',
  ]) {
    await writeFile(join(folder, name), '')
  }
  expect(await removeLeftovers(folder, /^tailboard\.yaml$/)).toBe(2)
  expect((await readdir(folder)).sort()).toEqual(['other.12.tmp', 'tailboard.yaml', 'tailboard.yaml.tmp'])
  expect(await removeLeftovers(join(folder, 'absent'), /./)).toBe(0)
})
