import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { configLimits } from '@tailboard/contracts'
import { seededRandom } from '@tailboard/service/testing/mutate'
import { freePort, TestRedis } from '@tailboard/service/testing/redis-server'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from '../testing/test-gateway.ts'
import { parseConfig } from './parse-config.ts'

const kills = process.env.SOAK ? 200 : 20
const redis = new TestRedis()
let folder = ''
let port = 0
let child: ChildProcess | undefined

beforeAll(async () => {
  await redis.start()
  folder = await mkdtemp(join(tmpdir(), 'tailboard-kill-'))
  port = await freePort()
})
afterAll(async () => {
  child?.kill('SIGKILL')
  await redis[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const path = () => join(folder, 'tailboard.yaml')
/** Long, so that its write takes long. */
const text = (seconds: number) =>
  `# mine\nsources:\n  system:\n    intervalSeconds: ${seconds} # often\n${'# a line of the owner’s own\n'.repeat(1_800)}`

async function startGateway(): Promise<ChildProcess> {
  child = spawn(process.execPath, [join(import.meta.dirname, '../main.ts')], {
    env: {
      PATH: process.env.PATH,
      REDIS_URL: redis.url,
      GATEWAY_PORT: String(port),
      CONFIG_DIR: folder,
      TAILBOARD_NODE: 'kitchen',
      TRUSTED_PROXY: 'loopback',
    },
    stdio: 'ignore',
  })
  const url = `http://127.0.0.1:${port}/health/ready`
  await until(() =>
    fetch(url).then(
      ({ ok }) => ok,
      () => false,
    ),
  )
  return child
}

const url = (rest = '') => `http://127.0.0.1:${port}/api/config${rest}`

/** Writes one value after another until the gateway is gone; what was acknowledged last, and what was asked last. */
async function writeUntilGone(first: number, onFirst: () => void) {
  let acknowledged = first - 1
  let asked = first - 1
  let tag = String((await fetch(url())).headers.get('etag'))
  for (;;) {
    asked += 1
    try {
      const answer = await fetch(url(), {
        method: 'PATCH',
        headers: { 'content-type': 'application/json', 'if-match': tag },
        body: JSON.stringify({ sources: { system: { intervalSeconds: asked } } }),
      })
      if (answer.status !== 200) throw new TypeError(`a write was answered with ${answer.status}`)
      tag = String(answer.headers.get('etag'))
      acknowledged = asked
      onFirst()
    } catch (error) {
      if (error instanceof TypeError && error.message.startsWith('a write was')) throw error
      return { acknowledged, asked }
    }
  }
}

test(`killed at ${kills} random moments during writes: the file is the old or the new one, whole`, async () => {
  const random = seededRandom(7)
  expect(Buffer.byteLength(text(1_000))).toBeLessThan(configLimits.bytes)
  await writeFile(path(), text(999))
  let next = 1_000
  let leftovers = 0
  let olds = 0
  let news = 0
  for (let kill = 0; kill < kills; kill++) {
    const gateway = await startGateway()
    expect((await readdir(folder)).sort(), 'what was cut off is cleaned at the start').toEqual([
      'tailboard.yaml',
      'versions',
    ])
    // A write takes some milliseconds: at any moment of the first ten.
    const delay = random() * 80
    const ended = once(gateway, 'exit')
    let isMeant = false
    const { acknowledged, asked } = await writeUntilGone(next, () => {
      if (isMeant) return
      isMeant = true
      void sleep(delay).then(() => gateway.kill('SIGKILL'))
    })
    await ended
    const found = await readFile(path(), 'utf8')
    expect([text(acknowledged), text(asked)], `kill ${kill}`).toContain(found)
    expect(parseConfig(found).isGood).toBe(true)
    if (found === text(acknowledged)) olds += 1
    else news += 1
    leftovers += (await readdir(folder)).filter((name) => name.endsWith('.tmp')).length
    leftovers += (await readdir(join(folder, 'versions'))).filter((name) => name.endsWith('.tmp')).length
    next = asked + 1
  }
  console.log(
    `${kills} kills: ${olds} times the old file, ${news} times the new, ${leftovers} cut within a write`,
  )
  await startGateway()
  const { versions } = (await (await fetch(url('/versions'))).json()) as { versions: { id: string }[] }
  expect(versions).toHaveLength(configLimits.versions)
  expect((await readdir(join(folder, 'versions'))).length).toBe(configLimits.versions)
  // The newest is what the file says: an edit that was cut off before its version was kept is one now.
  const newest = await readFile(join(folder, `versions/${versions[0]?.id}.yaml`), 'utf8')
  expect(newest.slice(newest.indexOf('\n') + 1)).toBe(await readFile(path(), 'utf8'))
}, 1_200_000)
