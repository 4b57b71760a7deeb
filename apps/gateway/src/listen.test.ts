import { connect } from 'node:net'
import { webSocketLimits } from '@tailboard/contracts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { HubClient } from './hub.ts'
import { listen } from './listen.ts'
import { node, TestGateway, until } from './testing/test-gateway.ts'

const it = new TestGateway()
beforeAll(() => it.start())
afterAll(() => it[Symbol.asyncDispose]())

test.each(['EAFNOSUPPORT', 'EADDRNOTAVAIL'])('where :: fails with %s it listens on 0.0.0.0', async (code) => {
  const tried: unknown[] = []
  const app = {
    listen: async (options: unknown) => {
      tried.push(options)
      if (tried.length === 1) throw Object.assign(new Error(code), { code })
      return 'there'
    },
  }
  expect(await listen(app as never, 8080)).toBe('there')
  expect(tried).toEqual([
    { host: '::', port: 8080 },
    { host: '0.0.0.0', port: 8080 },
  ])
})

test('a port that is taken is no reason to listen elsewhere', async () => {
  const app = { listen: () => Promise.reject(Object.assign(new Error('taken'), { code: 'EADDRINUSE' })) }
  await expect(listen(app as never, 8080)).rejects.toThrow('taken')
})

test('what is no HTTP is answered with a problem and hung up on', async () => {
  const socket = connect(it.port, '127.0.0.1')
  let answer = ''
  socket.on('data', (data) => {
    answer += data
  })
  socket.write('\u0016\u0003\u0001 hello\r\n\r\n')
  await until(() => socket.closed || socket.readableEnded)
  expect(answer).toMatch(/^HTTP\/1.1 400 .*application\/problem\+json/s)
  socket.destroy()
})

test('when every seat is taken a page is told to come later', async () => {
  const seat = (): HubClient => ({
    isOpen: () => true,
    unsentBytes: () => 0,
    write: () => {},
    ping: () => {},
    close: () => {},
    terminate: () => {},
  })
  const seats = Array.from({ length: webSocketLimits.clients }, seat)
  for (const client of seats) it.gateway.hub.add(client)
  await expect(it.page()).rejects.toThrow('503')
  for (const client of seats) it.gateway.hub.remove(client)
  const page = await it.page(`?node=${node}`)
  page.close()
  await expect(it.page('?node=attic')).rejects.toThrow('404')
})

test('behind a proxy of the same machine nobody else gets to it', async () => {
  const asked: unknown[] = []
  const app = { listen: async (options: unknown) => String(asked.push(options)) }
  await listen(app as never, 8080, true)
  expect(asked).toEqual([{ host: '127.0.0.1', port: 8080 }])
})
