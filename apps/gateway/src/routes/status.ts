import {
  commandSchema,
  keys,
  limits,
  loggedRunSchema,
  type RedisFacts,
  type StatusAnswer,
  sourceIds,
  statusAnswerSchema,
} from '@tailboard/contracts'
import { readHeartbeat, type Store, stampNow } from '@tailboard/service'
import * as v from 'valibot'
import type { App } from '../app.ts'
import type { Gateway } from '../gateway.ts'
import { readRedisFacts } from '../redis-watch.ts'
import { version } from '../version.ts'
import { checkNode, nodeQuery } from './parameters.ts'

/** Those that say that they live; of the sources, only one that always runs does. */
const services = ['web-gateway', 'orchestrator', ...sourceIds.map((id) => `source-${id}`)]

export function addStatusRoutes(app: App, gateway: Gateway): void {
  const schema = { querystring: nodeQuery, response: { 200: statusAnswerSchema } }
  const config = { summary: 'What runs and what it costs', problems: [404, 503] }
  app.get('/api/status', { schema, config }, async (request): Promise<StatusAnswer> => {
    const model = gateway.model()
    checkNode(model, request.query.node)
    const stored = gateway.follower.isLive ? await readStored(gateway).catch(() => nothing) : nothing
    return {
      now: stampNow(gateway.time),
      node: model.node,
      version,
      isLive: gateway.follower.isLive,
      gateway: {
        uptimeS: Math.round(process.uptime()),
        memoryBytes: process.memoryUsage.rss(),
        clients: gateway.hub.size,
        cutOff: gateway.hub.cutOff,
      },
      config: gateway.config.current?.status ?? null,
      ...stored,
    }
  })
}

type Stored = Pick<StatusAnswer, 'heartbeats' | 'system' | 'runs' | 'demandRuns' | 'commands'> & {
  redis: RedisFacts | null
}
const nothing: Stored = { heartbeats: [], system: null, runs: [], demandRuns: [], commands: [], redis: null }

async function readStored(gateway: Gateway): Promise<Stored> {
  const store = gateway.store()
  const { redis, node } = store
  const [heartbeats, runs, demandRuns, commands, facts, system] = await Promise.all([
    Promise.all(services.map((name) => readHeartbeat(redis, node, name, store.now()))),
    redis.lrange(keys.runs(node), 0, limits.runs - 1),
    redis.lrange(keys.demandRuns(node), 0, limits.demandRuns - 1),
    redis.lrange(keys.commandLog(node), 0, -1),
    readRedisFacts(redis),
    readSystem(gateway, store),
  ])
  return {
    heartbeats: heartbeats.filter((heartbeat) => heartbeat !== null),
    runs: readable(loggedRunSchema, runs),
    demandRuns: readable(loggedRunSchema, demandRuns),
    // Newest first, so the first of each id is how it stands.
    commands: readable(commandSchema, commands).filter(
      (command, index, all) => all.findIndex(({ id }) => id === command.id) === index,
    ),
    redis: facts,
    system,
  }
}

async function readSystem(gateway: Gateway, store: Store): Promise<StatusAnswer['system']> {
  const system = await gateway.orders.readStatus(store).catch(() => null)
  // A card that can't be written to must not hide the rest of the page.
  await gateway.orders.status(store, system?.taken ?? null).catch(() => gateway.watch.check())
  return system
}

/** Those records that are of the schema; one that isn't must not hide the others. */
function readable<S extends v.GenericSchema>(schema: S, list: (string | null)[]): v.InferOutput<S>[] {
  return list.flatMap((json) => {
    try {
      const result = v.safeParse(schema, JSON.parse(json ?? 'null'))
      return result.success ? [result.output] : []
    } catch {
      return []
    }
  })
}
