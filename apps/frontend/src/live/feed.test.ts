import type { SystemData } from '@tailboard/contracts/sources/system'
import type { ServerMessage } from '@tailboard/contracts/websocket'
import { beforeEach, expect, test } from 'vitest'
import { failureEvent, modelWith, node, readingEvent, start } from '../testing/samples.ts'
import { Feed, type FeedView, feedLimits, type Socket } from './feed.ts'

class FakeSocket implements Socket {
  onmessage: Socket['onmessage'] = null
  onclose: Socket['onclose'] = null
  isClosed = false
  readonly since: string | null

  constructor(since: string | null) {
    this.since = since
  }

  close(): void {
    this.isClosed = true
  }

  say(message: ServerMessage | string): void {
    const data = typeof message === 'string' ? message : JSON.stringify(message)
    this.onmessage?.({ data } as MessageEvent)
  }

  lose(): void {
    this.onclose?.({} as CloseEvent)
  }
}

let sockets: FakeSocket[]
let timers: { ms: number; call: () => void }[]
let view: FeedView
let feed: Feed
let chance: number

const last = () => {
  const socket = sockets.at(-1)
  if (socket === undefined) throw new Error('no socket was opened')
  return socket
}
/** Lets the shortest timer run out. */
const pass = () => {
  const next = timers.toSorted((a, b) => a.ms - b.ms)[0]
  timers = timers.filter((timer) => timer !== next)
  next?.call()
  return next?.ms
}
const snapshot = (cursor = '5-0'): ServerMessage => ({
  type: 'snapshot',
  now: start,
  cursor,
  model: modelWith(start),
})
const reading = (cursor: string, cpu: number): ServerMessage => ({
  type: 'event',
  now: start,
  cursor,
  event: readingEvent(start, { cpu }),
})
const cpu = () => (view.model?.sources.system.reading?.data as SystemData | undefined)?.cpu.usedPercent

beforeEach(() => {
  sockets = []
  timers = []
  chance = 1
  feed = new Feed(
    {
      open: (since) => {
        const socket = new FakeSocket(since)
        sockets.push(socket)
        return socket
      },
      later: (ms, call) => {
        const timer = { ms, call }
        timers.push(timer)
        return () => {
          timers = timers.filter((other) => other !== timer)
        }
      },
      random: () => chance,
    },
    {
      change: (changed) => {
        view = changed
      },
      time: () => {},
    },
  )
})

test('the first connection asks for everything, and events change it', () => {
  feed.start(null)
  expect(view.link).toBe('connecting')
  expect(last().since).toBeNull()
  last().say(snapshot())
  last().say(reading('6-0', 77))
  expect(view).toMatchObject({ link: 'live', events: 1 })
  expect(cpu()).toBe(77)
})

test('after a break it asks from its cursor, and what it has already counts once', () => {
  feed.start(null)
  last().say(snapshot())
  last().say(reading('6-0', 60))
  last().lose()
  expect(view.link).toBe('down')
  pass()
  expect(last().since).toBe('6-0')
  last().say({ type: 'resumed', now: start, cursor: '9-0' })
  for (const [cursor, value] of [
    ['5-9', 1],
    ['6-0', 2],
    ['6-1', 61],
    ['6-1', 3],
    ['10-0', 62],
  ] as const) {
    last().say(reading(cursor, value))
  }
  expect(view).toMatchObject({ link: 'live', events: 3, returns: 1 })
  expect(cpu()).toBe(62)
})

test('a cursor that is gone is answered by a snapshot, whose cursor holds even when it is lower', () => {
  feed.start(null)
  last().say(snapshot('900-0'))
  last().lose()
  pass()
  last().say(snapshot('3-0'))
  last().say(reading('4-0', 33))
  expect(cpu()).toBe(33)
})

