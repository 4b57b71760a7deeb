import { connect } from 'node:net'
import { applyEvent, closeCodes, compareCursors, keys, limits, sourceFields } from '@tailboard/contracts'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { node, TestGateway, type TestPage, until } from '../testing/test-gateway.ts'

const it = new TestGateway()
const pages: TestPage[] = []
const open = async (query = '') => {
  const page = await it.page(query)
  pages.push(page)
  return page
}
beforeAll(() => it.start())
afterEach(() => {
  for (const page of pages.splice(0)) page.close()
})
afterAll(() => it[Symbol.asyncDispose]())

const write = (what: string) => it.store.publishWrite('test', what)
const whatOf = (page: TestPage) =>
  page.messages.flatMap((m) => (m.type === 'event' && m.event.type === 'write' ? [m.event.what] : []))

describe('what a page may not send', () => {
  test.each([
    ['garbage', closeCodes.unsupported],
    ['{"type":"format-the-card"}', closeCodes.unsupported],
    [Buffer.from('{"type":"alive"}'), closeCodes.unsupported],
    ['x'.repeat(1025), closeCodes.tooBig],
    ['x'.repeat(10_000_000), closeCodes.tooBig],
  ])('%#: it is closed with the reason, and the others go on', async (message, code) => {
    const good = await open()
    const page = await open()
    page.socket.send(message)
    await until(() => page.closeCode !== null)
    expect(page.closeCode).toBe(code)
    await write(`after ${code}`)
    await until(() => whatOf(good).includes(`after ${code}`))
  })

  test('too many messages close it', async () => {
    const page = await open()
    for (let sent = 0; sent < 130; sent++) page.socket.send('{"type":"alive"}')
    await until(() => page.closeCode !== null)
    expect(page.closeCode).toBe(closeCodes.tooMany)
  })

  test('a cursor that is none is 400 before the upgrade', async () => {
    for (const since of ['garbage', '1-', '-1', '1-1;DROP', '99999999999999999-0', '%00']) {
      await expect(it.page(`?since=${since}`)).rejects.toThrow('400')
    }
    expect((await it.get('/ws/live?since=x')).statusCode).toBe(400)
    expect((await it.get('/ws/live')).statusCode).toBe(426)
  })
})

test('a page gets a snapshot, then each event, and has the same model as the gateway', async () => {
  await it.store.publishReading(it.reading(), null)
  const page = await open()
  await until(() => page.messages.length > 0)
  const first = page.messages[0]
  if (first?.type !== 'snapshot') throw new Error('no snapshot')
  await it.store.publishSuccess('system')
  await it.store.publishNotice({ id: 'clock', level: 'info', text: 'It jumped', hint: null })
  await until(() => page.messages.length === 3)
  let { model } = first
  for (const message of page.messages) if (message.type === 'event') model = applyEvent(model, message.event)
  expect(model).toEqual(JSON.parse(JSON.stringify(it.gateway.model())))
  expect(page.cursors).toEqual([...new Set(page.cursors)])
  await it.store.publishNotice({ id: 'clock', level: 'info', text: null, hint: null })
})

describe('resume', () => {
  test('sends exactly what was missed', async () => {
    const before = await open()
    await until(() => before.messages.length > 0)
    await write('seen')
    await until(() => whatOf(before).includes('seen'))
    const since = before.cursors.at(-1)
    before.close()
    for (const what of ['missed 1', 'missed 2', 'missed 3']) await write(what)
    const page = await open(`?since=${since}`)
    await write('live')
    await until(() => whatOf(page).includes('live'))
    expect(page.messages[0]).toMatchObject({ type: 'resumed', cursor: since })
    expect(whatOf(page)).toEqual(['missed 1', 'missed 2', 'missed 3', 'live'])
  })

  test('has no gap and no double at the seam, while others write', async () => {
    const count = 300
    let isWriting = true
    const writing = (async () => {
      for (let n = 0; n < count; n++) await write(`n${n}`)
      isWriting = false
    })()
    const watcher = await open()
    // A page that comes and goes the whole time, each time from the last cursor that it has.
    const seen: string[] = []
    let since = ''
    while (isWriting || seen.at(-1) !== `n${count - 1}`) {
      const page = await open(since === '' ? '' : `?since=${since}`)
      await until(() => page.messages.length > 0)
      await new Promise((resolve) => setTimeout(resolve, 5))
      const [first] = page.messages
      if (since !== '') expect(first?.type).toBe('resumed')
      else
        seen.push(
          ...Array.from({ length: Number(whatAt(first?.cursor, await all())) + 1 }, (_, n) => `n${n}`),
        )
      page.close()
      seen.push(...whatOf(page))
      since = page.cursors.at(-1) ?? first?.cursor ?? ''
    }
    await writing
    expect(seen).toEqual(Array.from({ length: count }, (_, n) => `n${n}`))
    expect(new Set(watcher.cursors).size).toBe(watcher.cursors.length)
  })

  const all = () => it.redis.xrange(keys.events, '-', '+')
  const whatAt = (cursor: string | undefined, entries: [string, string[]][]) => {
    const upTo = entries.filter(([id]) => compareCursors(id, String(cursor)) <= 0).reverse()
    return (
      /"what":"n(\d+)"/.exec(upTo.find(([, f]) => /"what":"n\d+"/.test(f[1] ?? ''))?.[1][1] ?? '')?.[1] ?? -1
    )
  }

  test('many pages at once get the same', async () => {
    const since = (await it.redis.xrevrange(keys.events, '+', '-', 'COUNT', 200)).at(-1)?.[0]
    const opened = Promise.all(Array.from({ length: 30 }, () => open(`?since=${since}`)))
    for (let n = 0; n < 50; n++) await write(`crowd ${n}`)
    const crowd = await opened
    await until(() => crowd.every((page) => whatOf(page).includes('crowd 49')))
    const expected = (await it.redis.xrange(keys.events, `(${since}`, '+')).map(([id]) => id)
    for (const page of crowd) expect(page.cursors).toEqual(expected)
  })

  test('a cursor that is gone, or of the future, gets a snapshot', async () => {
    for (let n = 0; n < limits.events + 1; n++) await write(`fill ${n}`)
    for (const since of ['1-1', '9999999999999-0', '0-0']) {
      const page = await open(`?since=${since}`)
      await until(() => page.messages.length > 0)
      expect(page.messages[0]?.type, since).toBe('snapshot')
    }
  })
})

