import type { IncomingHttpHeaders } from 'node:http'

export interface Request {
  path: string
  query: URLSearchParams
  headers: IncomingHttpHeaders
  /** The double's own clock. */
  now: Date
}

export interface Reply {
  status: number
  json?: unknown
  /** In place of `json`. */
  html?: string
  headers?: Record<string, string>
}
