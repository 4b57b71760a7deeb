import { createHash } from 'node:crypto'
import type { BlockingState } from './blocking.ts'
import { slots, topBlocked, topClients, topPermitted, totals } from './model.ts'
import type { Reply, Request } from './reply.ts'

export interface V5Options {
  /** Null: no password, no token. */
  password: string | null
  blocking: BlockingState
  privacyLevel: number
  /** The web server is up, FTL is not. */
  isDnsDown: boolean
}

const notFound: Reply = { status: 404, html: '<html><head><title>404 - Not Found</title></head></html>' }

/** api.php of a v5 since web 5.18, refusals first: no token is an empty list, with 200. */
export function v5({ method, path, query, nowS }: Request, options: V5Options): Reply {
  if (path !== '/admin/api.php' || method !== 'GET') return notFound
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
  const token = options.password === null ? null : sha256(sha256(options.password))
  if (token !== null && query.get('auth') !== token) return { status: 200, json: [] }
  const { blocking, privacyLevel } = options
  if (query.has('enable') || query.has('disable')) {
    const seconds = Number.parseInt(query.get('disable') ?? '', 10) || 0
    const isOn = query.has('enable')
    blocking.set(isOn, !isOn && seconds > 0 ? seconds : null, nowS)
    return { status: 200, json: { status: isOn ? 'enabled' : 'disabled' } }
  }
  if (query.has('versions')) return { status: 200, json: versions }
  if (options.isDnsDown) return { status: 200, json: { FTLnotrunning: true } }
  const { total, blocked } = totals(nowS)
  if (query.has('summaryRaw')) {
    return {
      status: 200,
      json: {
        domains_being_blocked: 104_756,
        dns_queries_today: total,
        ads_blocked_today: blocked,
        ads_percentage_today: (100 * blocked) / total,
        unique_domains: 1_450,
        queries_forwarded: Math.round(total * 0.4),
        queries_cached: total - blocked - Math.round(total * 0.4),
        clients_ever_seen: 9,
        unique_clients: 4,
        dns_queries_all_types: total,
        privacy_level: privacyLevel,
        status: blocking.at(nowS).blocking,
        gravity_last_updated: {
          file_exists: true,
          absolute: Math.floor(nowS / 604_800) * 604_800,
          relative: { days: 1, hours: 2, minutes: 3 },
        },
      },
    }
  }
  if (query.has('topItems')) {
    const most = Number(query.get('topItems'))
    if (privacyLevel >= 1) return { status: 200, json: { top_queries: [], top_ads: [] } }
    const asObject = (list: { domain: string; count: number }[]) =>
      Object.fromEntries(list.map(({ domain, count }) => [domain, count]))
    return {
      status: 200,
      json: {
        top_queries: asObject(topPermitted(total - blocked, most)),
        top_ads: asObject(topBlocked(blocked, most)),
      },
    }
  }
  if (query.has('topClients')) {
    if (privacyLevel >= 2) return { status: 200, json: { top_sources: [] } }
    const list = topClients(total, Number(query.get('topClients')))
    const top_sources = Object.fromEntries(
      list.map(({ ip, name, count }) => [name === '' ? ip : `${name}|${ip}`, count]),
    )
    return { status: 200, json: { top_sources } }
  }
  if (query.has('overTimeData10mins')) {
    const all = slots(nowS)
    return {
      status: 200,
      json: {
        domains_over_time: Object.fromEntries(all.map(({ atS, total }) => [atS, total])),
        ads_over_time: Object.fromEntries(all.map(({ atS, blocked }) => [atS, blocked])),
      },
    }
  }
  return { status: 200, json: [] }
}

const versions = {
  core_update: false,
  web_update: true,
  FTL_update: false,
  core_current: 'v5.18.3',
  web_current: 'v5.20',
  FTL_current: 'v5.25.2',
  core_latest: 'v5.18.3',
  web_latest: 'v5.21',
  FTL_latest: 'v5.25.2',
  core_branch: 'master',
  web_branch: 'master',
  FTL_branch: 'master',
}
