import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { apps, ownPlatform, type Platform, platformName, repository } from './names.ts'
import { git, revisionOf } from './revision.ts'
import { run, show } from './run.ts'

/** With less memory than that, images are built one at a time: a Pi 3B has one gigabyte. */
const memoryForAllAtOnce = 4 * 1024 ** 3

/** The images that our Dockerfiles begin with. */
const bases = ['node:24-trixie-slim', 'nginx:1-alpine']

/** Builds the images for one platform and loads them into the engine, each under its name for that platform. */
export async function buildImages(platform: Platform, wanted: readonly string[] = apps): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tailboard-bake-'))
  try {
    const override = join(folder, 'platform.json')
    await writeFile(override, JSON.stringify(await bakeOverride(platform, wanted)))
    const files = ['-f', join(repository, 'docker-bake.hcl'), '-f', override]
    const turns = totalmem() < memoryForAllAtOnce ? wanted.map((app) => [app]) : [wanted]
    for (const turn of turns)
      await show('docker', ['buildx', 'bake', ...files, '--load', ...turn], await labels())
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Gives the images of this machine's platform the names that docker-compose.yml knows. */
export async function nameForCompose(name: (app: string) => string): Promise<void> {
  for (const app of apps) await run('docker', ['tag', platformName(app, ownPlatform), name(app)])
}

async function bakeOverride(platform: Platform, wanted: readonly string[]) {
  const contexts = platform === ownPlatform ? {} : await basesAtHand(platform)
  const target: Record<string, object> = {}
  for (const app of wanted) {
    // A tree without git is told it.
    const revision = process.env.REVISION ?? (await revisionOf(repository, app))
    const labels = revision === '' ? {} : { 'org.opencontainers.image.revision': revision }
    const tags = [platformName(app, platform)]
    target[app] = { context: repository, platforms: [platform], tags, contexts, labels }
  }
  return { target }
}

/**
 * Docker Hub has each image for one processor under arm64v8/ and amd64/ too. Where the engine holds one of these it is taken: a store
 * that has one platform a name can't hold two under the plain one, and a machine may have got them from elsewhere.
 */
async function basesAtHand(platform: Platform): Promise<Record<string, string>> {
  const contexts: Record<string, string> = {}
  for (const base of bases) {
    const single = `${platform === 'linux/arm64' ? 'arm64v8' : 'amd64'}/${base}`
    const isThere = await run('docker', ['image', 'inspect', single]).then(
      () => true,
      () => false,
    )
    // For this platform alone: the stages that only make JavaScript run on the builder's own.
    if (isThere) contexts[`${base}::${platform}`] = `docker-image://${single}`
  }
  return contexts
}

/** What the bake file puts into the labels. */
async function labels(): Promise<Record<string, string>> {
  const { version } = JSON.parse(await readFile(join(repository, 'package.json'), 'utf8')) as {
    version: string
  }
  return {
    VERSION: version,
    REPOSITORY:
      process.env.REPOSITORY ?? webAddress((await git(repository, 'remote', 'get-url', 'origin')).trim()),
  }
}

/** Where a clone's origin is read in a browser; empty for a folder of this machine, and without what logs in there. */
export function webAddress(origin: string): string {
  const [, host, path] =
    /^(?:https?:\/\/|ssh:\/\/|git:\/\/)(?:[^@/]*@)?([^/]+)\/(.+?)(?:\.git)?\/?$/.exec(origin) ??
    /^(?:[^@/]*@)([^:/]+):(?!\/)(.+?)(?:\.git)?$/.exec(origin) ??
    []
  return host === undefined ? '' : `https://${host.replace(/:\d+$/, '')}/${path}`
}
