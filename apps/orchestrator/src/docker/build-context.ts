import { lstat, opendir, readFile, readlink } from 'node:fs/promises'
import path from 'node:path'
import { TailboardError } from '@tailboard/contracts/error'
import { type IgnoreRules, parseDockerIgnore } from './docker-ignore.ts'
import type { TarEntry } from './tar.ts'

/**
 * The entries of a build context, folder by folder, less what its .dockerignore leaves out. The Dockerfile always goes along: the
 * engine needs it.
 * @param dockerfile relative to `folder`.
 */
export async function* contextEntries(folder: string, dockerfile: string): AsyncGenerator<TarEntry> {
  const rules = parseDockerIgnore(await ignoreFile(folder, dockerfile))
  let hasDockerfile = false
  for await (const entry of walk(folder, '', rules)) {
    if (entry.name === dockerfile) hasDockerfile = true
    yield entry
  }
  if (hasDockerfile) return
  const entry = await entryOf(folder, dockerfile)
  if (entry === undefined) {
    throw new TailboardError('missing-image', `The file ${dockerfile} is not in the project's folder`, {
      hint: 'git status',
    })
  }
  yield entry
}

/** `Dockerfile.dockerignore` beside the Dockerfile goes before the context's own. */
async function ignoreFile(folder: string, dockerfile: string): Promise<string> {
  for (const name of [`${dockerfile}.dockerignore`, '.dockerignore']) {
    const text = await readFile(path.join(folder, name), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined
      throw unreadable(name, error)
    })
    if (text !== undefined) return text
  }
  return ''
}

async function* walk(root: string, below: string, rules: IgnoreRules): AsyncGenerator<TarEntry> {
  let names: string[]
  try {
    names = []
    for await (const { name } of await opendir(path.join(root, below))) names.push(name)
  } catch (error) {
    throw unreadable(below || '.', error as NodeJS.ErrnoException)
  }
  for (const base of names.sort()) {
    const name = below === '' ? base : `${below}/${base}`
    const isIgnored = rules.isIgnored(name)
    if (isIgnored && !rules.mayReenter(name)) continue
    const entry = await entryOf(root, name)
    if (entry === undefined) continue
    if (!isIgnored) yield entry
    if (entry.type === 'directory') yield* walk(root, name, rules)
  }
}

/** Undefined for sockets and the like, and for what was deleted since its folder was listed: neither belongs in an image. */
async function entryOf(root: string, name: string): Promise<TarEntry | undefined> {
  const source = path.join(root, name)
  try {
    const stats = await lstat(source)
    const common = { name, source, mode: stats.mode & 0o7777, size: stats.size }
    if (stats.isDirectory()) return { ...common, type: 'directory' }
    if (stats.isSymbolicLink()) return { ...common, type: 'symlink', linkTarget: await readlink(source) }
    return stats.isFile() ? { ...common, type: 'file' } : undefined
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw unreadable(name, error as NodeJS.ErrnoException)
  }
}

function unreadable(name: string, cause: NodeJS.ErrnoException): TailboardError {
  return new TailboardError('missing-image', `The build needs ${name}, which can't be read (${cause.code})`, {
    hint: `sudo chmod -R a+rX ${name}`,
    cause,
  })
}
