import { TailboardError } from '@tailboard/contracts/error'
import type Docker from 'dockerode'
import { compareWithSpec } from './compare.ts'
import type { ContainerSpec } from './create-options.ts'
import { bounded, hasStatus } from './engine.ts'
import { labelOf, ownHashPrefix } from './labels.ts'

/** A container that is ready to be started. */
export interface ReadyContainer {
  id: string
  isRunning: boolean
  /** `State.StartedAt` of its last run. */
  startedAt: string
}

/** Why a container can't be used as it is; undefined when it can. */
export async function staleReason(
  docker: Docker,
  inspect: Docker.ContainerInspectInfo,
  spec: ContainerSpec,
  image: Docker.ImageInspectInfo,
): Promise<string | undefined> {
  if (inspect.Image !== image.Id) return 'its image was rebuilt'
  const hash = inspect.Config.Labels?.[labelOf.hash] ?? ''
  if (hash !== spec.hash) {
    if (hash.startsWith(ownHashPrefix)) return 'its definition was changed'
    const [difference] = compareWithSpec(inspect, spec, image)
    if (difference !== undefined) return `its definition differs (${difference})`
  }
  for (const { name } of spec.networks) {
    const joined = inspect.NetworkSettings.Networks[name]?.NetworkID ?? ''
    const current = await networkId(docker, name)
    // One that never ran knows its networks by name only.
    if (current === undefined || (joined !== '' && joined !== current))
      return `its network ${name} was replaced`
  }
  return undefined
}

/** The container under this service's name, undefined when there is none. */
export async function findContainer(
  docker: Docker,
  spec: ContainerSpec,
): Promise<Docker.ContainerInspectInfo | undefined> {
  let inspect: Docker.ContainerInspectInfo
  try {
    inspect = await bounded(docker.getContainer(spec.containerName).inspect())
  } catch (error) {
    if (hasStatus(error, 404)) return undefined
    throw error
  }
  const labels = inspect.Config.Labels ?? {}
  const isOurs =
    labels[labelOf.project] === spec.body.Labels[labelOf.project] && labels[labelOf.service] === spec.service
  if (isOurs) return inspect
  throw new TailboardError(
    'misconfigured',
    `A container that is not of this project has the name ${spec.containerName}`,
    {
      hint: `docker rm -f ${spec.containerName}`,
    },
  )
}

/** Makes the container, and before it the networks and volumes that are not there. */
export async function createContainer(
  docker: Docker,
  spec: ContainerSpec,
  imageId: string,
): Promise<ReadyContainer> {
  for (const { name, create } of spec.networks) {
    if ((await networkId(docker, name)) !== undefined) continue
    if (create === undefined) throw missingExternal('network', name)
    await bounded(docker.createNetwork(create))
  }
  for (const { name, create } of spec.volumes) {
    // Without this the engine would make a plain volume on the disk, whatever the file says.
    if (await hasVolume(docker, name)) continue
    if (create === undefined) throw missingExternal('volume', name)
    await bounded(docker.createVolume(create))
  }
  const body = {
    ...spec.body,
    name: spec.containerName,
    Labels: { ...spec.body.Labels, [labelOf.image]: imageId },
  }
  const { id } = await bounded(docker.createContainer(body), 120_000)
  return { id, isRunning: false, startedAt: '' }
}

/** Removes a container and its anonymous volumes; one that is gone already is fine. */
export async function removeContainer(docker: Docker, id: string): Promise<void> {
  try {
    await bounded(docker.getContainer(id).remove({ force: true, v: true }))
  } catch (error) {
    if (!hasStatus(error, 404)) throw error
  }
}

async function networkId(docker: Docker, name: string): Promise<string | undefined> {
  try {
    const { Id, Name } = (await bounded(docker.getNetwork(name).inspect())) as { Id: string; Name: string }
    return Name === name ? Id : undefined
  } catch (error) {
    if (hasStatus(error, 404)) return undefined
    throw error
  }
}

async function hasVolume(docker: Docker, name: string): Promise<boolean> {
  try {
    await bounded(docker.getVolume(name).inspect())
    return true
  } catch (error) {
    if (hasStatus(error, 404)) return false
    throw error
  }
}

function missingExternal(what: string, name: string): TailboardError {
  return new TailboardError('misconfigured', `The external ${what} ${name} is not there`, {
    hint: `docker ${what} create ${name}`,
  })
}
