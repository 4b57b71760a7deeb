import { keys } from '@tailboard/contracts'
import { stampNow, systemTime } from '@tailboard/service'
import { LiveClient, until } from '@tailboard/stack'
import type { Bench } from './part.ts'
import { judge, type Row } from './row.ts'

const clients = 100
const perSecond = 10

/** From XADD to the message in the client, over the gateway's own port, with 100 clients open. */
export async function fanOut({ project, isShort }: Bench): Promise<Row[]> {
  const forSeconds = isShort ? 5 : 20
  const base = `http://${await project.address('web-gateway')}:8080`
  const readers = await Promise.all(
    Array.from({ length: clients }, () => LiveClient.open(base, undefined, { host: 'localhost' })),
  )
  try {
    await until('every snapshot', () => readers.every(({ messages }) => messages.length > 0))
    const redis = await project.redis()
    const node = (await redis.get(keys.localNode)) ?? ''
    const sent = new Map<string, number>()
    const late: number[] = []
    for (const reader of readers) {
      reader.onMessage = (message) => {
        if (message.type !== 'event' || message.event.type !== 'write') return
        const at = sent.get(message.event.what)
        if (at !== undefined) late.push(performance.now() - at)
      }
    }
    for (let n = 0; n < forSeconds * perSecond; n++) {
      const what = `bench ${n} ${'x'.repeat(150)}`
      const event = { type: 'write', node, stamp: stampNow(systemTime), by: 'bench', what }
      sent.set(what, performance.now())
      await redis.xadd(keys.events, 'MAXLEN', '=', 400, '*', 'event', JSON.stringify(event))
      await new Promise((resolve) => setTimeout(resolve, 1000 / perSecond))
    }
    const expected = forSeconds * perSecond * clients
    await until('every message', () => late.length >= expected, { withinMs: 30_000 })
    late.sort((a, b) => a - b)
    const p99 = late[Math.floor(late.length * 0.99)] ?? Number.NaN
    return [
      {
        measure: 'Redis write to browser message, 100 clients, p99',
        goal: '10 ms',
        line: '50 ms',
        measured: `${p99.toFixed(1)} ms (median ${late[Math.floor(late.length / 2)]?.toFixed(1)} ms), ${late.length} of ${expected} arrived`,
        how: `${perSecond} a second for ${forSeconds} s, clients in one process on this machine`,
        ...judge(p99, { goal: 10, line: 50 }),
      },
    ]
  } finally {
    for (const reader of readers) reader.close()
  }
}
