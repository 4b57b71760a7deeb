import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { idleRunState, keys, parseJson, readingSchema } from '@tailboard/contracts'
import { stampNow, systemTime } from '@tailboard/service'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const repository = join(import.meta.dirname, '../../..')
const name = `tailboard-camera-test-${process.pid}`
const image = `${name}:test`

async function docker(...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('docker', args, { cwd: repository, maxBuffer: 1 << 24 })
  return stdout.trim()
}

/** What the compose file gives this source, and a volume in memory that it shares. */
const likeComposed = [
  ...['--network', name, '--user', '1000:1000', '--group-add', '44', '--cap-drop', 'ALL'],
  ...['--security-opt', 'no-new-privileges:true', '--read-only', '--memory', '128m', '--memory-swap', '128m'],
  ...['--device-cgroup-rule', 'c 81:* rmw', '-v', `${name}:/hls`, '-v', '/dev:/dev:ro'],
]

const key = keys.source('kitchen', 'camera')
const stored = (field: string) => docker('exec', `${name}-redis`, 'redis-cli', 'hget', key, field)
const phase = async () => {
  const json = await stored('reading')
  return json === '' ? null : parseJson(readingSchema, json, 'it').data.phase
}
/** The orchestrator's word that the camera runs for somebody, or (null) for nobody. */
const lookedAt = async (since: ReturnType<typeof stampNow> | null = stampNow(systemTime)) => {
  const run = JSON.stringify({ ...idleRunState, running: since })
  await docker('exec', `${name}-redis`, 'redis-cli', 'hset', key, 'run', run)
}
const forget = () => docker('exec', `${name}-redis`, 'redis-cli', 'hdel', key, 'reading')
/** The names in the volume, as another container sees them. */
const files = async () => {
  const list = ['-e', 'console.log(require("node:fs").readdirSync("/hls").join(" "))']
  return docker('exec', `${name}-viewer`, '/usr/local/bin/node', ...list)
}
const untilPhase = async (wanted: string) => {
  while ((await phase()) !== wanted) {
    const { Running } = JSON.parse(await docker('inspect', '-f', '{{json .State}}', name))
    if (!Running) throw new Error(`it ended: ${await docker('logs', '--tail', '5', name)}`)
  }
}

