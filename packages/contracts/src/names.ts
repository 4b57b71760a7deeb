import * as v from 'valibot'

/** The name of a node (a Pi): its host name in lower case. */
export const nodeName = v.pipe(
  v.string(),
  v.regex(
    /^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/,
    'must be a host name: lower-case letters, digits, hyphens',
  ),
)

/** The name of a source: one word, the same in folder, compose service, Redis key, environment and card. */
export const sourceName = v.pipe(v.string(), v.regex(/^[a-z][a-z0-9]{1,23}$/, 'must be one lower-case word'))

/** A machine's host name as a node's name; null when nothing usable is left. */
export function toNodeName(hostName: string): string | null {
  const name = hostName
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9.-]+/g, '-')
    .slice(0, 63)
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '')
  return name === '' ? null : name
}
