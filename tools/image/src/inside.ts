import { run } from './run.ts'
import { parseAlpine, parseDebian, type SystemPackage } from './system-packages.ts'

/** A package of npm's that an image says it holds. */
export interface NodePackage {
  name: string
  version: string
  license?: string
}

/** What an image holds, as it says itself. */
export interface Inside {
  /** Every file and folder, by its path without the first slash. */
  paths: string[]
  nodePackages: NodePackage[]
  systemPackages: SystemPackage[]
  /** node and what is compiled into it, by name; empty where there is none. */
  nodeVersions: Record<string, string>
}

/** Looks into an image of the engine without starting it, but for asking node its version. */
export async function lookInside(image: string): Promise<Inside> {
  // A container that is never started; the command is not looked at.
  const id = (await run('docker', ['create', '--network', 'none', image, 'none'])).trim()
  try {
    const paths = (await piped('docker export "$1" | tar -t', id)).split('\n').filter((path) => path !== '')
    const has = (pattern: RegExp) => paths.filter((path) => pattern.test(path))
    const read = (path: string) => piped('docker cp "$1:/$2" - | tar -xO', id, path)
    const lists = await Promise.all(has(/^(app|etc\/tailboard)\/packages\.json$/).map(read))
    const manifests = await Promise.all(has(/^app\/node_modules\/(@[^/]+\/)?[^/]+\/package\.json$/).map(read))
    const debian = await Promise.all(has(/^var\/lib\/dpkg\/status\.d\/[^/]+$/).map(read))
    const notices = has(/^usr\/share\/doc\/[^/]+\/copyright$/)
    const alpine = await Promise.all(has(/^lib\/apk\/db\/installed$/).map(read))
    const copyrights = new Map(
      await Promise.all(
        notices.map(async (path): Promise<[string, string]> => [path.split('/')[3] ?? '', await read(path)]),
      ),
    )
    return {
      paths,
      nodePackages: [
        ...lists.flatMap((list) => JSON.parse(list) as Manifest[]),
        ...manifests.map((manifest) => JSON.parse(manifest) as Manifest),
      ].map(fromManifest),
      systemPackages: [
        ...debian.flatMap((record) => parseDebian(record, copyrights)),
        ...alpine.flatMap((records) => parseAlpine(records)),
      ],
      nodeVersions: paths.includes('usr/local/bin/node') ? await askNode(image) : {},
    }
  } finally {
    await run('docker', ['rm', id])
  }
}

/** An engine that breaks off must not look like an image with less in it. */
const piped = (line: string, ...args: string[]) =>
  run('bash', ['-o', 'pipefail', '-c', line, 'bash', ...args])

/** A manifest of npm's, or an entry of a bundle's list: Vite calls the licence `identifier`, old manifests made it an object. */
interface Manifest {
  name: string
  version: string
  license?: string | { type: string }
  identifier?: string
}

function fromManifest({ name, version, license, identifier }: Manifest): NodePackage {
  const known = typeof license === 'object' ? license.type : (license ?? identifier)
  return { name, version, ...(known === undefined ? {} : { license: known }) }
}

async function askNode(image: string): Promise<Record<string, string>> {
  const args = ['run', '--rm', '--network', 'none', '--entrypoint', '/usr/local/bin/node', image]
  return JSON.parse(await run('docker', [...args, '-p', 'JSON.stringify(process.versions)']))
}