describe.skipIf((process.env.TAILBOARD_WITHOUT ?? '').split(',').includes('engine'))('the image', () => {
  beforeAll(async () => {
    await docker('build', '-q', '-f', 'apps/camera/Dockerfile', '-t', image, '.')
    await docker('network', 'create', name)
    const options = ['type=tmpfs', 'device=tmpfs', 'o=size=48m,uid=1000,gid=1000,mode=0755']
    await docker('volume', 'create', ...options.flatMap((each) => ['--opt', each]), name)
    // As the gateway does: it holds the volume, and the pages of the shared layer.
    const wait = ['--entrypoint', '/usr/local/bin/node', image, '-e', 'setInterval(() => {}, 60_000)']
    await docker('run', '-d', '--name', `${name}-viewer`, '-v', `${name}:/hls:ro`, ...wait)
    const server = ['redis:7-alpine', 'redis-server', '--save', '', '--protected-mode', 'no']
    await docker('run', '-d', '--name', `${name}-redis`, '--network', name, ...server)
    while (!(await docker('exec', `${name}-redis`, 'redis-cli', 'ping').catch(() => '')).includes('PONG'));
    const variables = {
      REDIS_URL: `redis://${name}-redis:6379`,
      TAILBOARD_NODE: 'kitchen',
      CAMERA_INPUT: 'test',
    }
    const environment = Object.entries(variables).flatMap(([each, value]) => ['-e', `${each}=${value}`])
    await docker('create', '--name', name, ...likeComposed, ...environment, image)
    await lookedAt()
  })
  afterAll(async () => {
    await docker('rm', '-f', '-v', name, `${name}-redis`, `${name}-viewer`).catch(() => {})
    await docker('volume', 'rm', name).catch(() => {})
    await docker('network', 'rm', name).catch(() => {})
    await docker('rmi', image).catch(() => {})
  })

  test.each([1, 2, 3])(
    'cold start %i: a picture, then an empty folder, within its memory and with nothing written',
    async (start) => {
      await forget()
      const began = performance.now()
      await docker('start', name)
      await untilPhase('live')
      const liveMs = performance.now() - began
      expect(await files()).toMatch(/live\.m3u8/)
      // Until the playlist is as long as it gets.
      while ((await files()).split(' ').length < 8);
      const stats = JSON.parse(await docker('stats', '--no-stream', '--format', '{{json .}}', name))
      expect(await docker('diff', name)).toBe('')
      expect(stats.BlockIO).toMatch(/ \/ 0B$/)
      const asked = performance.now()
      await docker('stop', '-t', '9', name)
      const gone = performance.now() - asked
      const state = JSON.parse(await docker('inspect', '-f', '{{json .State}}', name))
      expect(state).toMatchObject({ ExitCode: 0, OOMKilled: false, Running: false })
      expect(await files()).toBe('')
      expect(await phase()).toBe('off')
      process.stdout.write(
        `camera: start ${start}: picture after ${Math.round(liveMs)} ms, ${stats.MemUsage}, block I/O ${stats.BlockIO}, gone after ${Math.round(gone)} ms\n`,
      )
    },
  )

  /** The segments that a killed run has left behind. */
  const leftByKill = async () => {
    await forget()
    await docker('start', name)
    await untilPhase('live')
    await docker('kill', name)
    const left = (await files()).split(' ').filter((file) => file.endsWith('.ts'))
    expect(left.length).toBeGreaterThan(0)
    return left
  }

  test('with a fiftieth of the processor it still ends by itself within the orchestrator’s eight seconds', async () => {
    await forget()
    await docker('start', name)
    await untilPhase('live')
    try {
      await docker('update', '--cpus', '0.02', name)
      await docker('stop', '-t', '8', name)
    } finally {
      await docker('update', '--cpus', '2', name)
    }
    expect(JSON.parse(await docker('inspect', '-f', '{{json .State}}', name))).toMatchObject({ ExitCode: 0 })
    expect(await files()).toBe('')
  })

  test('killed, it leaves its segments; started for nobody it takes them away, and opens nothing', async () => {
    await leftByKill()
    await forget()
    await lookedAt(null)
    const since = String(Date.now() / 1000)
    await docker('start', '-a', name)
    const state = JSON.parse(await docker('inspect', '-f', '{{json .State}}', name))
    expect(state).toMatchObject({ ExitCode: 0, Running: false })
    expect(await files()).toBe('')
    expect(await stored('reading')).toBe('')
    const said = await docker('logs', '--since', since, name)
    expect(said).toContain('nobody looks')
    expect(said).not.toContain('the way is chosen')
    await lookedAt()
  })

  test('told by a boot that is over that somebody looks, it opens nothing', async () => {
    const now = stampNow(systemTime)
    await lookedAt({ ...now, clock: { ...now.clock, boot: '00000000-0000-4000-8000-000000000000' } })
    await docker('start', '-a', name)
    expect(await files()).toBe('')
    await lookedAt()
  })

  test('killed, it leaves its segments; the next start begins with an empty folder', async () => {
    const left = await leftByKill()
    await forget()
    await docker('start', name)
    await untilPhase('live')
    const now = (await files()).split(' ')
    expect(now.filter((file) => left.includes(file))).toEqual([])
    await docker('stop', '-t', '9', name)
  })

  test('no camera there: failed, with what to do', async () => {
    const variables = ['-e', `REDIS_URL=redis://${name}-redis:6379`, '-e', 'TAILBOARD_NODE=kitchen']
    const run = docker(
      'run',
      '--rm',
      ...likeComposed,
      ...variables,
      '-e',
      'CAMERA_INPUT=v4l2:/dev/video97',
      image,
    )
    await expect(run).rejects.toMatchObject({ code: 1 })
    expect(await stored('failure')).toMatch(/missing-hardware.*v4l2-ctl/)
  })

  test('nothing of the build is in it', async () => {
    const paths = ['/usr/bin/gcc', '/usr/bin/apt-get', '/bin/sh', '/app/node_modules']
    const script = `console.log(${JSON.stringify(paths)}.filter((path) => require('node:fs').existsSync(path)).join())`
    expect(await docker('run', '--rm', '--entrypoint', '/usr/local/bin/node', image, '-e', script)).toBe('')
    expect(await readFile(join(repository, 'apps/camera/Dockerfile'), 'utf8')).not.toContain('fluent')
  })
})
