import { readFile } from 'node:fs/promises'
import os from 'node:os'
import { TailboardError } from '@tailboard/contracts/error'
import type Docker from 'dockerode'
import type { ProjectLocation } from '../compose/project.ts'
import { bounded, engineError, hasStatus } from './engine.ts'
import { labelOf } from './labels.ts'

/**
 * The project that our own container belongs to, as Compose wrote it on the container.
 * @param folder where the project's folder is mounted in here.
 * @throws TailboardError `misconfigured` when this process is in no container that Compose made; `unreachable` without an engine.
 */
export async function findProject(docker: Docker, folder = '/project'): Promise<ProjectLocation> {
  for (const id of await ownContainerIds()) {
    try {
      const { Config } = await bounded(docker.getContainer(id).inspect())
      const location = locationOf(Config.Labels ?? {}, folder)
      if (location !== undefined) return location
    } catch (error) {
      if (!hasStatus(error, 404)) throw engineError(error, 'Finding our own container')
    }
  }
  throw new TailboardError('misconfigured', 'The orchestrator is in no container that Compose made', {
    hint: 'Start it with: docker compose up -d',
  })
}

/** The project of a container by its Compose labels, undefined when it has none. */
export function locationOf(labels: Record<string, string>, folder: string): ProjectLocation | undefined {
  const name = labels[labelOf.project]
  const workingDir = labels[labelOf.workingDir]
  const configFiles = labels[labelOf.configFiles]
  if (name === undefined || workingDir === undefined || configFiles === undefined) return undefined
  const envFiles = labels[labelOf.environmentFile] ?? ''
  return {
    name,
    workingDir,
    folder,
    configFiles: configFiles.split(','),
    envFiles: envFiles === '' ? [] : envFiles.split(','),
    composeVersion: labels[labelOf.version] ?? '',
  }
}

/** Ids this container may have: the folder that its /etc/hostname is mounted from, its control group, its host name. */
async function ownContainerIds(): Promise<string[]> {
  const read = (file: string) => readFile(file, 'utf8').catch(() => '')
  return candidateIds(await read('/proc/self/mountinfo'), await read('/proc/self/cgroup'), os.hostname())
}

export function candidateIds(mountinfo: string, cgroup: string, hostname: string): string[] {
  const ids = mountinfo
    .split('\n')
    .filter((line) => / \/etc\/(hostname|hosts|resolv\.conf) /.test(line))
    .flatMap((line) => /\/containers\/([0-9a-f]{64})\//.exec(line)?.[1] ?? [])
  const fromCgroup = [...cgroup.matchAll(/([0-9a-f]{64})/g)].map(([id]) => id)
  return [...new Set([...ids, ...fromCgroup, ...(/^[0-9a-f]{12}$/.test(hostname) ? [hostname] : [])])]
}