describe('a reader that never reads', () => {
  test('is cut off before it costs memory, and the others miss nothing', async () => {
    const good = await open()
    await until(() => good.messages.length > 0)
    const cutOff = it.gateway.hub.cutOff
    const clients = it.gateway.hub.size
    const socket = connect(it.port, '127.0.0.1')
    socket.on('error', () => {})
    socket.write(
      'GET /ws/live HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    )
    await until(() => it.gateway.hub.size === clients + 1)
    socket.pause()
    const padding = 'x'.repeat(30_000)
    const before = process.memoryUsage().arrayBuffers
    const stamp = it.store.now()
    for (let n = 0; n < 1_000 && it.gateway.hub.cutOff === cutOff; n++) {
      // Straight into the stream: what a page would have to take, in a form that is checked and let through.
      const reading = it.reading((data) => Object.assign(data, { padding: padding.slice(0, 1) }))
      const failure = {
        kind: 'timeout',
        message: 'x'.repeat(400),
        hint: null,
        log: Array(20).fill('y'.repeat(400)),
        ...stamp,
      }
      const event = { type: 'reading', node, source: 'system', stamp, reading, failure }
      await it.redis.xadd(keys.events, 'MAXLEN', limits.events, '*', 'event', JSON.stringify(event))
      if (n % 20 === 0) await until(() => it.gateway.follower.events > 0)
    }
    await until(() => it.gateway.hub.cutOff === cutOff + 1)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 * 1024)
    const last = (await it.redis.xrevrange(keys.events, '+', '-', 'COUNT', 1))[0]?.[0]
    await until(() => good.cursors.at(-1) === last)
    expect(good.closeCode).toBe(null)
    socket.destroy()
  })

  test('one that answers no ping is ended', async () => {
    const page = await open()
    page.socket.pause()
    await until(() => it.gateway.hub.size > 0)
    it.gateway.hub.pingAll()
    const cutOff = it.gateway.hub.cutOff
    it.gateway.hub.pingAll()
    expect(it.gateway.hub.cutOff).toBeGreaterThan(cutOff)
    page.socket.resume()
    await until(() => page.closeCode !== null)
  })
})

describe('a record in Redis that can’t be read', () => {
  test('an event: it is named, left out, and what follows goes on', async () => {
    const page = await open()
    await until(() => page.messages.length > 0)
    const reading = it.reading()
    const data = { ...reading.data, memory: { ...(reading.data.memory as object), usedPercent: 'much' } }
    const stamp = it.store.now()
    const event = {
      type: 'reading',
      node,
      source: 'system',
      stamp,
      reading: { ...reading, data },
      failure: null,
    }
    for (const json of [JSON.stringify(event), '{broken', '[]', '{"type":"nonsense"}']) {
      await it.redis.xadd(keys.events, '*', 'event', json)
    }
    await it.redis.xadd(keys.events, '*', 'something', 'else')
    await write('after')
    await until(() => whatOf(page).includes('after'))
    expect(page.notices('record-system').at(-1)?.text).toContain('memory.usedPercent')
    expect(page.notices('records').length).toBeGreaterThan(0)
    expect(it.log.some((line) => line.includes('memory.usedPercent'))).toBe(true)
    await it.store.publishReading(it.reading(), null)
    await until(() => page.notices('record-system').at(-1)?.text === null)
  })

  test('a hash: the other fields stand', async () => {
    await it.stopGateway()
    const redis = new (await import('ioredis')).Redis(it.server.url)
    await redis.hset(keys.source(node, 'system'), {
      [sourceFields.reading]: '{"node":"kitchen","source":"system","schema":"one"}',
    })
    await redis.hset(keys.notices(node), { x: '{' })
    await it.startGateway()
    await until(() => it.gateway.missing().length === 0)
    const page = await open()
    await until(() => page.messages.length > 0)
    const first = page.messages[0]
    if (first?.type !== 'snapshot') throw new Error('no snapshot')
    expect(first.model.sources.system.reading).toBe(null)
    expect(first.model.sources.system.success).not.toBe(null)
    expect(first.model.notices['record-system']?.text).toContain('schema')
    await redis.hdel(keys.notices(node), 'x')
    redis.disconnect()
  })

  test('events of another Pi and of an unknown source change nothing', async () => {
    const page = await open()
    await until(() => page.messages.length > 0)
    const stamp = it.store.now()
    for (const event of [
      { type: 'success', node: 'attic', source: 'system', stamp },
      { type: 'success', node, source: 'toaster', stamp },
    ]) {
      await it.redis.xadd(keys.events, '*', 'event', JSON.stringify(event))
    }
    await write('the end')
    await until(() => whatOf(page).includes('the end'))
    expect(page.cursors).toHaveLength(1)
  })
})
