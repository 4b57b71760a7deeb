import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { canonicalService } from './canonical.ts'
import { parseEnvFile } from './env-file.ts'
import { interpolateTree, type Lookup } from './interpolate.ts'
import { mergeOptions } from './merge.ts'
import { isMap, parseComposeYaml, type YamlMap } from './parse-yaml.ts'
import { composeProblem } from './problem.ts'

/** Where a compose project lies: as its containers' labels name it on the host, and where we see its folder. */
export interface ProjectLocation {
  /** Lower-case project name. */
  name: string
  /** The project's folder as the host names it. */
  workingDir: string
  /** The same folder as this process sees it. */
  folder: string
  /** Host paths of the compose files, first one first. */
  configFiles: string[]
  /** Host paths given by --env-file; empty means `.env` in the project's folder, if there is one. */
  envFiles: string[]
  /** The version of Compose that made our own container. */
  composeVersion: string
}

/** What of a project the orchestrator works with: the services that stand in a profile, and what they refer to. */
export interface Project {
  location: ProjectLocation
  /** Canonical options of each service that has a profile, by name. */
  services: Map<string, YamlMap>
  networks: YamlMap
  volumes: YamlMap
  /** Networks (by their name in the file) that a service without a profile is in. */
  keptNetworks: Set<string>
  lookup: Lookup
}

const knownSections = new Set(['name', 'version', 'services', 'networks', 'volumes', 'secrets', 'configs'])

/** A host path under the project's folder as this process sees it; undefined when it lies elsewhere. */
export function seenPath(location: ProjectLocation, hostPath: string): string | undefined {
  const relative = path.relative(location.workingDir, path.resolve(location.workingDir, hostPath))
  return relative.startsWith('..') ? undefined : path.join(location.folder, relative)
}

/**
 * The project as its files say now. Interpolates only what the orchestrator uses: a variable that another service needs may come from
 * the shell that ran Compose.
 * @throws TailboardError `misconfigured`, naming file and line, or service and option.
 */
export async function loadProject(location: ProjectLocation): Promise<Project> {
  const lookup = await readEnvironment(location)
  const files: { name: string; data: YamlMap }[] = []
  for (const hostPath of location.configFiles) {
    const name = path.basename(hostPath)
    const data = parseComposeYaml(await readProjectFile(location, hostPath), name)
    const unknown = Object.keys(data).find((key) => !knownSections.has(key) && !key.startsWith('x-'))
    if (unknown !== undefined) throw composeProblem(name, `the section "${unknown}" can't be carried over`)
    files.push({ name, data })
  }
  const project: Project = {
    location,
    services: new Map(),
    networks: {},
    volumes: {},
    keptNetworks: new Set(),
    lookup,
  }
  for (const { name, data } of files) {
    for (const section of ['networks', 'volumes'] as const) {
      const value = interpolateTree(data[section] ?? {}, lookup, `${name} ${section}`)
      if (!isMap(value)) throw composeProblem(name, `"${section}" must be a mapping`)
      project[section] = mergeOptions(project[section], value)
    }
  }
  const withProfile = servicesWithProfile(files)
  for (const { data } of files) addKeptNetworks(project.keptNetworks, data, withProfile)
  for (const service of withProfile) {
    let options: YamlMap = {}
    for (const { name, data } of files) {
      const raw = isMap(data.services) ? data.services[service] : undefined
      if (raw === undefined) continue
      const where = `${name}: service ${service}`
      options = mergeOptions(options, canonicalService(interpolateTree(raw, lookup, where), where))
    }
    project.services.set(service, withBareVariables(options, lookup))
  }
  return project
}

/** Changes when a file of the project may have changed. */
export async function projectStamp(location: ProjectLocation): Promise<string> {
  const stamps = [...location.configFiles, ...envFilesOf(location)].map(async (hostPath) => {
    const seen = seenPath(location, hostPath)
    if (seen === undefined) return '-'
    return await stat(seen).then(
      ({ mtimeMs, ctimeMs, size, ino }) => `${mtimeMs}/${ctimeMs}/${size}/${ino}`,
      () => '-',
    )
  })
  return (await Promise.all(stamps)).join(' ')
}

/** A variable that is named without a value comes from .env; one that isn't there either stays bare. */
function withBareVariables(options: YamlMap, lookup: Lookup): YamlMap {
  if (!isMap(options.environment)) return options
  const environment = Object.entries(options.environment).map(([name, value]) => [
    name,
    value ?? lookup(name) ?? null,
  ])
  return { ...options, environment: Object.fromEntries(environment) }
}

function servicesWithProfile(files: { name: string; data: YamlMap }[]): Set<string> {
  const names = new Set<string>()
  for (const { name, data } of files) {
    const { services = {} } = data
    if (!isMap(services)) throw composeProblem(name, '"services" must be a mapping of service names')
    for (const [service, options] of Object.entries(services)) {
      if (isMap(options) && Array.isArray(options.profiles) && options.profiles.length > 0) names.add(service)
    }
  }
  return names
}

function addKeptNetworks(kept: Set<string>, { services }: YamlMap, withProfile: Set<string>): void {
  for (const [service, options] of Object.entries(isMap(services) ? services : {})) {
    if (withProfile.has(service) || !isMap(options)) continue
    const { networks, network_mode: mode } = options
    const names = isMap(networks)
      ? Object.keys(networks)
      : Array.isArray(networks)
        ? networks.map(String)
        : []
    for (const name of names.length === 0 && mode === undefined ? ['default'] : names) kept.add(name)
  }
}

function envFilesOf(location: ProjectLocation): string[] {
  return location.envFiles.length > 0 ? location.envFiles : [path.join(location.workingDir, '.env')]
}

async function readEnvironment(location: ProjectLocation): Promise<Lookup> {
  const values = new Map<string, string>([['COMPOSE_PROJECT_NAME', location.name]])
  for (const hostPath of envFilesOf(location)) {
    const isOptional = location.envFiles.length === 0
    const text = await readProjectFile(location, hostPath, isOptional ? '' : undefined)
    for (const [name, value] of parseEnvFile(text, path.basename(hostPath), (name) => values.get(name))) {
      values.set(name, value)
    }
  }
  return (name) => values.get(name)
}

async function readProjectFile(
  location: ProjectLocation,
  hostPath: string,
  ifMissing?: string,
): Promise<string> {
  const seen = seenPath(location, hostPath)
  const name = path.basename(hostPath)
  if (seen === undefined) {
    throw composeProblem(
      hostPath,
      `lies outside the project's folder ${location.workingDir}`,
      'Move it into that folder',
    )
  }
  try {
    return await readFile(seen, 'utf8')
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    if (code === 'ENOENT' && ifMissing !== undefined) return ifMissing
    if (code === 'EACCES') {
      // The orchestrator is uid 0 without capabilities: file modes hold for it, and its group is root.
      const hint = `sudo chgrp root ${name} && sudo chmod g+r ${name}`
      throw composeProblem(name, 'the orchestrator may not read it', hint)
    }
    throw composeProblem(name, code === 'ENOENT' ? 'is not there' : `can't be read (${code})`)
  }
}
