import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const repository = resolve(import.meta.dirname, '../../..')

/** What an image is built for. */
export const platforms = ['linux/amd64', 'linux/arm64'] as const
export type Platform = (typeof platforms)[number]

/** This machine's own. */
export const ownPlatform: Platform = process.arch === 'arm64' ? 'linux/arm64' : 'linux/amd64'

/** Every app that has an image. */
export const apps = readdirSync(join(repository, 'apps')).filter((app) =>
  existsSync(join(repository, 'apps', app, 'Dockerfile')),
)

export const architecture = (platform: Platform) => platform.replace('linux/', '')

/** The name that docker-compose.yml knows. */
export function plainName(app: string): string {
  const { TAILBOARD_IMAGES = 'tailboard', TAILBOARD_VERSION = 'local' } = process.env
  return `${TAILBOARD_IMAGES}/${app}:${TAILBOARD_VERSION}`
}

/** An engine's store may hold one platform under a name: here both live side by side. */
export const platformName = (app: string, platform: Platform) => `${plainName(app)}-${architecture(platform)}`
