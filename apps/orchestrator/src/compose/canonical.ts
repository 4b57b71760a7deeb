import { isMap, type YamlMap } from './parse-yaml.ts'
import { composeProblem } from './problem.ts'
import { textOf, textsOf, wordsOf } from './values.ts'
import { shortVolume } from './volume.ts'

/**
 * One service with each option in the one form that merging and container-making know: maps for what may be written as a list of
 * K=V, lists for what may be a single text, the long form of volumes, networks and dependencies.
 */
export function canonicalService(raw: unknown, where: string): YamlMap {
  if (raw === null || raw === undefined) return {}
  if (!isMap(raw)) throw composeProblem(where, 'must be a mapping')
  const service: YamlMap = {}
  for (const [option, value] of Object.entries(raw)) {
    if (option.startsWith('x-')) continue
    service[option] = (forms[option] ?? ((same) => same))(value, `${where}.${option}`)
  }
  return service
}

type Form = (value: unknown, where: string) => unknown

const forms: Record<string, Form> = {
  environment: (value, where) => assignments(value, where, null),
  labels: (value, where) => assignments(value, where, ''),
  sysctls: (value, where) => assignments(value, where, ''),
  extra_hosts: hosts,
  command: words,
  entrypoint: words,
  networks: (value, where) => keyed(value, where, null),
  depends_on: (value, where) => keyed(value, where, { condition: 'service_started' }),
  build: (value, where) => buildForm(typeof value === 'string' ? { context: value } : value, where),
  volumes: (value, where) =>
    list(value, where).map((item, index) => (isMap(item) ? item : shortVolume(item, `${where}[${index}]`))),
  ...Object.fromEntries(
    [
      'tmpfs',
      'dns',
      'dns_search',
      'dns_opt',
      'profiles',
      'cap_add',
      'cap_drop',
      'security_opt',
      'group_add',
    ].map((option) => [option, texts]),
  ),
}

function list(value: unknown, where: string): unknown[] {
  if (value === null) return []
  if (!Array.isArray(value)) throw composeProblem(where, 'must be a list')
  return value
}

function texts(value: unknown, where: string): string[] {
  if (value === null) return []
  const items = textsOf(value)
  if (items === undefined) throw composeProblem(where, 'must be a text or a list of texts')
  return items
}

function words(value: unknown, where: string): string[] | null {
  if (value === null) return null
  const items = typeof value === 'string' ? wordsOf(value) : textsOf(value)
  if (items === undefined) throw composeProblem(where, 'must be a command line or a list of words')
  return items
}

/** `bare` is what a name without a value means. */
function assignments(value: unknown, where: string, bare: null | ''): Record<string, string | null> {
  const result: Record<string, string | null> = {}
  const take = (key: string, item: unknown) => {
    const text = item === null ? bare : textOf(item)
    if (text === undefined) throw composeProblem(`${where}.${key}`, 'must be a text or a number')
    result[key] = text
  }
  if (isMap(value)) for (const [key, item] of Object.entries(value)) take(key, item)
  else
    for (const item of texts(value, where)) {
      const equals = item.indexOf('=')
      take(equals < 0 ? item : item.slice(0, equals), equals < 0 ? null : item.slice(equals + 1))
    }
  return result
}

function hosts(value: unknown, where: string): Record<string, string[]> {
  const result: Record<string, string[]> = {}
  const take = (host: string, address: string) => {
    result[host] = [...(result[host] ?? []), address.replace(/^\[(.*)\]$/, '$1')]
  }
  if (isMap(value))
    for (const [host, address] of Object.entries(value))
      for (const one of texts(address, where)) take(host, one)
  else
    for (const item of texts(value, where)) {
      const [, host, address] = /^([^:=]+)[:=](.+)$/.exec(item) ?? []
      if (host === undefined || address === undefined)
        throw composeProblem(where, `"${item}" is not HOST:ADDRESS`)
      take(host, address)
    }
  return result
}

function keyed(value: unknown, where: string, each: unknown): YamlMap {
  if (isMap(value)) return value
  return Object.fromEntries(texts(value, where).map((name) => [name, each]))
}

function buildForm(value: unknown, where: string): YamlMap | null {
  if (value === null) return null
  if (!isMap(value)) throw composeProblem(where, 'must be a folder or a mapping')
  const build = { ...value }
  // An argument without a value comes from the environment of the build, as in `environment`.
  if ('args' in build) build.args = assignments(build.args, `${where}.args`, null)
  if ('labels' in build) build.labels = assignments(build.labels, `${where}.labels`, '')
  return build
}