test('tries again ever slower up to five seconds, never all pages at once, and afresh after success', () => {
  feed.start(null)
  const waits: (number | undefined)[] = []
  for (let attempt = 0; attempt < 8; attempt += 1) {
    last().lose()
    waits.push(pass())
  }
  expect(waits).toEqual([200, 400, 800, 1600, 3200, 5000, 5000, 5000])
  chance = 0
  last().lose()
  expect(pass()).toBe(2_500)
  last().say(snapshot())
  last().lose()
  expect(pass()).toBe(100)
})

test('an answer that never comes is given up', () => {
  feed.start(null)
  expect(pass()).toBe(feedLimits.answerMs)
  expect(sockets[0]?.isClosed).toBe(true)
  expect(view.link).toBe('down')
})

test('a link that fell silent is renewed from its cursor, without a word of a break', () => {
  feed.start(null)
  last().say(snapshot())
  expect(pass()).toBe(feedLimits.silenceMs)
  expect(sockets).toHaveLength(2)
  expect(sockets[0]?.isClosed).toBe(true)
  expect(last().since).toBe('5-0')
  expect(view.link).toBe('live')
  last().lose()
  expect(view.link).toBe('down')
})

test('what an abandoned connection still says is not heard', () => {
  feed.start(null)
  const first = last()
  first.say(snapshot())
  feed.renew()
  first.say(reading('6-0', 99))
  first.lose()
  expect(view).toMatchObject({ link: 'live', events: 0 })
})

test('a pause closes it, waking opens it at once from where it was', () => {
  feed.start(null)
  last().say(snapshot())
  feed.pause()
  expect(view.link).toBe('paused')
  expect(timers).toHaveLength(0)
  feed.renew()
  expect(sockets).toHaveLength(1)
  feed.wake()
  expect(last().since).toBe('5-0')
  last().say({ type: 'resumed', now: start, cursor: '5-0' })
  expect(view.link).toBe('live')
})

test('waking does not wait for the back-off', () => {
  feed.start(null)
  last().lose()
  feed.wake()
  expect(sockets).toHaveLength(2)
  expect(timers).toHaveLength(1)
})

test.each([
  ['no JSON', '<html>'],
  ['no message', '[]'],
  ['an unknown type', JSON.stringify({ ...reading('6-0', 1), type: 'party' })],
  ['an unknown event', JSON.stringify({ ...reading('6-0', 1), event: { type: 'party', node } })],
  ['no time', JSON.stringify({ ...reading('6-0', 1), now: null })],
  ['no cursor', JSON.stringify({ ...reading('6-0', 1), cursor: 'x' })],
  ['an event without its inside', JSON.stringify({ ...reading('6-0', 1), event: { type: 'config', node } })],
])('garbage is counted and changes nothing: %s', (_, frame) => {
  feed.start(null)
  last().say(snapshot())
  const before = view.model
  last().say(frame)
  expect(view).toMatchObject({ link: 'live', garbage: 1, events: 0 })
  expect(view.model).toBe(before)
  last().say(reading('7-0', 70))
  expect(cpu()).toBe(70)
})

test('a notice of the gateway itself comes with a cursor that we have, and is taken', () => {
  feed.start(null)
  last().say(snapshot())
  const notice = {
    type: 'notice' as const,
    node,
    stamp: start,
    id: 'redis',
    level: 'error' as const,
    hint: null,
  }
  last().say({ type: 'event', now: start, cursor: '5-0', event: { ...notice, text: 'Redis is away.' } })
  expect(view.model?.notices.redis?.text).toBe('Redis is away.')
  last().say({ type: 'event', now: start, cursor: '5-0', event: { ...notice, text: null } })
  expect(view.model?.notices).toEqual({})
  expect(view.events).toBe(0)
})

test('a model from the cache is shown, and no event is counted onto it', () => {
  feed.start(modelWith(start))
  last().say({ type: 'event', now: start, cursor: '9-0', event: failureEvent(start) })
  expect(view.model?.sources.system.outcome).toBe('ok')
  expect(view.events).toBe(0)
})
