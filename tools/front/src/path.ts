/** Characters that change a URL's meaning once decoded: Traefik leaves them encoded, also where it matches. */
const reserved = new Set([...":/?#[]@!$&'()*+,;=%"])
const unreserved = /[A-Za-z0-9._~-]/

/**
 * A request's path as Traefik forwards it: unreserved characters decoded, hex in capitals, `.`, `..` and empty segments gone.
 * Null: no path (or broken encoding), which is a bad request. The query is not part of it.
 */
export function cleanPath(raw: string): string | null {
  if (!raw.startsWith('/') || /%(?![0-9A-Fa-f]{2})/.test(raw)) return null
  const decoded = raw.replace(/%[0-9A-Fa-f]{2}/g, (code) => {
    const character = String.fromCharCode(Number.parseInt(code.slice(1), 16))
    return unreserved.test(character) ? character : code.toUpperCase()
  })
  const segments = decoded.split('/').slice(1)
  const last = segments.at(-1)
  const kept: string[] = []
  for (const segment of segments) {
    if (segment === '..') kept.pop()
    else if (segment !== '' && segment !== '.') kept.push(segment)
  }
  const endsInSlash = kept.length > 0 && (last === '' || last === '.' || last === '..')
  return `/${kept.join('/')}${endsInSlash ? '/' : ''}`
}

/** The clean path as rules see it: what is left encoded is what is reserved. Bytes above 127 are taken one by one. */
export function rulePath(clean: string): string {
  return clean.replace(/%[0-9A-F]{2}/g, (code) => {
    const character = String.fromCharCode(Number.parseInt(code.slice(1), 16))
    return reserved.has(character) ? code : character
  })
}

/** Path and query of a request line, also of one in absolute form. */
export function splitTarget(target: string): { path: string; query: string } {
  const origin = target.replace(/^https?:\/\/[^/?]*/i, '')
  const at = origin.indexOf('?')
  const path = at < 0 ? origin : origin.slice(0, at)
  return { path: path === '' ? '/' : path, query: at < 0 ? '' : origin.slice(at) }
}
