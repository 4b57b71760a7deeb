import { once } from 'node:events'
import { createServer } from 'node:net'

/** A TCP port on loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}

/** `start` with the first port from `from` on that nobody holds; with `only`, exactly that one. */
export async function onFreePort<T>(
  from: number,
  only: boolean,
  start: (port: number) => Promise<T>,
): Promise<T> {
  const last = only ? from : from + 99
  for (let port = from; ; port++) {
    try {
      return await start(port)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'EADDRINUSE' || port >= last) throw error
    }
  }
}
