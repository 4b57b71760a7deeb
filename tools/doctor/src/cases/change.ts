import { call, containers } from '../hosts.ts'
import type { Answer, Finding, Host } from '../made-up-host.ts'

/** What differs from the host on which all is set. */
export type Change = (host: Host) => void

/** A host, what is found there, what the sentence says, and what the line that mends it. */
export type Case = [name: string, change: Change, kind: Finding['kind'], sentence: RegExp, mend?: RegExp]

export const answer = (host: Host, program: string, args: string, what: Answer) => {
  host.programs[program] = { ...host.programs[program], [args]: what }
}
export const file = (path: string, text: string) => (host: Host) => {
  host.files[path] = text
}
export const gone =
  (...paths: string[]) =>
  (host: Host) => {
    for (const path of paths) delete host.files[path]
  }
export const says = (program: string, args: string, what: Answer) => (host: Host) =>
  answer(host, program, args, what)
export const without = (program: string) => (host: Host) => {
  delete host.programs[program]
}
export const env = (text: string) => (host: Host) => {
  host.project['.env'] = text
}
export const off = (source: string) => (host: Host) => {
  host.project['config/tailboard.yaml'] =
    `sources:\n  weather:\n    enabled: true\n  ${source}:\n    # no\n    enabled: false\n`
}
export const all =
  (...changes: Change[]) =>
  (host: Host) => {
    for (const change of changes) change(host)
  }
export const failed = (err: string, exit = 1): Answer => ({ err, exit })

export const notAPi = file('/proc/device-tree/model', 'PC\0')
export const throttled = (bits: string) =>
  file('/sys/devices/platform/soc/soc:firmware/get_throttled', `${bits}\n`)
export const pihole = file('/etc/pihole/pihole.toml', '')
export const noEngine = says('docker', call.version, failed('Cannot connect to the Docker daemon'))
export const nothingRuns = says('docker', 'compose --profile * ps -a -q', '')
export const withStates = (other: Record<string, string>) =>
  says('docker', call.containers, containers(other))
