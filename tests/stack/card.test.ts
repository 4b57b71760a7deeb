import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { keys, sourceFields } from '@tailboard/contracts'
import { command, docker, LiveClient, Project, tryCommand, until, without } from '@tailboard/stack'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

/** Redis on a card of its own, 8 MB of a loop device, that fills up and then turns read-only as a dying SD card does. */
const project = new Project('card')
let folder = ''
const card = () => join(folder, 'card')

describe.skipIf(without.has('engine'))('Redis as a Pi’s card treats it', () => {
  let base = ''

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tailboard-card-'))
    await mkdir(card())
    await command('truncate', ['-s', '8M', `${folder}/image`])
    await command('mkfs.ext4', ['-q', `${folder}/image`])
    await command('mount', ['-o', 'loop', `${folder}/image`, card()])
    await command('chmod', ['777', card()])
    await project.create()
    await project.writeFile(
      'config/tailboard.yaml',
      'version: 1\nsources:\n  system:\n    intervalSeconds: 10\n    timeoutSeconds: 8\n',
    )
    await project.writeFile('card.yml', `services:\n  redis:\n    volumes:\n      - ${card()}:/data\n`)
    project.overrides = ['card.yml']
    await project.up()
    base = (await project.front()).url
    await until('the first reading', async () => (await measuredMs()) > 0, { withinMs: 280_000 })
  })
  afterAll(async () => {
    await project.remove()
    await tryCommand('umount', [card()])
    await rm(folder, { recursive: true, force: true })
  })

  const measuredMs = async (): Promise<number> => {
    const redis = await project.redis()
    const node = (await redis.get(keys.localNode)) ?? ''
    const json = await redis.hget(keys.source(node, 'system'), sourceFields.reading)
    return json === null ? 0 : (JSON.parse(json) as { clock: { ms: number } }).clock.ms
  }
  const page = async () => (await fetch(new URL('/api/status', base))).text()
  const restarts = async () => (await project.inspect('redis')).RestartCount
  const saves = async () => {
    const redis = await project.redis()
    await redis.bgsave().catch(() => {})
    await until('the save to end', async () =>
      (await redis.info('persistence')).includes('rdb_bgsave_in_progress:0'),
    )
    return /rdb_last_bgsave_status:(\w+)/.exec(await redis.info('persistence'))?.[1]
  }
  const newReading = async () => {
    const before = await measuredMs()
    await until('a new reading', async () => (await measuredMs()) > before)
  }

  test('a full card: a save fails, values go on, the page says what is wrong', async () => {
    expect(await saves()).toBe('ok')
    await tryCommand('dd', ['if=/dev/zero', `of=${card()}/filler`, 'bs=64k'])
    const redis = await project.redis()
    // More than the last dump's place could hold.
    await redis.set('tailboard:test:filler', Buffer.alloc(512 * 1024, 'x0y1z2'))
    expect(await saves()).toBe('err')
    await newReading()
    await until('the page to say it', async () => (await page()).includes('redis-save'), {
      withinMs: 150_000,
      everyMs: 1_000,
    })
    expect(await restarts()).toBe(0)
  })

  test('a card that turned read-only: the same, also when Redis is started anew', async () => {
    await command('mount', ['-o', 'remount,ro', card()])
    expect(await saves()).toBe('err')
    await newReading()
    await project.compose('restart', '-t', '2', 'redis')
    await until('Redis', async () => (await (await project.redis()).ping()) === 'PONG')
    await newReading()
    await sleep(3_000)
    expect(await restarts()).toBe(0)
    expect((await project.inspect('redis')).State.Running).toBe(true)
    await command('mount', ['-o', 'remount,rw', card()])
  })

  test('a truncated dump is set aside, and Redis starts', async () => {
    await rm(join(card(), 'filler'), { force: true })
    await (await project.redis()).del('tailboard:test:filler')
    await until('a good save', async () => (await saves()) === 'ok')
    // A kill leaves no time for a save of its own at the end.
    const { id } = (await project.containers()).find(({ service }) => service === 'redis') ?? { id: '' }
    await docker.getContainer(id).kill({ signal: 'SIGKILL' })
    await command('truncate', ['-s', '100', join(card(), 'dump.rdb')])
    await docker.getContainer(id).start()
    await until('Redis', async () => (await (await project.redis()).ping()) === 'PONG')
    expect(await command('ls', [card()])).toMatch(/dump.*(bad|broken|aside|damaged)/i)
    await newReading()
  })

  test('Redis at its memory limit: readings go on and configuration is untouched', async () => {
    const redis = await project.redis()
    const config = await redis.get(keys.config)
    const most = Number(((await redis.config('GET', 'maxmemory')) as unknown as string[])[1])
    for (let n = 0; ; n++) {
      const used = Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1])
      if (used > most - 300_000) break
      await redis.set(`tailboard:test:fill:${n}`, Buffer.alloc(200_000, 'x'))
    }
    await newReading()
    expect(await redis.get(keys.config)).toBe(config)
    await redis.del(...(await redis.keys('tailboard:test:fill:*')))
  })
})
