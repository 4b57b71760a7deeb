import { tailscale } from '@tailboard/contracts/sources/tailscale'
import type { Measurement, PollSource, RunContext } from '@tailboard/service/run-source'
import { askStatus, nameDaemon } from './local-api.ts'
import { parseStatus } from './status.ts'
import { toData } from './to-data.ts'
import { countedSchema, countTraffic, trafficSince } from './traffic.ts'

/** Counters that are older than this, and than three intervals, tell of another time than now (ms). */
const oldestCountersMs = 15 * 60_000

export const tailscaleSource: PollSource = { contract: tailscale, measure }

async function measure(context: RunContext): Promise<Measurement> {
  const { environment, signal, time, memory, settings } = context
  const socketPath = String((environment as Record<string, unknown>).TAILSCALE_SOCKET)
  const daemon = await nameDaemon(socketPath)
  const status = parseStatus((await askStatus(socketPath, signal)).body)

  const now = countTraffic(status.peers, time, daemon)
  const last = await context.memory.recall('traffic', countedSchema)
  await memory.set('traffic', now)
  const traffic = trafficSince(last, now, Math.max(oldestCountersMs, settings.intervalSeconds * 3000))
  return { data: toData(status, traffic, time.wallMs()) }
}
