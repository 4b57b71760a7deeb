import path from 'node:path'
import type Docker from 'dockerode'
import { isMap, type YamlMap } from '../compose/parse-yaml.ts'
import { composeProblem } from '../compose/problem.ts'
import type { Project } from '../compose/project.ts'
import { booleanOf, bytesOf, textOf } from '../compose/values.ts'
import { labelOf } from './labels.ts'

/** A named volume that a service mounts, and how to make it when it isn't there. */
export interface VolumeUse {
  name: string
  /** Undefined for an external volume. */
  create: Docker.VolumeCreateOptions | undefined
}

const known = {
  mount: new Set(['type', 'source', 'target', 'read_only', 'bind', 'volume', 'tmpfs', 'consistency']),
  bind: new Set(['create_host_path', 'propagation', 'selinux']),
  volume: new Set(['nocopy']),
  tmpfs: new Set(['size', 'mode']),
  named: new Set(['name', 'driver', 'driver_opts', 'external', 'labels']),
}

/**
 * Mounts of a service. Compose sends a bind that may make its host folder, and a volume that is itself a bind, in the old form, as
 * text, all else as mounts.
 */
export function volumesOf(project: Project, options: YamlMap, where: string) {
  const volumes = new Map<string, VolumeUse>()
  const binds: string[] = []
  const mounts: Docker.MountSettings[] = []
  for (const entry of Array.isArray(options.volumes) ? options.volumes : []) {
    const target = isMap(entry) ? textOf(entry.target) : undefined
    if (!isMap(entry) || target === undefined)
      throw composeProblem(`${where}, option volumes`, 'each needs a target')
    const here = `${where}, volume ${target}`
    refuseUnknown(entry, known.mount, here)
    const isReadOnly = booleanOf(entry.read_only) ?? false
    const mount = { Target: target, ...(isReadOnly ? { ReadOnly: true } : {}) }
    const source = textOf(entry.source)
    if (entry.type === 'bind' && source !== undefined) {
      if (source.startsWith('~'))
        throw composeProblem(here, '"~" is unknown inside the orchestrator', 'Write the whole path')
      const hostPath = path.resolve(project.location.workingDir, source)
      const bind = isMap(entry.bind) ? entry.bind : undefined
      refuseUnknown(bind ?? {}, known.bind, here)
      const modes = [isReadOnly ? 'ro' : 'rw', textOf(bind?.selinux), textOf(bind?.propagation)].filter(
        (mode) => mode !== undefined,
      )
      if (booleanOf(bind?.create_host_path)) binds.push(`${hostPath}:${target}:${modes.join(',')}`)
      else if (bind?.selinux !== undefined) throw composeProblem(here, 'selinux needs create_host_path: true')
      else
        mounts.push({
          Type: 'bind',
          Source: hostPath,
          ...mount,
          ...bindOptions(bind),
        } as Docker.MountSettings)
    } else if (entry.type === 'volume') {
      const volume = isMap(entry.volume) ? entry.volume : {}
      refuseUnknown(volume, known.volume, here)
      const use = source === undefined ? undefined : namedVolume(project, source, here)
      if (use !== undefined) volumes.set(use.name, use)
      const isNotCopied = booleanOf(volume.nocopy) ?? false
      if (use !== undefined && isBind(use)) {
        const modes = [isReadOnly ? 'ro' : 'rw', ...(isNotCopied ? ['nocopy'] : [])]
        binds.push(`${use.name}:${target}:${modes.join(',')}`)
        continue
      }
      const settings = { VolumeOptions: isNotCopied ? { NoCopy: true } : {} }
      mounts.push({
        Type: 'volume',
        ...(use === undefined ? {} : { Source: use.name }),
        ...mount,
        ...settings,
      } as Docker.MountSettings)
    } else if (entry.type === 'tmpfs') {
      const tmpfs = isMap(entry.tmpfs) ? entry.tmpfs : {}
      refuseUnknown(tmpfs, known.tmpfs, here)
      const settings = {
        ...(tmpfs.size === undefined ? {} : { SizeBytes: bytesOf(tmpfs.size) }),
        ...(tmpfs.mode === undefined ? {} : { Mode: Number(tmpfs.mode) }),
      }
      mounts.push({
        Type: 'tmpfs',
        ...mount,
        ...(isMap(entry.tmpfs) ? { TmpfsOptions: settings } : {}),
      } as Docker.MountSettings)
    } else throw composeProblem(here, `a mount of type "${entry.type}" can't be carried over`)
  }
  return { volumes: [...volumes.values()], binds, mounts }
}

/** A folder of the host under a volume's name. */
function isBind({ create }: VolumeUse): boolean {
  const { device, o } = create?.DriverOpts ?? {}
  return create?.Driver === 'local' && device !== undefined && o === 'bind'
}

function bindOptions(bind: YamlMap | undefined) {
  if (bind === undefined) return {}
  const propagation = textOf(bind.propagation)
  return { BindOptions: propagation === undefined ? {} : { Propagation: propagation } }
}

function namedVolume({ location, volumes }: Project, key: string, where: string): VolumeUse {
  const defined = volumes[key]
  if (defined === undefined) throw composeProblem(where, `the volume "${key}" is not defined in the file`)
  const options = isMap(defined) ? defined : {}
  refuseUnknown(options, known.named, `volume ${key}`)
  if (booleanOf(options.external)) return { name: textOf(options.name) ?? key, create: undefined }
  const name = textOf(options.name) ?? `${location.name}_${key}`
  return {
    name,
    create: {
      Name: name,
      ...(typeof options.driver === 'string' ? { Driver: options.driver } : {}),
      ...(isMap(options.driver_opts) ? { DriverOpts: texts(options.driver_opts) } : {}),
      Labels: {
        ...(isMap(options.labels) ? texts(options.labels) : {}),
        [labelOf.project]: location.name,
        [labelOf.version]: location.composeVersion,
        [labelOf.volume]: key,
      },
    },
  }
}

function refuseUnknown(options: YamlMap, allowed: Set<string>, where: string): void {
  const unknown = Object.keys(options).find((option) => !allowed.has(option) && !option.startsWith('x-'))
  if (unknown !== undefined) throw composeProblem(where, `the option "${unknown}" can't be carried over`)
}

function texts(map: YamlMap): Record<string, string> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, String(value)]))
}
