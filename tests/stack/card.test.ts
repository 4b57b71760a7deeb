import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { keys, limits, sourceFields } from '@tailboard/contracts'
import { Store, systemTime } from '@tailboard/service'
import {
  command,
  configText,
  docker,
  LiveClient,
  Project,
  tryCommand,
  until,
  without,
} from '@tailboard/stack'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

/** Redis on a card of its own, 8 MB of a loop device, that fills up and at last turns read-only as a dying SD card does. */
const project = new Project('card')
let folder = ''
const card = () => join(folder, 'card')

describe.skipIf(without.has('engine'))('Redis as a Pi’s card treats it', () => {
  let page: LiveClient

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tailboard-card-'))
    await mkdir(card())
    await command('truncate', ['-s', '8M', `${folder}/image`])
    await command('mkfs.ext4', ['-q', `${folder}/image`])
    await command('mount', ['-o', 'loop,errors=remount-ro', `${folder}/image`, card()])
    await command('chmod', ['777', card()])
    await project.create()
    await project.writeFile(
      'config/tailboard.yaml',
      configText({ system: { intervalSeconds: 10, timeoutSeconds: 8 } }),
    )
    await project.writeFile('card.yml', `services:\n  redis:\n    volumes:\n      - ${card()}:/data\n`)
    project.overrides = ['card.yml']
    await project.build('source-system')
    await project.up()
    const { url } = await project.front()
    page = await until('the live stream', () => LiveClient.open(url))
    await until('the first reading', async () => (await measuredMs()) > 0, { withinMs: 280_000 })
  })
  afterAll(async () => {
    page?.close()
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
  /** What the page says now under a notice's id: null when nothing is wrong, undefined when it was never told. */
  const said = (id: string): string | null | undefined => {
    let text: string | null | undefined
    for (const message of page.messages) {
      if (message.type === 'snapshot') text = message.model.notices[id]?.text
      if (message.type === 'event' && message.event.type === 'notice' && message.event.id === id)
        text = message.event.text
    }
    return text
  }
  // The gateway looks three times a minute, and at each write that failed.
  const untilSaid = (id: string, wanted: boolean) =>
    until(`the page to say ${id}: ${wanted}`, () => (typeof said(id) === 'string') === wanted, {
      withinMs: 150_000,
    })
  const restarts = async () =>
    Promise.all(
      ['redis', 'web-gateway', 'orchestrator'].map(
        async (name) => (await project.inspect(name)).RestartCount,
      ),
    )
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

  test('a full card: a save fails, values go on, the page says what is wrong and when it is over', async () => {
    expect(await saves()).toBe('ok')
    await tryCommand('dd', ['if=/dev/zero', `of=${card()}/filler`, 'bs=64k'])
    const redis = await project.redis()
    // More than the last dump's place could hold.
    await redis.set('tailboard:test:filler', randomBytes(512 * 1024))
    expect(await saves()).toBe('err')
    await newReading()
    await untilSaid('redis-save', true)
    expect(said('redis-save')).toContain('can’t be saved')
    expect(await restarts()).toEqual([0, 0, 0])
    await rm(join(card(), 'filler'), { force: true })
    await redis.del('tailboard:test:filler')
    await until('a good save', async () => (await saves()) === 'ok', { everyMs: 1_000 })
    await untilSaid('redis-save', false)
  })

  test('a truncated dump is set aside, and Redis starts', async () => {
    expect(await saves()).toBe('ok')
    // A kill leaves no time for a save of its own at the end.
    const { id } = (await project.containers()).find(({ service }) => service === 'redis') ?? { id: '' }
    await docker.getContainer(id).kill({ signal: 'SIGKILL' })
    await command('truncate', ['-s', '100', join(card(), 'dump.rdb')])
    await docker.getContainer(id).start()
    await until('Redis', async () => (await (await project.redis()).ping()) === 'PONG')
    expect(await command('ls', [card()])).toMatch(/^dump\.rdb\.bad-\d{8}T\d{6}Z$/m)
    expect(await project.compose('logs', 'redis')).toContain('was set aside as dump.rdb.bad-')
    await newReading()
    await until('the configuration', async () => (await (await project.redis()).get(keys.config)) !== null)
  })

  test('Redis at its memory limit: readings go on, old events make room, configuration is untouched', async () => {
    const redis = await project.redis()
    const config = await redis.get(keys.config)
    const store = new Store(redis, (await redis.get(keys.localNode)) ?? '', systemTime)
    // A day's worth of events, as a house with every source has them.
    const failure = {
      kind: 'timeout',
      hint: null,
      log: Array.from({ length: 10 }, () => 'x'.repeat(400)),
    } as const
    while ((await redis.xlen(keys.events)) < limits.events)
      await store.publishFailure('system', { ...failure, message: 'A made-up failure', ...store.now() })
    for (let bytes = 256 * 1024, n = 0; bytes >= 64; n++) {
      const isStored = await redis.set(`tailboard:test:fill:${n}`, Buffer.alloc(bytes, 'x')).catch(() => null)
      if (isStored === null) bytes /= 2
    }
    for (let n = 0; n < 2; n++) await newReading()
    await untilSaid('redis-memory', true)
    expect(await redis.get(keys.config)).toBe(config)
    expect(await redis.xlen(keys.events)).toBeLessThan(limits.events)
    expect(await restarts()).toEqual([0, 0, 0])
    await redis.del(...(await redis.keys('tailboard:test:fill:*')))
    await newReading()
    await untilSaid('redis-memory', false)
  })

  // The last: such a file system can't be made writable again while it is in use.
  test('a card that turned read-only: the same, also when Redis is started anew', async () => {
    const device = (await command('findmnt', ['-n', '-o', 'SOURCE', card()])).trim().replace('/dev/', '')
    // As the kernel does it when a card fails: the file system itself turns, not one view of it.
    await writeFile(`/sys/fs/ext4/${device}/trigger_fs_error`, '1')
    await until(
      'the card to be read-only',
      async () => (await tryCommand('touch', [join(card(), 'x')])).code !== 0,
    )
    expect(await saves()).toBe('err')
    await newReading()
    await untilSaid('redis-save', true)
    await project.compose('restart', '-t', '2', 'redis')
    await until('Redis', async () => (await (await project.redis()).ping()) === 'PONG')
    await newReading()
    await sleep(3_000)
    expect(await restarts()).toEqual([0, 0, 0])
    expect((await project.inspect('redis')).State.Running).toBe(true)
    expect(await project.compose('logs', 'redis')).toContain('nothing can be saved')
  })
})
