import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { YamlMap } from '../compose/parse-yaml.ts'
import { composeProblem } from '../compose/problem.ts'
import { type Project, seenPath } from '../compose/project.ts'
import { textOf } from '../compose/values.ts'
import type { ContainerSpec } from './create-options.ts'
import { baseImages } from './dockerfile.ts'
import { labelOf } from './labels.ts'

/** A build as the engine takes it. */
export interface BuildPlan {
  /** The context as this process sees it. */
  folder: string
  /** Relative to `folder`. */
  dockerfile: string
  query: Record<string, string>
  bases: string[]
}

const known = new Set(['context', 'dockerfile', 'args', 'target', 'labels'])

/** Throws when `build:` of a service holds what can't be carried over. */
export function checkBuild(build: YamlMap, service: string): void {
  const unknown = Object.keys(build).find((option) => !known.has(option) && !option.startsWith('x-'))
  if (unknown !== undefined)
    throw composeProblem(`service ${service}, build`, `the option "${unknown}" can't be carried over`)
}

/** How Compose would build the image of a service, with the labels that it puts on images. */
export async function buildPlan(
  project: Project,
  { service, build = {}, image }: ContainerSpec,
): Promise<BuildPlan> {
  const { location, lookup } = project
  const where = `service ${service}, build`
  const context = textOf(build.context) ?? '.'
  const folder = seenPath(location, context)
  if (folder === undefined)
    throw composeProblem(where, `the context ${context} lies outside the project's folder`)
  const dockerfile = path.normalize(textOf(build.dockerfile) ?? 'Dockerfile')
  const args = Object.entries((build.args ?? {}) as Record<string, string | null>).flatMap(
    ([name, value]) => {
      const resolved = value ?? lookup(name)
      return resolved === undefined ? [] : [[name, resolved] as const]
    },
  )
  const buildArgs = Object.fromEntries(args)
  const text = await readFile(path.join(folder, dockerfile), 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw composeProblem(where, `the file ${dockerfile} can't be read (${error.code})`)
  })
  const labels = {
    ...(build.labels as Record<string, string> | undefined),
    [labelOf.project]: location.name,
    [labelOf.service]: service,
    [labelOf.version]: location.composeVersion,
  }
  return {
    folder,
    dockerfile,
    bases: baseImages(text, buildArgs),
    query: {
      version: '2',
      t: image,
      dockerfile,
      buildargs: JSON.stringify(buildArgs),
      labels: JSON.stringify(labels),
      ...(typeof build.target === 'string' ? { target: build.target } : {}),
    },
  }
}
