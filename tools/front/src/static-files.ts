import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { extname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'

/** A folder that stands in for the frontend's nginx in a run without containers. */
export interface StaticFolder {
  folder: string
  /** Headers for a path (`/assets/x.js`) and a status, as nginx.conf would add them (nginxHeaders). */
  headers?: (path: string, status: number) => OutgoingHttpHeaders
  /** What an unknown path gets, such as `/index.html`; null: 404. */
  fallback?: string | null
}

const types: Record<string, string> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'application/javascript',
  '.json': 'application/json',
  '.map': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
}

/** Content type by the file's ending, with the charset where it is text. */
export function contentType(path: string): string {
  const type = types[extname(path).toLowerCase()] ?? 'application/octet-stream'
  return /^text\/|javascript|json/.test(type) ? `${type}; charset=utf-8` : type
}

interface Found {
  path: string
  file: string
  size: number
  modified: Date
}

async function find(folder: string, path: string): Promise<Found | null> {
  // The path comes cleaned (path.ts): it holds no `..` segment, encoded or not.
  const name = path.endsWith('/') ? `${path}index.html` : path
  if (name.includes('\0') || name.includes('\\') || name.split('/').includes('..')) return null
  const file = join(folder, name)
  const found = await stat(file).catch(() => null)
  return found?.isFile() ? { path: name, file, size: found.size, modified: found.mtime } : null
}

function decode(path: string): string | null {
  try {
    return decodeURIComponent(path)
  } catch {
    return null
  }
}

/**
 * Answers GET and HEAD from the folder. `target` is a cleaned path, its query ignored. A file `NAME.gz` beside NAME goes to who
 * accepts gzip, as nginx's gzip_static does. `status` replaces 200 (an error page).
 */
export async function serveStatic(
  site: StaticFolder,
  target: string,
  request: IncomingMessage,
  response: ServerResponse,
  status = 200,
): Promise<void> {
  const isHead = request.method === 'HEAD'
  if (status === 200 && !isHead && request.method !== 'GET')
    return plain(response, 405, site.headers?.(target, 405))
  const path = decode(target.replace(/\?.*$/s, ''))
  const found =
    (path === null ? null : await find(site.folder, path)) ??
    (site.fallback ? await find(site.folder, site.fallback) : null)
  if (found === null) return plain(response, 404, site.headers?.(path ?? '/', 404))

  const gzip = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '')
    ? await find(site.folder, `${found.path}.gz`)
    : null
  const sent = gzip ?? found
  const etag = `"${Math.floor(sent.modified.getTime() / 1000).toString(16)}-${sent.size.toString(16)}"`
  const headers: OutgoingHttpHeaders = {
    'content-type': contentType(found.path),
    'last-modified': sent.modified.toUTCString(),
    etag,
    ...(gzip ? { 'content-encoding': 'gzip', vary: 'Accept-Encoding' } : {}),
    ...site.headers?.(found.path, status),
  }
  if (status === 200 && request.headers['if-none-match'] === etag) {
    response.writeHead(304, headers).end()
    return
  }
  response.writeHead(status, { ...headers, 'content-length': sent.size })
  if (isHead) response.end()
  else await pipeline(createReadStream(sent.file), response)
}

function plain(response: ServerResponse, status: number, headers: OutgoingHttpHeaders = {}): void {
  response.writeHead(status, { ...headers, 'content-type': 'text/plain; charset=utf-8' }).end(`${status}\n`)
}
