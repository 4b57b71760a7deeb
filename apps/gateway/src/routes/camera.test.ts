import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  cameraAnswerSchema,
  cameraId,
  type Failure,
  idleRunState,
  keys,
  limits,
  mostWatchers,
  orderSchema,
  type RunRecord,
  type RunState,
  type Stamp,
  stampPlus,
  statusAnswerSchema,
} from '@tailboard/contracts'
import type { CameraPhase } from '@tailboard/contracts/sources/camera'
import { FakeTime } from '@tailboard/service/testing/fake-time'
import * as v from 'valibot'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { node, TestGateway, until } from '../testing/test-gateway.ts'

const camera = cameraId
const time = new FakeTime()
const it = new TestGateway({ time })
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tailboard-hls-'))
  await it.start({ variables: { HLS_DIR: folder } })
})
afterAll(async () => {
  await it[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})
beforeEach(async () => {
  await it.redis.del(keys.orders(node))
  await it.orchestratorLives()
  await say({ ...idleRunState })
})
afterEach(async () => {
  // Whoever looked has gone.
  time.advance(11_000)
  for (const name of ['live.m3u8', 'a1-7.ts']) await rm(join(folder, name), { force: true })
})

const look = (watcher = 'page-one') => it.post('/api/camera/watch', { watcher })
const state = async () => v.parse(cameraAnswerSchema, (await it.get('/api/camera')).json())
const orders = async () =>
  (await it.redis.lrange(keys.orders(node), 0, -1))
    .map((json) => v.parse(orderSchema, JSON.parse(json)))
    .reverse()

/** The orchestrator says where the camera stands. */
async function say(run: RunState): Promise<void> {
  await it.store.publishRun(camera, run)
  await until(() => JSON.stringify(it.gateway.model().sources[camera].run) === JSON.stringify(run))
}

async function saysItself(phase: CameraPhase): Promise<Stamp> {
  const stamp = it.store.now()
  await it.store.publishReading(
    {
      node,
      source: camera,
      schema: 1,
      measuredAt: stamp.at,
      writtenAt: stamp.at,
      clock: stamp.clock,
      simulated: true,
      data: {
        phase,
        since: stamp.at,
        input: 'test',
        encoder: 'libx264',
        encoderReason: 'why',
        width: 640,
        height: 480,
        framesPerSecond: 15,
        bitrateKbps: 900,
        segmentS: 1,
      },
    },
    null,
  )
  await until(() => it.gateway.model().sources[camera].reading?.data.phase === phase)
  return stamp
}

async function isLive(): Promise<void> {
  await look()
  await say({ ...idleRunState, running: it.store.now() })
  await saysItself('live')
  await writeFile(join(folder, 'live.m3u8'), '#EXTM3U\n')
  await writeFile(join(folder, 'a1-7.ts'), Buffer.alloc(188, 0x47))
}

function record(ended: Stamp): RunRecord {
  return {
    started: stampPlus(ended, -5_000),
    ended,
    durationMs: 5_000,
    cause: '100.64.0.7',
    result: 'failed',
    exitCode: 1,
    cost: null,
    viewers: ['100.64.0.7'],
    why: 'The camera is not there',
  }
}

const failure = (stamp: Stamp): Failure => ({
  kind: 'missing-hardware',
  message: 'The camera is not there',
  hint: 'Plug it in',
  ...stamp,
})

test('off until someone looks; then on its way, live, stalled, and off again', async () => {
  expect(await state()).toMatchObject({ state: 'off', watchers: 0, playlist: null, enabled: true })
  const answer = await look()
  expect(v.parse(cameraAnswerSchema, answer.json())).toMatchObject({ state: 'starting', watchers: 1 })
  time.advance(1_000)
  await say({ ...idleRunState, running: it.store.now() })
  expect(await state()).toMatchObject({ state: 'starting', sinceS: 0 })
  await saysItself('starting')
  expect((await state()).state).toBe('starting')
  await saysItself('live')
  time.advance(4_000)
  expect(await state()).toMatchObject({
    state: 'live',
    sinceS: 4,
    simulated: true,
    playlist: '/api/camera/hls/live.m3u8',
    reading: { data: { encoder: 'libx264' } },
  })
  await saysItself('stalled')
  expect((await state()).state).toBe('stalled')
  await saysItself('off')
  time.advance(11_000)
  expect((await state()).state).toBe('off')
  const ended = it.store.now()
  await say({ ...idleRunState, last: { ...record(ended), result: 'ok', why: 'Nobody looked any more' } })
  expect(await state()).toMatchObject({ state: 'off', since: ended.at, lastRun: { viewers: ['100.64.0.7'] } })
})

test('what an earlier run said of itself says nothing of this one', async () => {
  await isLive()
  time.advance(2_000)
  await say({ ...idleRunState, running: it.store.now() })
  expect((await state()).state).toBe('starting')
})

test('nobody runs it by hand, and the reason is said', async () => {
  for (const [path, body] of [
    ['run', {}],
    ['commands', { verb: 'run' }],
  ] as const) {
    const answer = await it.post(`/api/sources/camera/${path}`, body)
    expect(answer.statusCode).toBe(422)
    expect(answer.json()).toMatchObject({
      type: 'urn:tailboard:on-demand',
      detail: 'Camera runs while someone looks, and not otherwise.',
      hint: expect.stringContaining('/api/camera/watch'),
    })
  }
  expect(await orders()).toEqual([])
})

test('who looked, for how long and why it ended stays known, however many runs of polls come after it', async () => {
  const stamp = it.store.now()
  const run: RunRecord = {
    started: stamp,
    ended: stamp,
    durationMs: 42_000,
    cause: '100.64.0.7',
    result: 'ok',
    exitCode: 0,
    cost: null,
    viewers: ['100.64.0.7', '100.64.0.8'],
    why: 'Nobody looked any more',
  }
  await it.store.publishRun(camera, { ...idleRunState, last: run }, run)
  const { viewers: _, why: __, ...ofPoll } = run
  for (let n = 0; n < limits.runs; n++) await it.store.publishRun('system', idleRunState, ofPoll)
  const answer = v.parse(statusAnswerSchema, (await it.get('/api/status')).json())
  expect(answer.runs.map(({ source }) => source)).not.toContain('camera')
  expect(answer.demandRuns).toEqual([{ source: 'camera', ...run }])
})

test('failed: why, what to do, and when it is tried again', async () => {
  await look()
  const stamp = it.store.now()
  await it.store.publishFailure(camera, failure(stamp))
  await say({ running: null, next: stampPlus(stamp, 8_000), failuresInARow: 4, last: record(stamp) })
  await until(async () => (await state()).failure !== null)
  expect(await state()).toMatchObject({
    state: 'failed',
    failure: { message: 'The camera is not there', hint: 'Plug it in' },
    nextTryS: 8,
    failuresInARow: 4,
  })
  const playlist = await it.get('/api/camera/hls/live.m3u8')
  expect(playlist.statusCode).toBe(503)
  expect(playlist.headers['retry-after']).toBe('8')
  expect(playlist.json()).toMatchObject({ detail: 'The camera is not there', hint: 'Plug it in' })
  time.advance(8_000)
  await say({ running: it.store.now(), next: null, failuresInARow: 4, last: record(stamp) })
  expect(await state()).toMatchObject({ state: 'starting', failure: { kind: 'missing-hardware' } })
})

describe('who looks', () => {
  test('each word is passed on with page, address and time, but not more than once a second', async () => {
    await look()
    await look()
    time.advance(1_000)
    await look()
    await look('page-two')
    const said = await orders()
    expect(said).toMatchObject([
      { type: 'watch', source: 'camera', watcher: 'page-one', by: '127.0.0.1' },
      { type: 'watch', watcher: 'page-one', asked: it.store.now() },
      { type: 'watch', watcher: 'page-two' },
    ])
    expect((await state()).watchers).toBe(2)
  })

  test('a page that says goodbye is gone at once, one that vanishes after ten seconds', async () => {
    await look('page-one')
    await look('page-two')
    const answer = await it.app.inject({
      method: 'DELETE',
      url: '/api/camera/watch?watcher=page-one',
      headers: { host: 'localhost' },
    })
    expect(answer.json()).toMatchObject({ watchers: 1 })
    expect((await orders()).at(-1)).toMatchObject({ type: 'leave', watcher: 'page-one' })
    time.advance(9_999)
    expect((await state()).watchers).toBe(1)
    time.advance(1)
    expect((await state()).watchers).toBe(0)
  })

  test('its coming and going are events with the address, its heartbeats are not', async () => {
    const writes = async () =>
      (await it.redis.xrange(keys.events, '-', '+')).filter(([, f]) => /"type":"write"/.test(f[1] ?? ''))
        .length
    const before = await writes()
    for (let i = 0; i < 5; i++) {
      await look()
      time.advance(3_000)
    }
    expect(await writes()).toBe(before + 1)
  })

  test('only so many may look', async () => {
    for (let i = 0; i < mostWatchers; i++) expect((await look(`page-${i}-xx`)).statusCode).toBe(200)
    expect((await look('one-more')).statusCode).toBe(429)
    expect((await look('page-3-xx')).statusCode).toBe(200)
  })

  test.each([
    [{}],
    [{ watcher: 'short' }],
    [{ watcher: 'x'.repeat(37) }],
    [{ watcher: '../../etc' }],
    ['text'],
  ])('the body %j is refused', async (body) => {
    expect((await it.post('/api/camera/watch', body as never)).statusCode).toBeGreaterThanOrEqual(400)
    expect(await orders()).toEqual([])
  })

  test('with nobody to start it, that is said', async () => {
    await it.redis.del(keys.service(node, 'orchestrator'))
    expect((await look()).json()).toMatchObject({ type: 'urn:tailboard:orchestrator-away', status: 503 })
  })

  test('another web page may not look', async () => {
    const answer = await it.post(
      '/api/camera/watch',
      { watcher: 'page-one' },
      { origin: 'http://evil.example' },
    )
    expect(answer.statusCode).toBe(403)
    expect(await orders()).toEqual([])
  })
})

describe('the stream', () => {
  test('the playlist is never kept, a segment is, by the viewer alone', async () => {
    await isLive()
    const playlist = await it.get('/api/camera/hls/live.m3u8')
    expect(playlist.statusCode).toBe(200)
    expect(playlist.headers).toMatchObject({
      'content-type': 'application/vnd.apple.mpegurl',
      'cache-control': 'no-store',
      'content-length': '8',
    })
    const segment = await it.get('/api/camera/hls/a1-7.ts')
    expect(segment.rawPayload).toEqual(Buffer.alloc(188, 0x47))
    expect(segment.headers).toMatchObject({
      'content-type': 'video/mp2t',
      'cache-control': 'private, max-age=60, immutable',
    })
    const head = await it.app.inject({
      method: 'HEAD',
      url: '/api/camera/hls/a1-7.ts',
      headers: { host: 'localhost' },
    })
    expect(head.statusCode).toBe(200)
    expect(head.rawPayload.length).toBe(0)
  })

  test('404 when it is off, also where a run that was killed has left its files', async () => {
    await isLive()
    await say({ ...idleRunState })
    time.advance(10_000)
    const answer = await it.get('/api/camera/hls/live.m3u8')
    expect(answer.statusCode).toBe(404)
    expect(answer.json()).toMatchObject({ type: 'urn:tailboard:camera-off' })
    expect((await it.get('/api/camera/hls/a1-7.ts')).statusCode).toBe(404)
  })

  test('503 with Retry-After while it starts, also where an earlier run has left its files', async () => {
    await isLive()
    time.advance(1_000)
    await say({ ...idleRunState, running: it.store.now() })
    const answer = await it.get('/api/camera/hls/live.m3u8')
    expect(answer.statusCode).toBe(503)
    expect(answer.headers['retry-after']).toBe('1')
  })

  test('a segment that has been deleted is 404', async () => {
    await isLive()
    expect((await it.get('/api/camera/hls/a1-6.ts')).statusCode).toBe(404)
  })
})

describe('nothing else leaves that folder', () => {
  beforeAll(async () => {
    await writeFile(join(folder, '..', 'tailboard-outside.ts'), 'SECRET')
    await writeFile(join(folder, 'notes.txt'), 'SECRET')
    await writeFile(join(folder, '.hidden.ts'), 'SECRET')
    await writeFile(join(folder, 'a1-8.ts.tmp'), 'SECRET')
    await writeFile(join(folder, 'with space.ts'), 'SECRET')
    await mkdir(join(folder, 'folder.ts'))
    await mkdir(join(folder, 'sub'))
    await writeFile(join(folder, 'sub', 'a.ts'), 'SECRET')
    await symlink(join(folder, '..', 'tailboard-outside.ts'), join(folder, 'link.ts'))
    await symlink('/etc/passwd', join(folder, 'link.m3u8'))
  })
  afterAll(() => rm(join(folder, '..', 'tailboard-outside.ts'), { force: true }))

  const paths = [
    '../tailboard-outside.ts',
    '..%2ftailboard-outside.ts',
    '..%2Ftailboard-outside.ts',
    '%2e%2e%2ftailboard-outside.ts',
    '%2e%2e/tailboard-outside.ts',
    '..%5ctailboard-outside.ts',
    '..%252ftailboard-outside.ts',
    '..%c0%aftailboard-outside.ts',
    './sub/a.ts',
    'sub%2fa.ts',
    '%2fetc%2fpasswd',
    '/etc/passwd',
    'notes.txt',
    '.hidden.ts',
    'a1-8.ts.tmp',
    'with%20space.ts',
    'live.m3u8%00.ts',
    'live.m3u8%0a.ts',
    'folder.ts',
    'link.ts',
    'link.m3u8',
    '',
    '.',
    'x'.repeat(200),
  ]

  test.each(paths)('%s', async (path) => {
    await isLive()
    // Not through fetch or inject, which tidy a path before they send it.
    const { status, text } = await raw(`/api/camera/hls/${path}`)
    expect(status).toBe(404)
    expect(text).not.toContain('SECRET')
    expect(text).not.toContain('root:')
  })

  test('the way in stands open for what it is for', async () => {
    await isLive()
    expect((await raw('/api/camera/hls/a1-7.ts')).status).toBe(200)
  })
})

function raw(path: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { port: it.port, host: '127.0.0.1', path, headers: { host: 'localhost' } },
      (answer) => {
        let text = ''
        answer.setEncoding('latin1').on('data', (chunk: string) => {
          text += chunk
        })
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
      },
    )
    sent.on('error', reject)
    sent.end()
  })
}
