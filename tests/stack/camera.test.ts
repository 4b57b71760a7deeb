import { type CameraAnswer, cameraAnswerSchema } from '@tailboard/contracts'
import { command, configText, Project, until, without } from '@tailboard/stack'
import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const project = new Project('camera')
let api = ''

/** A page that looks, as often as a page does, until it says goodbye or is killed. */
class Page {
  readonly name = `page-${Math.random().toString(36).slice(2, 12)}`
  readonly #timer: NodeJS.Timeout
  last: CameraAnswer | undefined

  constructor() {
    this.#timer = setInterval(() => void this.look().catch(() => {}), 1_000)
  }

  async look(): Promise<CameraAnswer> {
    const body = JSON.stringify({ watcher: this.name })
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${api}/api/camera/watch`, { method: 'POST', headers, body })
    this.last = v.parse(cameraAnswerSchema, await answer.json())
    return this.last
  }

  /** Without a word. */
  kill(): void {
    clearInterval(this.#timer)
  }
}

const state = async () => v.parse(cameraAnswerSchema, await (await fetch(`${api}/api/camera`)).json())
const becomes = (wanted: string) =>
  until(`the camera ${wanted}`, async () => {
    const answer = await state()
    return answer.state === wanted ? answer : false
  })
const playlist = () => fetch(`${api}/api/camera/hls/live.m3u8`)
const isRunning = async () =>
  (await project.containers()).some(
    ({ service, state }) => service === 'source-camera' && state === 'running',
  )
const say = (line: string) => process.stdout.write(`camera: ${line}\n`)

describe.skipIf(without.has('engine'))('the camera in the whole stack', () => {
  beforeAll(async () => {
    await project.create()
    await project.writeFile('.env', 'CAMERA_INPUT=test\n')
    // Poll sources are off: only the camera is of interest.
    await project.writeFile('config/tailboard.yaml', configText({ camera: { enabled: true } }))
    await project.build('source-camera')
    await project.up()
    api = (await project.front()).url
  })
  afterAll(() => project.remove())

  test.each([1, 2, 3])(
    'start %i: from the first look to a picture, and from the last to nothing',
    async (start) => {
      expect((await playlist()).status).toBe(404)
      const page = new Page()
      const began = performance.now()
      const first = await page.look()
      expect(first.state).toBe('starting')
      expect((await playlist()).headers.get('retry-after')).not.toBeNull()
      const text = await until(
        'a playlist',
        async () => {
          const answer = await playlist()
          return answer.ok ? answer.text() : false
        },
        { everyMs: 50 },
      )
      const pictureMs = performance.now() - began
      const segment = text.split('\n').findLast((line) => line.endsWith('.ts'))
      expect((await (await fetch(`${api}/api/camera/hls/${segment}`)).bytes()).at(0)).toBe(0x47)
      expect(await state()).toMatchObject({ state: 'live', simulated: true, watchers: 1 })
      page.kill()
      await page.look()
      const last = performance.now()
      await until('the camera’s end', async () => !(await isRunning()), { everyMs: 100 })
      const goneMs = performance.now() - last
      const off = await becomes('off')
      expect(off.lastRun).toMatchObject({ result: 'ok', exitCode: 0, why: 'Nobody looked any more' })
      expect((await playlist()).status).toBe(404)
      const files = await project.compose(
        'exec',
        'web-gateway',
        '/usr/local/bin/node',
        '-e',
        'console.log(require("node:fs").readdirSync("/hls").length)',
      )
      expect(files.trim()).toBe('0')
      say(
        `start ${start}: first look to playlist ${Math.round(pictureMs)} ms, last word to container gone ${Math.round(goneMs)} ms`,
      )
    },
  )

  test('FFmpeg killed while someone looks: the picture comes back by itself', async () => {
    const page = new Page()
    await page.look()
    await becomes('live')
    const { Id } = await project.inspect('source-camera')
    const lines = (await command('docker', ['top', Id, '-o', 'pid,args'])).split('\n')
    const pid = lines
      .find((line) => /ffmpeg -hide_banner/.test(line))
      ?.trim()
      .split(/\s+/)[0]
    expect(pid).toMatch(/^\d+$/)
    const killed = performance.now()
    process.kill(Number(pid), 'SIGKILL')
    await until('the end of the run', async () => (await state()).failuresInARow === 1, { everyMs: 50 })
    await becomes('live')
    say(`FFmpeg killed: picture back after ${Math.round(performance.now() - killed)} ms`)
    expect((await state()).lastRun).toMatchObject({ result: 'failed', exitCode: 1 })
    page.kill()
    await until('the camera’s end', async () => !(await isRunning()))
  })

  test('two pages look, one vanishes, it goes on for the other', async () => {
    const [one, two] = [new Page(), new Page()]
    await Promise.all([one.look(), two.look()])
    await becomes('live')
    one.kill()
    const before = (await project.inspect('source-camera')).State.StartedAt
    await until('one page alone', async () => (await state()).watchers === 1)
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    expect((await project.inspect('source-camera')).State).toMatchObject({ Running: true, StartedAt: before })
    two.kill()
    await until('the camera’s end', async () => !(await isRunning()))
  })
})
