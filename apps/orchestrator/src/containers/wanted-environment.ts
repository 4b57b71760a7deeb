import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { allVariables } from '@tailboard/contracts'
import { redactor } from '@tailboard/service'
import { canonicalService } from '../compose/canonical.ts'
import { interpolateTree } from '../compose/interpolate.ts'
import { isMap, parseComposeYaml } from '../compose/parse-yaml.ts'
import { loadProject, type ProjectLocation, projectStamp, seenPath } from '../compose/project.ts'

/** Each service's variables as compose files and .env say now; a value that only Compose's own shell knows is left out. */
export type Environments = ReadonlyMap<string, ReadonlyMap<string, string>>

const secretNames = new Set(
  allVariables().flatMap(({ name, variable }) => (variable?.secret === true ? [name] : [])),
)

/** What the compose project's services should run with, read again when a file of it changed. */
export class WantedEnvironment {
  readonly #location: ProjectLocation
  #stamp = ''
  #learnedStamp = ''
  #environments: Environments = new Map()

  constructor(location: ProjectLocation) {
    this.#location = location
  }

  /** @throws TailboardError `misconfigured`, naming file and line, or service and variable. */
  async services(): Promise<Environments> {
    const stamp = await projectStamp(this.#location)
    if (stamp === this.#stamp) return this.#environments
    this.#environments = await read(this.#location)
    this.#stamp = stamp
    return this.#environments
  }

  /** Makes every secret in there known to the redactor: the end of a run's log passes through this process. */
  async learnSecrets(): Promise<void> {
    const environments = await this.services()
    if (this.#learnedStamp === this.#stamp) return
    this.#learnedStamp = this.#stamp
    for (const variables of environments.values()) {
      for (const [name, value] of variables) {
        if (secretNames.has(name)) redactor.add(value)
        redactor.addFromUrl(value)
      }
    }
  }
}

async function read(location: ProjectLocation): Promise<Environments> {
  const { lookup } = await loadProject(location)
  const environments = new Map<string, Map<string, string>>()
  for (const hostPath of location.configFiles) {
    const name = basename(hostPath)
    const data = parseComposeYaml(await readFile(seenPath(location, hostPath) ?? hostPath, 'utf8'), name)
    for (const [service, options] of Object.entries(isMap(data.services) ? data.services : {})) {
      if (!isMap(options) || options.environment === undefined) continue
      const where = `${name}: service ${service}`
      const environment = interpolateTree(options.environment, lookup, where)
      const { environment: variables } = canonicalService({ environment }, where)
      const known = environments.get(service) ?? new Map<string, string>()
      for (const [variable, value] of Object.entries(isMap(variables) ? variables : {})) {
        if (typeof value === 'string') known.set(variable, value)
      }
      environments.set(service, known)
    }
  }
  return environments
}
