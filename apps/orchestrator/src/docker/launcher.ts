import { TailboardError } from '@tailboard/contracts/error'
import type Docker from 'dockerode'
import { loadProject, type Project, type ProjectLocation, projectStamp } from '../compose/project.ts'
import { checkBuild } from './build-options.ts'
import {
  createContainer,
  findContainer,
  type ReadyContainer,
  removeContainer,
  staleReason,
} from './containers.ts'
import { type ContainerSpec, containerSpec } from './create-options.ts'
import { bounded, engineError, engineMessage, hasStatus } from './engine.ts'
import { ImageStore } from './image-store.ts'
import { labelOf, ownHashPrefix } from './labels.ts'
import { type RunOutcome, startAndWait, waitForEnd } from './run-container.ts'

/** A container of a profile service that runs now. */
export interface RunningContainer {
  service: string
  id: string
}

export interface DockerLauncherOptions {
  docker: Docker
  location: ProjectLocation
  /** Told what is done to containers and why; nothing by default. */
  onNote?: (note: string, details: { service: string; reason?: string }) => void
}

/** Runs services of the compose file's profiles in containers that `docker compose` treats as its own. */
export class DockerLauncher {
  readonly #docker: Docker
  readonly #location: ProjectLocation
  readonly #images: ImageStore
  readonly #note: NonNullable<DockerLauncherOptions['onNote']>
  readonly #prepared = new Map<string, ReadyContainer>()
  #project: { stamp: string; project: Project; specs: Map<string, ContainerSpec> } | undefined

  constructor({ docker, location, onNote = () => {} }: DockerLauncherOptions) {
    this.#docker = docker
    this.#location = location
    this.#images = new ImageStore(docker)
    this.#note = onNote
  }

