import type Docker from 'dockerode'
import { loadProject, type ProjectLocation } from '../../compose/project.ts'
import { compareInspects, compareWithSpec } from '../compare.ts'
import { containerSpec } from '../create-options.ts'
import { DockerLauncher } from '../launcher.ts'

/**
 * Makes a profile service both ways, one after the other under the same name, and returns every difference that `docker inspect` shows,
 * none when they are equal. Leaves no container of that service.
 * @param create runs `docker compose … create SERVICE` for the project at `location`.
 */
export async function parityDifferences(
  docker: Docker,
  location: ProjectLocation,
  service: string,
  create: (service: string) => Promise<unknown>,
): Promise<string[]> {
  const project = await loadProject(location)
  const spec = containerSpec(project, service)
  const container = docker.getContainer(spec.containerName)
  const remove = () => container.remove({ force: true, v: true }).catch(() => {})
  await remove()
  try {
    await create(service)
    const theirs = await container.inspect()
    await remove()
    await new DockerLauncher({ docker, location }).prepare(service)
    const ours = await container.inspect()
    const image = await docker.getImage(spec.image).inspect()
    return [
      ...compareInspects(theirs, ours).map((line) => `compose against ours ${line}`),
      // What decides whether a container of Compose's is adopted must see no difference either.
      ...compareWithSpec(theirs, spec, image).map((line) => `compose against the file ${line}`),
      ...compareWithSpec(ours, spec, image).map((line) => `ours against the file ${line}`),
    ]
  } finally {
    await remove()
  }
}
