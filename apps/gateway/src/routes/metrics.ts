import { stampNow } from '@tailboard/service'
import type { App } from '../app.ts'
import type { Gateway } from '../gateway.ts'
import { addSourceMetrics } from '../metrics.ts'
import { MetricsText } from '../metrics-text.ts'
import { version } from '../version.ts'

const mediaType = 'text/plain; version=0.0.4; charset=utf-8'

export function addMetricsRoute(app: App, gateway: Gateway): void {
  const config = { summary: 'Every latest number, and the gateway’s own', mediaType: 'text/plain' }
  app.get('/metrics', { config }, async (_request, reply) => {
    const { hub, follower, time } = gateway
    const text = new MetricsText()
    text.add('tailboard_gateway_info', 'gauge', 'The gateway', 1, { version })
    text.add('tailboard_gateway_clients', 'gauge', 'Open WebSockets', hub.size)
    text.add('tailboard_gateway_cut_off_total', 'counter', 'Readers that were too slow or dead', hub.cutOff)
    text.add('tailboard_gateway_events_total', 'counter', 'Events taken from the stream', follower.events)
    text.add('tailboard_gateway_redis_up', 'gauge', 'Whether Redis answers', follower.isLive ? 1 : 0)
    text.add('tailboard_gateway_memory_bytes', 'gauge', 'Resident memory (B)', process.memoryUsage.rss())
    const { model } = follower
    if (model !== null) addSourceMetrics(text, model, stampNow(time))
    return reply.type(mediaType).send(text.toString())
  })
}
