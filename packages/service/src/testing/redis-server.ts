import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'

/** A real redis-server of the test's own, on loopback, with nothing kept after it stops. */
export class TestRedis {
  port = 0
  #child: ChildProcess | undefined
  #folder = ''

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  /** The same port at each start, so that a test can stop it and start it again. Data is kept by `stop({save: true})`. */
  async start(extra: string[] = []): Promise<this> {
    if (this.#folder === '') this.#folder = await mkdtemp(join(tmpdir(), 'tailboard-redis-'))
    if (this.port === 0) this.port = await freePort()
    const options = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
    const child = spawn('redis-server', [...options, '--dir', this.#folder, ...extra], { stdio: 'ignore' })
    this.#child = child
    let problem: Error | undefined
    child.once('error', (error) => {
      problem = error
    })
    const probe = new Redis({
      port: this.port,
      lazyConnect: true,
      retryStrategy: () => 20,
      maxRetriesPerRequest: null,
    })
    probe.on('error', () => {})
    try {
      for (;;) {
        if (problem !== undefined) throw problem
        if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}`)
        const pong = await Promise.race([probe.ping(), new Promise((resolve) => setTimeout(resolve, 500))])
        if (pong === 'PONG') return this
      }
    } finally {
      probe.disconnect()
    }
  }

  async stop({ save = false } = {}): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (child === undefined || child.exitCode !== null) return
    if (save) {
      const redis = new Redis({ port: this.port })
      await redis.save()
      redis.disconnect()
    }
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
    if (this.#folder !== '') await rm(this.#folder, { recursive: true, force: true })
  }
}

/** A TCP port on loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
