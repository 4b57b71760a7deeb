import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** A module's own folder: up to the name behind the last node_modules. Workspace packages lie in none. */
const folderOf = (path) => /^((?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]

/**
 * The packages of which something is in the bundle, by esbuild's own account, and those that files beside it come from: what
 * the bill of materials of an image is made from.
 */
export async function packagesInside(metafile, assets) {
  const used = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  )
  const folders = new Set([...used, ...assets].flatMap((path) => folderOf(path) ?? []))
  const packages = await Promise.all(
    [...folders].map(async (folder) => {
      const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'))
      return { name, version, license }
    }),
  )
  const key = ({ name, version }) => `${name}@${version}`
  return packages.sort((a, b) => (key(a) < key(b) ? -1 : 1))
}
