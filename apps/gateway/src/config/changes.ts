import { type Config, type ConfigChange, cleanText, configChangeLimits } from '@tailboard/contracts'

/** Every value that differs, in the order of the file. Lists are compared, and named, whole. */
export function changesBetween(before: Config, after: Config): ConfigChange[] {
  return differences(before, after, [])
}

/** As a sentence for the log and the event: `sources.weather.place: "" → "Bern"`. */
export function inWords(changes: readonly ConfigChange[]): string {
  const [first] = changes
  if (first === undefined) return 'comments alone'
  const rest = changes.length === 1 ? '' : ` and ${changes.length - 1} more`
  return `${first.path}: ${first.from} → ${first.to}${rest}`
}

function differences(before: unknown, after: unknown, path: string[]): ConfigChange[] {
  if (isGroup(before) && isGroup(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)])
    return [...keys].flatMap((key) => differences(before[key], after[key], [...path, key]))
  }
  const [from, to] = [JSON.stringify(before) ?? '', JSON.stringify(after) ?? '']
  return from === to ? [] : [{ path: cleanText(path.join('.'), 200), from: short(from), to: short(to) }]
}

function isGroup(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const short = (json: string) => cleanText(json, configChangeLimits.value)
