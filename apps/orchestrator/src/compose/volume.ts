import type { YamlMap } from './parse-yaml.ts'
import { composeProblem } from './problem.ts'

const propagations = ['private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave']

/** `./data:/data:ro`, `name:/data`, `/data` in the long form. */
export function shortVolume(value: unknown, where: string): YamlMap {
  if (typeof value !== 'string' || value === '')
    throw composeProblem(where, 'must be SOURCE:TARGET or a mapping')
  const parts = value.split(':')
  if (parts.length > 3 || parts.includes(''))
    throw composeProblem(where, `"${value}" is not SOURCE:TARGET[:MODE]`)
  if (parts.length === 1) return { type: 'volume', target: value, volume: {} }
  const [source = '', target, modes = ''] = parts
  const isBind = /^[./~]/.test(source)
  const bind: YamlMap = { create_host_path: true }
  const volume: YamlMap = {}
  const result: YamlMap = {
    type: isBind ? 'bind' : 'volume',
    source,
    target,
    ...(isBind ? { bind } : { volume }),
  }
  for (const mode of modes === '' ? [] : modes.split(',')) {
    if (mode === 'ro') result.read_only = true
    else if (mode === 'nocopy' && !isBind) volume.nocopy = true
    else if (propagations.includes(mode) && isBind) bind.propagation = mode
    else if ((mode === 'z' || mode === 'Z') && isBind) bind.selinux = mode
    else if (mode !== 'rw') throw composeProblem(where, `the mode "${mode}" can't be carried over`)
  }
  return result
}
