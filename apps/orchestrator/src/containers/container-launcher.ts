import {
  isSourceId,
  type SourceId,
  type SystemStatus,
  sourceContract,
  sourceIds,
  TailboardError,
} from '@tailboard/contracts'
import type { Logger } from '@tailboard/service'
import Docker from 'dockerode'
import type { ProjectLocation } from '../compose/project.ts'
import { bounded, engineError } from '../docker/engine.ts'
import { labelOf } from '../docker/labels.ts'
import { DockerLauncher } from '../docker/launcher.ts'
import { type RunOutcome, waitForEnd } from '../docker/run-container.ts'
import { findProject } from '../docker/self.ts'
import type { Launcher, RunEnd } from '../launcher.ts'
import { readStatus } from './status.ts'
import { WantedEnvironment } from './wanted-environment.ts'

const prefix = 'source-'
const pingWithinMs = 10_000

interface Engine {
  launcher: DockerLauncher
  location: ProjectLocation
  environment: WantedEnvironment
}

/** Runs sources as the services `source-ID` of the compose project that this process itself belongs to. */
export class ContainerLauncher implements Launcher {
  readonly #docker: Docker
  readonly #projectDir: string
  readonly #log: Logger
  #engine: Engine | undefined

  /** @param projectDir the project's folder as it is seen in here. */
  constructor(socketPath: string, projectDir: string, log: Logger) {
    this.#docker = new Docker({ socketPath })
    this.#projectDir = projectDir
    this.#log = log
  }

  async ready(): Promise<void> {
    try {
      await bounded(this.#docker.ping(), pingWithinMs)
    } catch (error) {
      throw engineError(error, 'Starting runs')
    }
    await this.#open()
  }

  async nodeName(): Promise<string> {
    const { Name } = (await bounded(this.#docker.info())) as { Name: string }
    return Name
  }

  async check(): Promise<TailboardError[]> {
    const { launcher, environment } = await this.#open()
    try {
      await environment.learnSecrets()
      const services = new Set(await launcher.services())
      const ours = sourceIds.filter((id) => sourceContract(id).life !== 'always')
      return ours
        .filter((id) => !services.has(prefix + id))
        .map((id) => {
          const message = `The compose file has no service ${prefix}${id} in a profile`
          return new TailboardError('misconfigured', message, { hint: 'git diff docker-compose.yml' })
        })
    } catch (error) {
      if (error instanceof TailboardError && error.kind === 'misconfigured') return [error]
      throw error
    }
  }

  async running(): Promise<SourceId[]> {
    const { launcher } = await this.#open()
    return (await launcher.running()).flatMap(({ service }) => {
      const id = service.slice(prefix.length)
      return service.startsWith(prefix) && isSourceId(id) ? [id] : []
    })
  }

  async prepare(source: SourceId, signal: AbortSignal): Promise<void> {
    const { launcher, environment } = await this.#open()
    await environment.learnSecrets()
    await launcher.prepare(prefix + source, { signal })
  }

  async run(source: SourceId, signal: AbortSignal): Promise<RunEnd> {
    const { launcher } = await this.#open()
    return endOf(await launcher.run(prefix + source, { signal }))
  }

  async takeUp(source: SourceId, signal: AbortSignal): Promise<RunEnd | null> {
    const { location } = await this.#open()
    const label = [
      `${labelOf.project}=${location.name}`,
      `${labelOf.service}=${prefix}${source}`,
      `${labelOf.oneoff}=False`,
    ]
    try {
      const [container] = await bounded(this.#docker.listContainers({ all: true, filters: { label } }))
      // One that was made and never started has no end to tell.
      if (container === undefined || container.State === 'created') return null
      return endOf(await waitForEnd(this.#docker, container.Id, { signal }))
    } catch (error) {
      throw engineError(error, `Taking up the run of ${prefix}${source}`)
    }
  }

  async end(source: SourceId, withinMs: number): Promise<void> {
    const { launcher } = await this.#open()
    await launcher.end(prefix + source, withinMs)
  }

  async status(): Promise<Pick<SystemStatus, 'services' | 'changedVariables'>> {
    const { location, environment } = await this.#open()
    return await readStatus(this.#docker, location.name, await environment.services())
  }

  async stop(): Promise<void> {
    await this.#engine?.launcher.cleanup()
  }

  async #open(): Promise<Engine> {
    if (this.#engine !== undefined) return this.#engine
    const location = await findProject(this.#docker, this.#projectDir)
    const onNote = (note: string, { service, reason }: { service: string; reason?: string }) =>
      this.#log.info(note, { container: service, reason })
    const launcher = new DockerLauncher({ docker: this.#docker, location, onNote })
    this.#engine = { launcher, location, environment: new WantedEnvironment(location) }
    return this.#engine
  }
}

function endOf({ exitCode, oomKilled, startedAt, finishedAt, logTail, engineLost }: RunOutcome): RunEnd {
  // Both are the wall clock's: a jump between them would make nonsense.
  const durationMs = Date.parse(finishedAt) - Date.parse(startedAt)
  return { exitCode, oomKilled, durationMs: durationMs >= 0 ? durationMs : null, logTail, engineLost }
}
