import { setTimeout as sleep } from 'node:timers/promises'
import { keys } from '@tailboard/contracts'
import { stampNow, systemTime } from '@tailboard/service'
import { LiveClient, until } from '@tailboard/stack'
import { readCost } from './container.ts'
import type { Bench } from './part.ts'
import { megabytes, type Row } from './row.ts'

const clients = 1_000
const perSecond = 10
/** Opened at once, so that the machine's own queue of connections is not what is measured. */
const atOnce = 50

/** As many readers as a gateway of 96m may have: does each get every message, and does the gateway live? */
export async function manyClients({ project, isShort }: Bench): Promise<Row[]> {
  const forSeconds = isShort ? 5 : 20
  const base = `http://${await project.address('web-gateway')}:8080`
  const readers: LiveClient[] = []
  try {
    while (readers.length < clients) {
      const some = Array.from({ length: atOnce }, () =>
        LiveClient.open(base, undefined, { host: 'localhost' }),
      )
      readers.push(...(await Promise.all(some)))
    }
    await until('every snapshot', () => readers.every(({ messages }) => messages.length > 0))
    const received = countReceived(readers)
    const gateway = await project.inspect('web-gateway')
    const before = await readCost(gateway.Id)
    await write(await project.redis(), forSeconds * perSecond)
    const expected = forSeconds * perSecond * clients
    // What is lost never comes: then the row says how much.
    await until('every message', () => received.total >= expected, { withinMs: 60_000 }).catch(() => {})
    const after = await readCost(gateway.Id)
    const lost = expected - received.total
    const isDead = after.wasKilledForMemory || after.restarts > before.restarts
    return [
      {
        measure: `${clients} WebSocket clients, ${perSecond} messages a second, gateway in 96m`,
        goal: 'nothing lost',
        line: 'no OOM',
        measured: `${lost} of ${expected} lost, ${isDead ? 'killed' : 'alive'}, ${megabytes(after.usedBytes)} used`,
        how: `for ${forSeconds} s, every client in one process on this machine; the gateway took ${((after.cpuMs - before.cpuMs) / 1000).toFixed(1)} s of processor for it`,
        isReached: lost === 0 && !isDead,
        isHeld: !isDead,
      },
    ]
  } finally {
    for (const reader of readers) reader.close()
  }
}

/** Counts ours as they come; nothing is kept of them. */
function countReceived(readers: LiveClient[]): { total: number } {
  const received = { total: 0 }
  for (const reader of readers) {
    reader.messages.length = 0
    reader.onMessage = (message) => {
      reader.messages.length = 0
      if (message.type === 'event' && message.event.type === 'write') received.total += 1
    }
  }
  return received
}

async function write(redis: Awaited<ReturnType<Bench['project']['redis']>>, messages: number): Promise<void> {
  const node = (await redis.get(keys.localNode)) ?? ''
  for (let n = 0; n < messages; n++) {
    const event = {
      type: 'write',
      node,
      stamp: stampNow(systemTime),
      by: 'bench',
      what: `bench ${n} ${'x'.repeat(150)}`,
    }
    await redis.xadd(keys.events, 'MAXLEN', '=', 400, '*', 'event', JSON.stringify(event))
    await sleep(1000 / perSecond)
  }
}
