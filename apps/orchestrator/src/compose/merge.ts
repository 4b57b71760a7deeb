import { isMap, type YamlMap } from './parse-yaml.ts'

/** Lists whose items Compose replaces by what they mount, map or limit, where it appends all others. */
const keyOf: Record<string, (item: unknown) => unknown> = {
  volumes: (item) => (isMap(item) ? item.target : item),
  devices: (item) => (isMap(item) ? item.target : String(item).split(':')[1]),
}
const replaced = new Set(['command', 'entrypoint', 'test'])

/** `over` laid over `base`, both canonical, as Compose does with a second file. */
export function mergeOptions(base: YamlMap, over: YamlMap): YamlMap {
  const merged: YamlMap = { ...base }
  for (const [option, value] of Object.entries(over)) merged[option] = mergeValue(option, base[option], value)
  return merged
}

function mergeValue(option: string, base: unknown, over: unknown): unknown {
  if (over === undefined) return base
  if (base === undefined || base === null || replaced.has(option)) return over
  if (option === 'logging' && isMap(base) && isMap(over)) {
    // The options of one driver mean nothing to another.
    if (base.driver !== undefined && over.driver !== undefined && base.driver !== over.driver) return over
  }
  if (Array.isArray(base) && Array.isArray(over))
    return mergeLists(base, over, keyOf[option] ?? ((item) => item))
  if (isMap(base) && isMap(over)) return mergeOptions(base, over)
  // A null in a later file leaves the earlier file's mapping as it is.
  return over === null && isMap(base) ? base : over
}

function mergeLists(base: unknown[], over: unknown[], key: (item: unknown) => unknown): unknown[] {
  const merged = new Map<unknown, unknown>()
  for (const item of [...base, ...over]) {
    const before = merged.get(key(item))
    merged.set(key(item), isMap(before) && isMap(item) ? mergeOptions(before, item) : item)
  }
  return [...merged.values()]
}
