import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { repository, until, without } from '@tailboard/stack'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import WebSocket from 'ws'

const data = mkdtempSync(join(tmpdir(), 'tailboard-demo-'))
let demo: ChildProcess
let output = ''
let url = ''
/** Every process that the demo said it started. */
let parts: number[] = []

const isAlive = (pid: number) => existsSync(`/proc/${pid}`)
const recordedParts = () =>
  (JSON.parse(readFileSync(join(data, 'demo.json'), 'utf8')) as { parts: { pid: number }[] }).parts.map(
    ({ pid }) => pid,
  )
const get = async <T>(path: string) => (await (await fetch(new URL(path, url))).json()) as T

interface Answer {
  reading: { simulated: boolean; data: { host: { name: string }; memory: { totalBytes: number } } } | null
}

function start(): ChildProcess {
  output = ''
  const child = spawn(
    join(repository, 'scripts/setup'),
    ['node', join(repository, 'tools/demo/src/main.ts')],
    {
      env: { ...process.env, DEMO_DATA: data },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  const take = (chunk: Buffer) => {
    output += chunk.toString()
  }
  child.stdout.on('data', take)
  child.stderr.on('data', take)
  return child
}

describe.skipIf(without.has('redis'))('make demo', () => {
  beforeAll(async () => {
    demo = start()
    await until(
      'the demo to print its address',
      () => /runs at (http:\S+)/.test(output) || demo.exitCode !== null,
    )
    url = /runs at (http:\S+)/.exec(output)?.[1] ?? ''
    expect(url, output).not.toBe('')
    parts = recordedParts()
  })
  afterAll(() => {
    demo.kill('SIGKILL')
    rmSync(data, { recursive: true, force: true })
  })

  test('the last line is the address, and the page is there', async () => {
    expect(output.trimEnd().split('\n').at(-1)).toContain(url)
    const page = await fetch(url)
    expect(page.headers.get('content-type')).toContain('text/html')
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(await page.text()).toContain('Tailboard')
  })

  test('the reading is this machine’s own, and real', async () => {
    const reading = await until('a reading', async () => (await get<Answer>('/api/readings/system')).reading)
    expect(reading.simulated).toBe(false)
    expect(reading.data.host.name).toBe(hostname())
    const total = Number(/MemTotal:\s+(\d+) kB/.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]) * 1024
    expect(reading.data.memory.totalBytes).toBe(total)
  })

  test.each(['weather', 'sensehat', 'aranet4', 'pihole', 'tailscale'])(
    '%s: a reading, simulated where this machine has not the real thing',
    async (source) => {
      const reading = await until('a reading', async () => {
        const answer = await get<Answer & { failure: unknown }>(`/api/readings/${source}`)
        if (answer.failure !== null) throw new Error(JSON.stringify(answer.failure))
        return answer.reading
      })
      const isReal = {
        weather: await fetch('https://api.open-meteo.com/').then(
          () => true,
          () => false,
        ),
        sensehat: existsSync('/proc/device-tree/hat/product'),
        aranet4: false,
        pihole: false,
        tailscale: existsSync('/var/run/tailscale/tailscaled.sock'),
      }[source]
      expect(reading.simulated).toBe(!isReal)
      // In the picture that a page starts from, too: the card says it by this.
      const { sources } = await get<{ sources: { id: string; reading: { simulated: boolean } | null }[] }>(
        '/api/sources',
      )
      expect(sources.find(({ id }) => id === source)?.reading?.simulated).toBe(!isReal)
      expect(sources.find(({ id }) => id === 'system')?.reading?.simulated).toBe(false)
    },
  )

  test.each(['system', 'sensehat'])(
    'the history of %s grows, and says whether it is made up',
    async (source) => {
      const held = await until('two samples', async () => {
        const { at, simulated } = await get<{ at: number[]; simulated: boolean }>(`/api/history/${source}`)
        return at.length >= 2 && { simulated }
      })
      const { reading } = await get<Answer>(`/api/readings/${source}`)
      expect(held.simulated).toBe(reading?.simulated)
    },
  )

  test.skipIf(without.has('ffmpeg'))(
    'the camera: a test picture, said to be one, while someone looks',
    async () => {
      const watch = new URL('/api/camera/watch', url)
      const headers = { 'content-type': 'application/json' }
      const body = JSON.stringify({ watcher: 'demo-test' })
      const state = async () => (await get<{ state: string }>('/api/camera')).state
      const live = await until('a picture', async () => {
        const answer = (await (await fetch(watch, { method: 'POST', headers, body })).json()) as {
          state: string
          simulated: boolean
          playlist: string | null
        }
        return answer.state === 'live' && answer
      })
      expect(live.simulated).toBe(true)
      expect(await (await fetch(new URL(live.playlist ?? '', url))).text()).toContain('#EXTM3U')
      await fetch(new URL('?watcher=demo-test', watch), { method: 'DELETE' })
      await until('its end', async () => (await state()) === 'off')
    },
  )

  test('the WebSocket goes through the same port', async () => {
    const socket = new WebSocket(new URL('/ws/live', url.replace('http', 'ws')))
    const [message] = (await once(socket, 'message')) as [Buffer]
    expect(JSON.parse(message.toString())).toMatchObject({ type: 'snapshot' })
    socket.terminate()
  })

  test('a second one from the same folder is told of the first', async () => {
    const held = output
    const second = start()
    const [code] = (await once(second, 'exit')) as [number]
    expect(code).toBe(1)
    expect(output).toContain(`A demo runs from this folder already: ${url}`)
    output = held
  })

  test('a service that dies is started again', async () => {
    const before = recordedParts()
    const gateway =
      before.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('gateway')) ?? 0
    expect(gateway).toBeGreaterThan(0)
    process.kill(gateway, 'SIGKILL')
    await until('the gateway to be back', async () => {
      const pids = recordedParts()
      return !pids.includes(gateway) && (await fetch(new URL('/api/status', url))).ok
    })
    expect(output).toContain('gateway ended by SIGKILL')
    parts = [...parts, ...recordedParts()]
  })

  test('an end leaves no process and no port', async () => {
    const exited = once(demo, 'exit')
    demo.kill('SIGINT')
    expect(await exited).toEqual([0, null])
    expect(parts.filter(isAlive)).toEqual([])
    await expect(fetch(url)).rejects.toThrow()
  })

  test('what a demo left behind that was killed itself is ended by the next', async () => {
    const left = spawn('sleep', ['1000'], { stdio: 'ignore' })
    const exited = once(left, 'exit')
    const mark = readFileSync(`/proc/${left.pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19]
    writeFileSync(
      join(data, 'demo.json'),
      JSON.stringify({ demo: { pid: 1, mark: 'gone' }, url: null, parts: [{ pid: left.pid, mark }] }),
    )
    demo = start()
    await exited
    await until('the demo to print its address', () => output.includes('runs at'))
    parts = recordedParts()
    const ended = once(demo, 'exit')
    demo.kill('SIGTERM')
    await ended
    expect(parts.filter(isAlive)).toEqual([])
  })
})
