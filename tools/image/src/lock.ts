import { readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { parse } from 'yaml'
import { repository } from './names.ts'

interface Dependencies {
  dependencies?: Record<string, { version: string }>
  optionalDependencies?: Record<string, { version: string }>
}

/** The part of pnpm-lock.yaml that says what an app runs with. */
export interface Lock {
  importers: Record<string, Dependencies>
  packages: Record<string, { resolution: { integrity?: string } }>
  snapshots: Record<
    string,
    { dependencies?: Record<string, string>; optionalDependencies?: Record<string, string> }
  >
}

export const readLock = (): Lock => parse(readFileSync(join(repository, 'pnpm-lock.yaml'), 'utf8')) as Lock

/** `ioredis@6.0.0(peer@1.0.0)` without its peers. */
const withoutPeers = (key: string) => key.replace(/\(.*$/, '')

/** What an app needs to run, by `name@version`: its dependencies and theirs, through the workspace, no devDependencies. */
export function runtimePackages(lock: Lock, importer: string): Set<string> {
  const found = new Set<string>()
  const seen = new Set<string>()
  const take = (name: string, version: string) => {
    // An alias carries the real name in its version.
    const key = version in lock.snapshots ? version : `${name}@${version}`
    if (seen.has(key)) return
    seen.add(key)
    found.add(withoutPeers(key))
    const { dependencies = {}, optionalDependencies = {} } = lock.snapshots[key] ?? {}
    for (const [next, of] of Object.entries({ ...dependencies, ...optionalDependencies })) take(next, of)
  }
  const enter = (folder: string) => {
    if (seen.has(folder)) return
    seen.add(folder)
    const entry = lock.importers[folder]
    if (entry === undefined) throw new Error(`pnpm-lock.yaml knows no ${folder}`)
    for (const [name, { version }] of Object.entries({
      ...entry.dependencies,
      ...entry.optionalDependencies,
    })) {
      if (version.startsWith('link:')) enter(posix.join(folder, version.slice('link:'.length)))
      else take(name, version)
    }
  }
  enter(importer)
  return found
}

/** The hash of a package's archive as the registry gave it, in hex. */
export function archiveSha512(lock: Lock, key: string): string | undefined {
  const [, base64] = /^sha512-(.+)$/.exec(lock.packages[key]?.resolution.integrity ?? '') ?? []
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64').toString('hex')
}
