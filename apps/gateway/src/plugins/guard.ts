import { apiLimits, cleanText } from '@tailboard/contracts'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { hostNameOf } from '../hosts.ts'
import { HttpProblem } from '../http-problem.ts'

const readingMethods = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Other web pages get nothing. Before anything else of a request is looked at: its URL is short, its Host is one of ours
 * (else a name of a stranger's points here), and what changes something or opens a WebSocket comes from our own page.
 */
export function addGuard(app: FastifyInstance, isKnownHost: (header: string | undefined) => boolean): void {
  app.addHook('onRequest', async (request) => {
    if (request.url.length > apiLimits.urlBytes) throw new HttpProblem('url-too-long')
    if (!isKnownHost(request.headers.host)) {
      const name = cleanText(request.headers.host ?? '', 100)
      throw new HttpProblem('unknown-host', {
        detail: `The name asked for is “${name}”.`,
        hint: 'If it is yours, add it to TAILBOARD_HOSTS in .env, then run: docker compose up -d',
      })
    }
    if (isForeign(request) && (isUpgrade(request) || !readingMethods.has(request.method))) {
      throw new HttpProblem('foreign-origin')
    }
  })
}

function isUpgrade(request: FastifyRequest): boolean {
  return request.headers.upgrade !== undefined
}

/** Whether a browser says that another page is behind this. A program that is no browser says nothing, and is no page. */
function isForeign({ headers }: FastifyRequest): boolean {
  if (headers['sec-fetch-site'] === 'cross-site') return true
  const { origin } = headers
  if (origin === undefined) return false
  try {
    const { host, protocol } = new URL(origin)
    return !/^https?:$/.test(protocol) || host !== normalHost(headers.host ?? '', protocol)
  } catch {
    return true
  }
}

/** A Host header as the origin of a page under it would have it: no default port, lower case. */
function normalHost(header: string, protocol: string): string | null {
  if (hostNameOf(header) === null) return null
  try {
    return new URL(`${protocol}//${header}`).host
  } catch {
    return null
  }
}