  /**
   * Reads the compose files and returns the services that can be run.
   * @throws TailboardError `misconfigured` naming file and line, or service and option, for anything that can't be carried over.
   */
  async services(): Promise<string[]> {
    return [...(await this.#read()).specs.keys()]
  }

  /**
   * Sees to it that image and container of a service are there and are those of the file. May take minutes: an image may be built.
   * @throws TailboardError `missing-image`, `misconfigured`, `unreachable`, `refused`.
   */
  async prepare(service: string, { signal }: { signal?: AbortSignal } = {}): Promise<void> {
    this.#prepared.set(service, await this.#ready(service, signal))
  }

  /**
   * Runs a service once and stays until it has ended; prepares it unless `prepare` was the last thing done with it. A run that is under
   * way already is taken up. An abort kills the run, whose outcome is then returned.
   */
  async run(service: string, { signal }: { signal?: AbortSignal } = {}): Promise<RunOutcome> {
    const prepared = this.#prepared.get(service)
    this.#prepared.delete(service)
    const ready = prepared ?? (await this.#ready(service, signal))
    try {
      return await this.#start(ready, signal)
    } catch (error) {
      // What was prepared can be gone, or be made for a network that is gone: once more from the start.
      if (!hasStatus(error, 404, 409) && !isNetworkGone(error)) throw startError(error, service)
      this.#note('Container is made anew', { service, reason: engineMessage(error) })
      await this.#attempt(service, () => removeContainer(this.#docker, ready.id))
      const again = await this.#ready(service, signal)
      return await this.#start(again, signal).catch((second: unknown) => {
        throw startError(second, service)
      })
    }
  }

  /** Runs that are under way: after our own restart they are taken up with `run` or `wait`. */
  async running(): Promise<RunningContainer[]> {
    const containers = await this.#containers(['running', 'paused', 'restarting'])
    return containers.map(({ Id, Labels }) => ({ service: Labels[labelOf.service] ?? '', id: Id }))
  }

  /** Ends what runs of a service: SIGTERM, and SIGKILL after `withinMs`. */
  async end(service: string, withinMs: number): Promise<void> {
    const running = (await this.running()).filter((each) => each.service === service)
    for (const { id } of running) {
      const stop = this.#docker.getContainer(id).stop({ t: Math.ceil(withinMs / 1000) })
      await this.#attempt(service, () => bounded(stop, withinMs + 10_000)).catch((error: unknown) => {
        // 304: it has ended already. 404: it is gone.
        if (!hasStatus(error instanceof Error ? error.cause : error, 304, 404)) throw error
      })
    }
  }

  /** Stays until a run that is under way has ended. */
  async wait({ id }: RunningContainer, { signal }: { signal?: AbortSignal } = {}): Promise<RunOutcome> {
    return await waitForEnd(this.#docker, id, { signal })
  }

  /** Stops and removes every container of the profile services, so that a plain `docker compose down` leaves nothing behind. */
  async cleanup(): Promise<void> {
    this.#prepared.clear()
    for (const { Id, Labels, State } of await this.#containers()) {
      const service = Labels[labelOf.service] ?? ''
      await this.#attempt(service, async () => {
        if (State === 'running') await bounded(this.#docker.getContainer(Id).stop({ t: 2 })).catch(() => {})
        await removeContainer(this.#docker, Id)
      })
      this.#note('Container removed', { service })
    }
    // A plain `down` leaves networks of a profile alone.
    const networks = [...(this.#project?.specs.values() ?? [])].flatMap(({ networks }) => networks)
    for (const { name } of networks.filter(({ isKept }) => !isKept)) {
      await bounded(this.#docker.getNetwork(name).remove()).catch(() => {})
    }
  }

  async #start({ id, isRunning, startedAt }: ReadyContainer, signal?: AbortSignal): Promise<RunOutcome> {
    signal?.throwIfAborted()
    if (isRunning) return await waitForEnd(this.#docker, id, { signal })
    return await startAndWait(this.#docker, id, startedAt, signal)
  }

  async #ready(service: string, signal?: AbortSignal): Promise<ReadyContainer> {
    const { project, specs } = await this.#read()
    const spec = specs.get(service)
    if (spec === undefined) {
      throw new TailboardError('misconfigured', `The compose file has no service ${service} in a profile`, {
        hint: 'git diff docker-compose.yml',
      })
    }
    return await this.#attempt(service, async () => {
      const found = await findContainer(this.#docker, spec)
      if (found?.State.Running) return { id: found.Id, isRunning: true, startedAt: found.State.StartedAt }
      const image = await this.#images.ensure(project, spec, signal)
      if (found !== undefined) {
        const reason = await staleReason(this.#docker, found, spec, image)
        if (reason === undefined) return { id: found.Id, isRunning: false, startedAt: found.State.StartedAt }
        this.#note('Container is made anew', { service, reason })
        await removeContainer(this.#docker, found.Id)
      }
      return await createContainer(this.#docker, spec, image.Id)
    })
  }

  async #read(): Promise<{ project: Project; specs: Map<string, ContainerSpec> }> {
    const stamp = await projectStamp(this.#location)
    if (this.#project?.stamp === stamp) return this.#project
    const project = await loadProject(this.#location)
    const specs = new Map<string, ContainerSpec>()
    for (const service of project.services.keys()) {
      const spec = containerSpec(project, service)
      if (spec.build !== undefined) checkBuild(spec.build, service)
      specs.set(service, spec)
    }
    this.#project = { stamp, project, specs }
    return this.#project
  }

  async #containers(status?: string[]) {
    const { name } = this.#location
    const services = this.#project?.specs ?? new Map()
    const label = [`${labelOf.project}=${name}`, `${labelOf.oneoff}=False`, labelOf.hash]
    const containers = await this.#attempt('', () =>
      bounded(
        this.#docker.listContainers({
          all: true,
          filters: { label, ...(status === undefined ? {} : { status }) },
        }),
      ),
    )
    // A service that has left the file since is known by our mark.
    return containers.filter(
      ({ Labels }) =>
        services.has(Labels[labelOf.service] ?? '') || Labels[labelOf.hash]?.startsWith(ownHashPrefix),
    )
  }

  async #attempt<T>(service: string, action: () => Promise<T>): Promise<T> {
    try {
      return await action()
    } catch (error) {
      throw engineError(error, service === '' ? 'Asking Docker' : `Preparing ${service}`)
    }
  }
}

function isNetworkGone(error: unknown): boolean {
  return /network .*not found|could not find a network/i.test(engineMessage(error))
}

function startError(error: unknown, service: string): TailboardError {
  return engineError(error, `Starting ${service}`)
}
