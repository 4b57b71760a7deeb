import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@tailboard/service/testing/redis-server'
import { Redis } from 'ioredis'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const source = join(import.meta.dirname, '../../redis')

/** redis/start.sh with the real redis-server, as the container runs it, in a folder of the test's own. */
describe('redis/', () => {
  let folder: string
  let data: string
  let child: ChildProcess
  let said = ''
  const clients: Redis[] = []

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tailboard-redis-conf-'))
    data = await mkdtemp(join(tmpdir(), 'tailboard-redis-data-'))
    await chmod(folder, 0o755)
    for (const name of ['redis.conf', 'start.sh']) await copyFile(join(source, name), join(folder, name))
  })
  afterEach(async () => {
    for (const client of clients.splice(0)) client.disconnect()
    await stop('SIGKILL')
    await rm(folder, { recursive: true, force: true })
    await rm(data, { recursive: true, force: true })
  })

  async function start(more: { uid?: number } = {}): Promise<Redis> {
    const port = await freePort()
    said = ''
    child = spawn('sh', [join(folder, 'start.sh'), '--port', String(port)], {
      env: {
        PATH: process.env.PATH,
        TAILBOARD_REDIS_CONF: join(folder, 'redis.conf'),
        TAILBOARD_REDIS_DIR: data,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...more,
    })
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (said += String(chunk)))
    const redis = new Redis({
      port,
      retryStrategy: () => (child.exitCode === null ? 20 : null),
      maxRetriesPerRequest: null,
    })
    clients.push(redis)
    redis.on('error', () => {})
    await Promise.race([
      redis.ping(),
      once(child, 'exit').then(([code]) =>
        Promise.reject(new Error(`redis-server ended with ${code}: ${said}`)),
      ),
    ])
    return redis
  }

  async function stop(signal: NodeJS.Signals): Promise<void> {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill(signal)
    await gone
  }

  const setAside = async () => (await readdir(data)).filter((name) => name.startsWith('dump.rdb.bad-')).sort()

  /** A dump as a power cut leaves it. */
  async function truncatedDump(): Promise<void> {
    const redis = await start()
    await redis.set('history', 'x'.repeat(5000))
    await stop('SIGTERM')
    const whole = await readFile(join(data, 'dump.rdb'))
    await writeFile(join(data, 'dump.rdb'), whole.subarray(0, Math.floor(whole.length / 2)))
  }

  it('holds what the mission says', async () => {
    const redis = await start()
    const get = async (name: string) => ((await redis.config('GET', name)) as string[])[1]
    const maxmemory = Number(await get('maxmemory'))
    expect(maxmemory).toBeGreaterThanOrEqual(64 * 2 ** 20 * 0.4)
    expect(maxmemory).toBeLessThanOrEqual(64 * 2 ** 20 * 0.5)
    expect(await get('maxmemory-policy')).toBe('noeviction')
    expect(await get('stop-writes-on-bgsave-error')).toBe('no')
    expect(await get('appendonly')).toBe('no')
    expect(await get('bind')).toBe('* -::*')
    expect(await get('protected-mode')).toBe('no')
    expect(await get('requirepass')).toBe('')
    // One save an hour: each writes the whole set to the card, and a power cut may cost the last hour.
    expect(await get('save')).toBe('3600 1')
  })

  it('keeps what it had over a clean stop', async () => {
    const first = await start()
    await first.set('a', '1')
    await stop('SIGTERM')
    expect(child.exitCode).toBe(0)
    const second = await start()
    expect(await second.get('a')).toBe('1')
    expect(await setAside()).toEqual([])
  })

  it('sets a truncated dump aside, says so, and starts', async () => {
    await truncatedDump()
    const redis = await start()
    expect(await redis.dbsize()).toBe(0)
    await redis.set('a', '1')
    expect(await setAside()).toEqual([expect.stringMatching(/^dump\.rdb\.bad-\d{8}T\d{6}Z$/)])
    expect(said).toContain('was set aside as dump.rdb.bad-')
  })

  it('would not start without being set aside: the dump is really broken', async () => {
    await truncatedDump()
    const bare = spawn('redis-server', ['--port', String(await freePort()), '--dir', data], {
      stdio: 'ignore',
    })
    expect((await once(bare, 'exit'))[0]).not.toBe(0)
  })

  it('keeps two broken dumps at most, the newest, and no half save', async () => {
    for (const name of ['20250101T000000Z', '20250202T000000Z', '20250303T000000Z'])
      await writeFile(join(data, `dump.rdb.bad-${name}`), 'old')
    await writeFile(join(data, 'temp-77.rdb'), 'half')
    await writeFile(join(data, 'dump.rdb'), 'REDIS0009 and then nothing')
    await start()
    const kept = await setAside()
    expect(kept).toHaveLength(2)
    expect(kept[0]).toBe('dump.rdb.bad-20250303T000000Z')
    expect(await readdir(data)).not.toContain('temp-77.rdb')
  })

  it('starts on a folder that can’t be written, with a good dump and with a broken one', async () => {
    const redis = await start()
    await redis.set('a', '1')
    await stop('SIGTERM')
    await chmod(join(data, 'dump.rdb'), 0o644)
    await chmod(data, 0o555)
    // For root every folder can be written: another user stands for a card that can't.
    const reader = process.getuid?.() === 0 ? { uid: 65_534 } : {}
    const good = await start(reader)
    expect(await good.get('a')).toBe('1')
    expect(said).toContain('nothing can be saved')
    await expect(good.save()).rejects.toThrow()
    await good.set('b', '2')
    await stop('SIGTERM')
    expect(child.exitCode).toBe(0)

    await chmod(data, 0o755)
    await writeFile(join(data, 'dump.rdb'), 'REDIS0009 and then nothing')
    await chmod(data, 0o555)
    const broken = await start(reader)
    expect(await broken.dbsize()).toBe(0)
    await broken.set('c', '3')
    expect(said).toContain('check the SD card')
    expect(await readdir(data)).toEqual(['dump.rdb'])
  })
})
