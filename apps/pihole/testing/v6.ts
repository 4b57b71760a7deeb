import type { BlockingState } from './blocking.ts'
import { slots, topBlocked, topClients, topPermitted, totals } from './model.ts'
import type { Reply, Request } from './reply.ts'
import { refusal, type Sessions } from './sessions.ts'

export interface V6Options {
  sessions: Sessions
  blocking: BlockingState
  /** 0 to 3, as misc.privacylevel. */
  privacyLevel: number
  /** The database of its lists can't be read. */
  hasNoGravity: boolean
  /** Every question about DNS is answered with dns_failure. */
  isDnsDown: boolean
}

const ok = (json: Record<string, unknown>): Reply => ({ status: 200, json })

/** The API of a v6, refusals first: the path, then the method, then the session. */
export function v6(request: Request, options: V6Options): Reply {
  const { method, path } = request
  const { sessions } = options
  const methods = methodsOf[path]
  if (methods === undefined) return refusal(404, 'not_found', 'Not found', path)
  if (!methods.includes(method)) return refusal(405, 'method_not_allowed', 'Method not allowed', path)
  if (path === '/api/info/login') return ok({ https_port: 443, dns: !options.isDnsDown })
  if (path === '/api/auth') {
    if (method === 'POST') return sessions.logIn(request)
    return method === 'DELETE' ? sessions.logOut(request) : sessions.tell(request)
  }
  if (!sessions.isAllowed(request)) return refusal(401, 'unauthorized', 'Unauthorized')
  if (path === '/api/auth/sessions') return sessions.list()
  if (options.isDnsDown) return refusal(500, 'dns_failure', 'DNS server is not running')
  if (path === '/api/dns/blocking')
    return method === 'POST' ? turn(request, options) : tellBlocking(request, options)
  return data(request, options)
}

const methodsOf: Record<string, string[]> = {
  '/api/info/login': ['GET'],
  '/api/auth': ['GET', 'POST', 'DELETE'],
  '/api/auth/sessions': ['GET'],
  '/api/dns/blocking': ['GET', 'POST'],
  '/api/stats/summary': ['GET'],
  '/api/stats/top_domains': ['GET'],
  '/api/stats/top_clients': ['GET'],
  '/api/history': ['GET'],
  '/api/info/version': ['GET'],
}

function tellBlocking({ nowS }: Request, { blocking }: V6Options): Reply {
  return ok(blocking.at(nowS))
}

function turn(request: Request, options: V6Options): Reply {
  let given: unknown
  try {
    given = JSON.parse(request.body)
  } catch {
    return refusal(400, 'bad_request', 'No valid JSON payload found')
  }
  const { blocking, timer } = (given ?? {}) as Record<string, unknown>
  if (typeof blocking !== 'boolean') {
    return refusal(400, 'body_error', 'No "blocking" boolean in body data')
  }
  const forS = typeof timer === 'number' && timer > 0 ? timer : null
  options.blocking.set(blocking, forS, request.nowS)
  return tellBlocking(request, options)
}

function data({ path, query, nowS }: Request, { privacyLevel, hasNoGravity }: V6Options): Reply {
  const { total, blocked } = totals(nowS)
  const count = Number(query.get('count') ?? 10)
  const sums = { total_queries: total, blocked_queries: blocked }
  const hidden = { total_queries: -1, blocked_queries: -1 }
  switch (path) {
    case '/api/stats/summary':
      return ok({
        queries: {
          total,
          blocked,
          percent_blocked: Math.fround((100 * blocked) / total),
          unique_domains: 1_450,
          forwarded: Math.round(total * 0.4),
          cached: total - blocked - Math.round(total * 0.4),
          frequency: 0.07,
          types: { A: total, AAAA: 0 },
        },
        clients: { active: 4, total: 9 },
        gravity: {
          domains_being_blocked: hasNoGravity ? -2 : 104_756,
          last_update: hasNoGravity ? 0 : Math.floor(nowS / 604_800) * 604_800,
        },
      })
    case '/api/stats/top_domains': {
      if (privacyLevel >= 1) return ok({ domains: [], ...hidden })
      const list =
        query.get('blocked') === 'true' ? topBlocked(blocked, count) : topPermitted(total - blocked, count)
      return ok({ domains: list, ...sums })
    }
    case '/api/stats/top_clients':
      if (privacyLevel >= 2) return ok({ clients: [], ...hidden })
      return ok({ clients: topClients(total, count), ...sums })
    case '/api/history':
      return ok({
        history: slots(nowS).map(({ atS, ...slot }) => ({
          timestamp: atS,
          ...slot,
          cached: 0,
          forwarded: slot.total - slot.blocked,
        })),
      })
    default:
      return ok({ version })
  }
}

const installed = (version: string) => ({
  local: { branch: 'master', version, hash: '955e36a9' },
  remote: { version: 'v6.1', hash: '955e36a9' },
})
const version = {
  core: installed('v6.0.5'),
  web: installed('v6.1'),
  ftl: installed('v6.1'),
  docker: { local: null, remote: null },
}
