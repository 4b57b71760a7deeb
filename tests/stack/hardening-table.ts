import { docker } from '@tailboard/stack'
import type { ContainerInspectInfo } from 'dockerode'

const columns = [
  'service',
  'user',
  'capabilities',
  'read-only',
  'memory',
  'shares',
  'OOM',
  'network',
  'ports',
  'mounts',
] as const

/** What a container may do, as the engine says it. */
function cells({ Config, HostConfig, Mounts }: ContainerInspectInfo): string[] {
  const ports = Object.entries((HostConfig.PortBindings ?? {}) as Record<string, { HostIp: string }[]>)
  const devices = (HostConfig.Devices ?? []) as { PathOnHost: string }[]
  return [
    Config.Labels['com.docker.compose.service'] ?? '',
    Config.User || 'root',
    [
      ...((HostConfig.CapDrop ?? []) as string[]).map((name) => `-${name}`),
      ...((HostConfig.CapAdd ?? []) as string[]).map((name) => `+${name}`),
    ].join(' '),
    `${HostConfig.ReadonlyRootfs ? 'yes' : 'NO'}${HostConfig.SecurityOpt?.includes('no-new-privileges:true') ? '' : ', MAY GAIN PRIVILEGES'}${HostConfig.Privileged ? ', PRIVILEGED' : ''}`,
    `${(HostConfig.Memory ?? 0) / 1024 ** 2}m`,
    `${HostConfig.CpuShares}`,
    `${HostConfig.OomScoreAdj}`,
    (HostConfig.NetworkMode ?? '').replace(/^.*_/, ''),
    ports
      .map(([port, bindings]) => bindings.map(({ HostIp }) => `${HostIp || '*'}→${port}`).join(' '))
      .join(' ') || 'none',
    [
      ...Mounts.map(({ Destination, RW }) => `${Destination}${RW ? ' (rw)' : ''}`),
      ...Object.keys(HostConfig.Tmpfs ?? {}).map((path) => `${path} (tmpfs)`),
      ...devices.map(({ PathOnHost }) => `${PathOnHost} (device)`),
    ].join(', '),
  ]
}

/** One line a container: user, capabilities, file system, limits, network and mounts. */
export async function hardeningTable(ids: string[]): Promise<string> {
  const rows = await Promise.all(ids.map(async (id) => cells(await docker.getContainer(id).inspect())))
  rows.sort(([a = ''], [b = '']) => a.localeCompare(b))
  const widths = columns.map((column, i) =>
    Math.max(column.length, ...rows.map((row) => row[i]?.length ?? 0)),
  )
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd()
  return [columns, ...rows].map(line).join('\n')
}
