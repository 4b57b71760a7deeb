import type Docker from 'dockerode'
import { isMap } from '../compose/parse-yaml.ts'
import { booleanOf, bytesOf, numberOf, textOf, textsOf } from '../compose/values.ts'
import type { Carry } from './create-options.ts'

type HostConfig = Docker.HostConfig

/** A carrier that reads the value with `read` and refuses what that can't read. */
function host<T>(
  read: (value: unknown) => T | undefined,
  set: (config: HostConfig, value: T) => void,
): Carry {
  return (value, body) => {
    const known = read(value)
    if (known === undefined) return false
    set(body.HostConfig, known)
  }
}

/** How each option of a service shows in the engine's HostConfig. */
export const hostOptions: Record<string, Carry> = {
  read_only: host(booleanOf, (config, value) => (config.ReadonlyRootfs = value)),
  privileged: host(booleanOf, (config, value) => (config.Privileged = value)),
  init: host(booleanOf, (config, value) => (config.Init = value)),
  oom_kill_disable: host(booleanOf, (config, value) => (config.OomKillDisable = value)),
  mem_limit: host(bytesOf, (config, value) => (config.Memory = value)),
  mem_reservation: host(bytesOf, (config, value) => (config.MemoryReservation = value)),
  memswap_limit: host(bytesOf, (config, value) => (config.MemorySwap = value)),
  mem_swappiness: host(numberOf, (config, value) => (config.MemorySwappiness = value)),
  shm_size: host(bytesOf, (config, value) => (config.ShmSize = value)),
  cpu_shares: host(numberOf, (config, value) => (config.CpuShares = value)),
  cpus: host(numberOf, (config, value) => (config.NanoCpus = Math.round(value * 1e9))),
  cpuset: host(textOf, (config, value) => (config.CpusetCpus = value)),
  oom_score_adj: host(numberOf, (config, value) => (config.OomScoreAdj = value)),
  pids_limit: host(numberOf, (config, value) => (config.PidsLimit = value)),
  cap_add: host(textsOf, (config, value) => (config.CapAdd = value)),
  cap_drop: host(textsOf, (config, value) => (config.CapDrop = value)),
  security_opt: host(securityOptions, (config, value) => (config.SecurityOpt = value)),
  group_add: host(textsOf, (config, value) => (config.GroupAdd = value)),
  dns: host(textsOf, (config, value) => (config.Dns = value)),
  dns_search: host(textsOf, (config, value) => (config.DnsSearch = value)),
  dns_opt: host(textsOf, (config, value) => (config.DnsOptions = value)),
  device_cgroup_rules: host(textsOf, (config, value) => (config.DeviceCgroupRules = value)),
  cgroup_parent: host(textOf, (config, value) => (config.CgroupParent = value)),
  userns_mode: host(textOf, (config, value) => (config.UsernsMode = value)),
  tmpfs: host(textsOf, (config, value) => {
    config.Tmpfs = Object.fromEntries(value.map((entry) => split(entry, ':')))
  }),
  restart: host(textOf, (config, value) => {
    const [name, count] = split(value, ':')
    config.RestartPolicy = { Name: name, MaximumRetryCount: Number(count) }
  }),
  extra_hosts: host(
    (value) => (isMap(value) ? value : undefined),
    (config, value) => {
      config.ExtraHosts = Object.entries(value as Record<string, string[]>)
        .flatMap(([name, addresses]) => addresses.map((address) => `${name}:${address}`))
        .sort()
    },
  ),
  sysctls: host(
    (value) => (isMap(value) ? value : undefined),
    (config, value) => (config.Sysctls = value as Record<string, string>),
  ),
  logging: host(logging, (config, value) => (config.LogConfig = value)),
  ulimits: host(ulimits, (config, value) => (config.Ulimits = value)),
  devices: host(devices, (config, value) => (config.Devices = value)),
}

function split(entry: string, separator: string): [string, string] {
  const at = entry.indexOf(separator)
  return at < 0 ? [entry, ''] : [entry.slice(0, at), entry.slice(at + 1)]
}

/** A seccomp profile is a file that Compose's client sends along, so it can't come from here. */
function securityOptions(value: unknown): string[] | undefined {
  const options = textsOf(value)
  const isFile = options?.some(
    (option) => /^seccomp[:=]/.test(option) && !/^seccomp[:=]unconfined$/.test(option),
  )
  return isFile ? undefined : options?.map((option) => option.replace(/^(seccomp|apparmor|label):/, '$1='))
}

function logging(value: unknown): HostConfig['LogConfig'] | undefined {
  if (!isMap(value)) return undefined
  const { driver = '', options, ...others } = value
  if (typeof driver !== 'string' || Object.keys(others).length > 0) return undefined
  if (options === undefined || options === null) return { Type: driver, Config: {} }
  if (!isMap(options)) return undefined
  return {
    Type: driver,
    Config: Object.fromEntries(Object.entries(options).map(([name, item]) => [name, String(item)])),
  }
}

function ulimits(value: unknown): NonNullable<HostConfig['Ulimits']> | undefined {
  if (!isMap(value)) return undefined
  const limits = Object.entries(value).map(([name, limit]) => {
    const [soft, hard] = isMap(limit) ? [limit.soft, limit.hard] : [limit, limit]
    return { Name: name, Soft: Number(soft), Hard: Number(hard) }
  })
  return limits.some(({ Soft, Hard }) => Number.isNaN(Soft) || Number.isNaN(Hard)) ? undefined : limits
}

function devices(value: unknown): NonNullable<HostConfig['Devices']> | undefined {
  if (!Array.isArray(value)) return undefined
  const mapped = value.map((entry) => {
    if (isMap(entry)) {
      const { source, target = source, permissions = 'rwm' } = entry
      return {
        PathOnHost: String(source),
        PathInContainer: String(target),
        CgroupPermissions: String(permissions),
      }
    }
    const [source = '', target = source, permissions = 'rwm'] = String(entry).split(':')
    return { PathOnHost: source, PathInContainer: target, CgroupPermissions: permissions }
  })
  return mapped.some(({ PathOnHost }) => !PathOnHost.startsWith('/')) ? undefined : mapped
}
