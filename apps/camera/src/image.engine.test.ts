import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { keys, parseJson, readingSchema } from '@tailboard/contracts'
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
      await docker('exec', `${name}-redis`, 'redis-cli', 'del', key)
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

  test('killed, it leaves its segments; the next start begins with an empty folder', async () => {
    await docker('start', name)
    await untilPhase('live')
    await docker('kill', name)
    const left = (await files()).split(' ').filter((file) => file.endsWith('.ts'))
    expect(left.length).toBeGreaterThan(0)
    await docker('exec', `${name}-redis`, 'redis-cli', 'del', key)
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
