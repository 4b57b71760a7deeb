import { dirname, join } from 'node:path'
import type { SourceId } from '@tailboard/contracts'
import { stringify } from 'yaml'
import { Double } from './double.ts'
import { docker } from './project.ts'

interface Stand {
  /** What the double is started with; `socket` lies in a folder of its own. */
  args: (place: { socket: string }) => string[]
  /** How a container finds it; by the variables that the double prints, when absent. */
  service?: (place: { socket: string }) => Record<string, unknown>
}

/** How containers reach the doubles of the sources, which stay on the host. One more is an entry here. */
const stands: Partial<Record<SourceId, Stand>> = {
  weather: { args: () => ['0', '0.0.0.0'] },
  pihole: { args: () => ['0', 'v6', '0.0.0.0'] },
  tailscale: {
    args: ({ socket }) => [socket],
    // Over the Pi's own folder: the real path inside stays.
    service: ({ socket }) => ({ volumes: [`${dirname(socket)}:/var/run/tailscale:ro`] }),
  },
}

export interface SourceDoubles {
  doubles: Map<SourceId, Double>
  /** A compose file that sets addresses, and says that what comes from there is simulated. */
  override: string
}

/** Starts the doubles of these sources. @param folder where their sockets may lie: others must be able to enter it. */
export async function startDoubles(ids: readonly SourceId[], folder: string): Promise<SourceDoubles> {
  const [bridge] = (await docker.getNetwork('bridge').inspect()).IPAM?.Config ?? []
  const doubles = new Map<SourceId, Double>()
  const services: Record<string, unknown> = {}
  for (const id of ids) {
    const stand = stands[id]
    if (stand === undefined) throw new Error(`${id} has no double that a container reaches`)
    const place = { socket: join(folder, id, 'tailscaled.sock') }
    const double = await new Double(`apps/${id}/testing/double.ts`, ...stand.args(place)).start()
    doubles.set(id, double)
    // The host as a container reaches it: what host.docker.internal means.
    const found = Object.entries(double.environment).map(([name, value]) => [
      name,
      value.replace('127.0.0.1', bridge?.Gateway ?? ''),
    ])
    services[`source-${id}`] = {
      ...(stand.service?.(place) ?? {}),
      environment: {
        ...(stand.service === undefined ? Object.fromEntries(found) : {}),
        TAILBOARD_SIMULATED: '1',
      },
    }
  }
  return { doubles, override: stringify({ services }) }
}
