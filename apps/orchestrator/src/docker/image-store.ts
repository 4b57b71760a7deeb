import { TailboardError } from '@tailboard/contracts/error'
import type Docker from 'dockerode'
import type { Project } from '../compose/project.ts'
import { contextEntries } from './build-context.ts'
import { buildPlan } from './build-options.ts'
import { BuildOutput } from './build-output.ts'
import type { ContainerSpec } from './create-options.ts'
import { bounded, dial, engineError, engineMessage, hasStatus, isEngineGone } from './engine.ts'
import { tarStream } from './tar.ts'

/** Sees to it that the image of a service is there: one build or pull at a time, since a Pi has memory for no more. */
export class ImageStore {
  readonly #docker: Docker
  #queue: Promise<unknown> = Promise.resolve()

  constructor(docker: Docker) {
    this.#docker = docker
  }

  /**
   * The image of a service, built or pulled when it isn't there.
   * @throws TailboardError `missing-image` with the last lines of the build as `cause.lines`, and the command that does it by hand.
   */
  async ensure(
    project: Project,
    spec: ContainerSpec,
    signal?: AbortSignal,
  ): Promise<Docker.ImageInspectInfo> {
    const present = await this.#inspect(spec.image)
    if (present !== undefined) return present
    const turn = this.#queue.then(async () => {
      signal?.throwIfAborted()
      // Another service of the same image may have brought it while this one waited.
      if ((await this.#inspect(spec.image)) !== undefined) return
      await this.#bring(project, spec, signal)
    })
    this.#queue = turn.catch(() => {})
    await turn
    const made = await this.#inspect(spec.image)
    if (made === undefined)
      throw new TailboardError('missing-image', `The image ${spec.image} is not there`, {
        hint: pullHint(project, spec),
      })
    return made
  }

  async #inspect(image: string): Promise<Docker.ImageInspectInfo | undefined> {
    try {
      return await bounded(this.#docker.getImage(image).inspect())
    } catch (error) {
      if (hasStatus(error, 404)) return undefined
      throw engineError(error, `Looking for the image ${image}`)
    }
  }

  /** As `docker compose up` does: what may be pulled is pulled, and built only when that fails. */
  async #bring(project: Project, spec: ContainerSpec, signal?: AbortSignal): Promise<void> {
    const policy = String(project.services.get(spec.service)?.pull_policy ?? '')
    const mayPull = spec.build === undefined ? policy !== 'never' : !['', 'never', 'build'].includes(policy)
    try {
      if (mayPull) return await this.#pull(spec.image, pullHint(project, spec), signal)
    } catch (error) {
      const isMissing = error instanceof TailboardError && error.kind === 'missing-image'
      if (!isMissing || spec.build === undefined) throw error
    }
    if (spec.build !== undefined) await this.#build(project, spec, signal)
  }

  async #build(project: Project, spec: ContainerSpec, signal?: AbortSignal): Promise<void> {
    const hint = buildHint(project, spec)
    const plan = await buildPlan(project, spec)
    // BuildKit without a client's session can't be relied on to pull.
    for (const base of plan.bases)
      if ((await this.#inspect(base)) === undefined) await this.#pull(base, hint, signal)
    await this.#follow(`The image ${spec.image} could not be built`, hint, () =>
      dial(this.#docker, {
        path: '/build?',
        method: 'POST',
        options: plan.query,
        file: tarStream(contextEntries(plan.folder, plan.dockerfile)),
        ...(signal === undefined ? {} : { abortSignal: signal }),
      }),
    )
  }

  async #pull(image: string, hint: string, signal?: AbortSignal): Promise<void> {
    const [name, tag] = splitTag(image)
    await this.#follow(`The image ${image} could not be pulled`, hint, () =>
      dial(this.#docker, {
        path: '/images/create?',
        method: 'POST',
        options: { _query: { fromImage: name, ...(tag === undefined ? {} : { tag }) }, _body: {} },
        ...(signal === undefined ? {} : { abortSignal: signal }),
      }),
    )
  }

  async #follow(failure: string, hint: string, start: () => Promise<NodeJS.ReadableStream>): Promise<void> {
    const output = new BuildOutput()
    try {
      const stream = await start()
      stream.setEncoding('utf8')
      for await (const chunk of stream) output.push(String(chunk))
      output.end()
    } catch (error) {
      if (error instanceof TailboardError) throw error
      if (isEngineGone(error) || (error as Error).name === 'AbortError') throw engineError(error, failure)
      throw missingImage(failure, engineMessage(error), hint, [])
    }
    if (output.error !== undefined) throw missingImage(failure, output.error, hint, output.lines)
  }
}

/** The engine's words for why, with the lines that led there. */
export class BuildFailure extends Error {
  override readonly name = 'BuildFailure'
  readonly lines: string[]

  constructor(reason: string, lines: string[]) {
    super(reason)
    this.lines = lines
  }
}

function missingImage(failure: string, reason: string, hint: string, lines: string[]): TailboardError {
  return new TailboardError('missing-image', `${failure}: ${reason}`, {
    hint,
    cause: new BuildFailure(reason, lines),
  })
}

function profileOf(project: Project, service: string): string {
  const profiles = project.services.get(service)?.profiles
  return Array.isArray(profiles) ? String(profiles[0]) : '*'
}

function buildHint(project: Project, { service }: ContainerSpec): string {
  return `docker compose --profile ${profileOf(project, service)} build ${service}`
}

function pullHint(project: Project, spec: ContainerSpec): string {
  if (spec.build !== undefined) return buildHint(project, spec)
  return `docker compose --profile ${profileOf(project, spec.service)} pull ${spec.service}`
}

/** A digest counts as part of the name; a colon before the last slash is a port. */
export function splitTag(image: string): [string, string | undefined] {
  const at = image.lastIndexOf(':')
  if (image.includes('@') || at < image.lastIndexOf('/')) return [image, undefined]
  return at < 0 ? [image, 'latest'] : [image.slice(0, at), image.slice(at + 1)]
}
