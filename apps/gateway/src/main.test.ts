import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, TestRedis } from '@tailboard/service/testing/redis-server'
import { afterEach, expect, test } from 'vitest'
import { until } from './testing/test-gateway.ts'

let child: ChildProcess | undefined
let output = ''

/** The program itself, as its image runs it but for the bundle. */
function start(environment: Record<string, string>): ChildProcess {
  output = ''
  child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data) => (output += data))
  return child
}
afterEach(() => child?.kill('SIGKILL'))

test('a wrong environment is named, variable by variable, and nothing starts', async () => {
  const [code] = await once(start({ GATEWAY_PORT: 'http', TRUSTED_PROXY: 'everybody' }), 'exit')
  expect(code).toBe(1)
  expect(output).toContain('GATEWAY_PORT must be a port number')
  expect(output).toContain('TRUSTED_PROXY must be network-gateway or loopback')
})

test('it answers on IPv4, on IPv6 where there is any, and ends at SIGTERM with pages open', async () => {
  await using redis = await new TestRedis().start()
  const folder = await mkdtemp(join(tmpdir(), 'tailboard-main-'))
  const port = await freePort()
  const program = start({
    REDIS_URL: redis.url,
    GATEWAY_PORT: String(port),
    CONFIG_DIR: folder,
    TAILBOARD_NODE: 'kitchen',
    // As in a container: with `loopback` it would listen on 127.0.0.1 alone.
    TRUSTED_PROXY: 'network-gateway',
  })
  const statusAt = (host: string) =>
    fetch(`http://${host}:${port}/health/ready`).then(
      ({ status }) => status,
      () => 0,
    )
  await until(async () => (await statusAt('127.0.0.1')) === 200)
  if (existsSync('/proc/net/if_inet6')) expect(await statusAt('[::1]')).toBe(200)
  const socket = new WebSocket(`ws://127.0.0.1:${port}/ws/live`)
  let closeCode = 0
  socket.onclose = ({ code }) => {
    closeCode = code
  }
  await new Promise((resolve) => {
    socket.onmessage = resolve
  })
  program.kill('SIGTERM')
  const [code] = await once(program, 'exit')
  expect(code).toBe(0)
  await until(() => closeCode !== 0)
  for (const line of output.trim().split('\n')) expect(() => JSON.parse(line)).not.toThrow()
  await rm(folder, { recursive: true })
})
