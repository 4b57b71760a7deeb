import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { type ComposeService, readText, trackedFiles } from './repository.ts'

const files = trackedFiles().filter((path) => /^docker-compose.*\.yml$/.test(path))

/** Services of a file that mount the engine's socket. */
function holders(path: string): string[] {
  const { services } = parse(readText(path), { merge: true }) as { services: Record<string, ComposeService> }
  const holds = ({ volumes = [] }: ComposeService) =>
    volumes.some((volume) =>
      (typeof volume === 'string' ? volume.split(':')[0] : volume.source)?.endsWith('docker.sock'),
    )
  return Object.keys(services).filter((name) => holds(services[name] ?? {}))
}

test('is held by the orchestrator, Traefik and the proxy, and by nobody else', () => {
  expect(files).toContain('docker-compose.socket-proxy.yml')
  const found = Object.fromEntries(files.map((path) => [path, holders(path)]))
  expect(found['docker-compose.yml']?.sort()).toEqual(['orchestrator', 'traefik'])
  expect(found['docker-compose.socket-proxy.yml']).toEqual(['socket-proxy'])
  const others = files.filter((path) => !/^docker-compose(\.socket-proxy)?\.yml$/.test(path))
  for (const path of others) expect(found[path], path).toEqual([])
})
