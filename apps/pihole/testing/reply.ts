import type { IncomingHttpHeaders } from 'node:http'

export interface Request {
  method: string
  path: string
  query: URLSearchParams
  headers: IncomingHttpHeaders
  body: string
  /** Seconds since 1970, by the double's own clock. */
  nowS: number
}

export interface Reply {
  status: number
  json?: unknown
  /** In place of `json`. */
  html?: string
  headers?: Record<string, string>
}
