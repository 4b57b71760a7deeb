import { type Config, isSourceId, isStale, type Stamp } from '@tailboard/contracts'
import type { Store } from '@tailboard/service'

/** The number at a dotted path of some data (`cpu.temperatureC`, `devices.0.co2Ppm`); null when there is none. */
export function numberAt(data: unknown, path: readonly string[]): number | null {
  let value = data
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return null
    value = (value as Record<string, unknown>)[key]
  }
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

/** The number that another source last measured, by SOURCE.FIELD; null when there is none, or it is no longer current. */
export async function readField(
  store: Store,
  config: Config,
  of: string,
  now: Stamp,
): Promise<number | null> {
  const [source = '', ...path] = of.split('.')
  if (!isSourceId(source)) return null
  const stored = await store.readSource(source)
  const view = { ...stored, id: source, settings: config.sources[source] }
  return stored.reading === null || isStale(view, now) ? null : numberAt(stored.reading.data, path)
}
