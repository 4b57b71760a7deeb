import { RoutingError } from './routing-error.ts'

/** Small checks for hand-written YAML: each error names the place. */
export type Dict = Record<string, unknown>

export function dict(value: unknown, where: string): Dict {
  if (value === null || value === undefined) return {}
  if (typeof value !== 'object' || Array.isArray(value))
    throw new RoutingError(`${where}: a mapping expected`)
  return value as Dict
}

/** A mapping that has no key beside the known ones. */
export function only(value: unknown, where: string, known: readonly string[]): Dict {
  const found = dict(value, where)
  for (const key of Object.keys(found))
    if (!known.includes(key)) throw new RoutingError(`${where}.${key} is not known here`)
  return found
}

export function string(value: unknown, where: string): string {
  if (typeof value !== 'string') throw new RoutingError(`${where}: text expected`)
  return value
}

export function strings(value: unknown, where: string): string[] {
  if (!Array.isArray(value)) throw new RoutingError(`${where}: a list expected`)
  return value.map((item, index) => string(item, `${where}[${index}]`))
}

export function whole(value: unknown, where: string): number {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  if (typeof number !== 'number' || !Number.isInteger(number) || number < 0)
    throw new RoutingError(`${where}: a whole number expected`)
  return number
}
