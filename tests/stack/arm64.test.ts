import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cameraAnswerSchema, type SourceAnswer, type SourceId } from '@tailboard/contracts'
import { buildImages, ownPlatform } from '@tailboard/image'
import {
  alwaysOn,
  command,
  configText,
  docker,
  Project,
  type SourceDoubles,
  startDoubles,
  until,
  without,
} from '@tailboard/stack'
import * as v from 'valibot'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { stringify } from 'yaml'

const project = new Project('arm64')
const withDoubles: SourceId[] = ['weather', 'pihole', 'tailscale']
/** system reads this machine; aranet4 asks its kernel for Bluetooth. */
const polls: SourceId[] = [...withDoubles, 'system', 'aranet4']
const patient = { withinMs: 280_000, everyMs: 500 }

/** What emulation needs and a Pi does not: an emulator is a program in the same limit. */
const roomy = (services: readonly string[]) =>
  stringify({
    services: Object.fromEntries(
      services.map((name) => [
        name,
        { mem_limit: '1g', ...(name === 'redis' ? { image: 'arm64v8/redis:7-alpine' } : {}) },
      ]),
    ),
  })

describe.skipIf(without.has('engine') || without.has('arm64') || ownPlatform === 'linux/arm64')(
  'the whole stack from images for a Pi, emulated',
  () => {
    let folder = ''
    let started: SourceDoubles | undefined
    let api = ''

    beforeAll(async () => {
      await buildImages('linux/arm64')
      folder = await mkdtemp(join(tmpdir(), 'tailboard-arm64-'))
      await command('chmod', ['755', folder])
      await project.create()
      started = await startDoubles(withDoubles, folder)
      // The names that make images gives the images of this platform.
      await project.writeFile('.env', 'TAILBOARD_VERSION=local-arm64\nCAMERA_INPUT=test\n')
      await project.writeFile('doubles.yml', started.override)
      const all = [...alwaysOn, ...polls.map((id) => `source-${id}`), 'source-camera']
      await project.writeFile('roomy.yml', roomy(all))
      project.overrides = ['doubles.yml', 'roomy.yml']
      const slow = { intervalSeconds: 86_400, timeoutSeconds: 300 }
      const settings = Object.fromEntries(polls.map((id) => [id, slow]))
      await project.writeFile(
        'config/tailboard.yaml',
        configText({ ...settings, weather: { ...slow, place: 'Berlin' }, camera: { enabled: true } }),
      )
      await project.up()
      api = (await project.front()).url
    }, 3_600_000)
    afterAll(async () => {
      for (const double of started?.doubles.values() ?? []) await double.stop()
      await project.remove()
      await rm(folder, { recursive: true, force: true })
    })

    const sources = async (wanted: readonly SourceId[]) => {
      const answer = (await (await fetch(`${api}/api/sources`)).json()) as { sources: SourceAnswer[] }
      return answer.sources.filter(({ id }) => wanted.includes(id as SourceId))
    }
    const isArm64 = async (service: string) => {
      const { Image } = await project.inspect(service)
      expect((await docker.getImage(Image).inspect()).Architecture, service).toBe('arm64')
    }

    test('every service that lives always is up and healthy, and is arm64', async () => {
      for (const service of alwaysOn) {
        const { State, RestartCount } = await project.inspect(service)
        expect({ running: State.Running, restarts: RestartCount }, service).toEqual({
          running: true,
          restarts: 0,
        })
        if (State.Health !== undefined) expect(State.Health.Status, service).toBe('healthy')
        await isArm64(service)
      }
      const arch = ['exec', '-T', 'web-gateway', '/usr/local/bin/node', '-p', 'process.arch']
      expect((await project.compose(...arch)).trim()).toBe('arm64')
    })

    test('the Sense HAT’s service loads what is compiled, and says that there is no HAT', async () => {
      const script = `for (const name of ['i2c-bus', 'ioctl', 'nodeimu']) require('/app/node_modules/' + name)
        console.log(process.report.getReport().sharedObjects.filter((path) => path.endsWith('.node')).length)`
      const loaded = await project.compose(
        'exec',
        '-T',
        'source-sensehat',
        '/usr/local/bin/node',
        '-e',
        script,
      )
      expect(loaded.trim()).toBe('3')
      const failure = await until(
        'what the Sense HAT’s service found',
        async () => (await sources(['sensehat']))[0]?.failure,
        patient,
      )
      expect(failure).toMatchObject({
        kind: 'missing-hardware',
        message: expect.stringMatching(/^No Sense HAT found/),
      })
    })

    test('each poll source runs once', async () => {
      const ran = await until(
        'a run of each',
        async () => {
          const done = (await sources(polls)).filter(({ lastRun }) => lastRun !== null)
          return done.length === polls.length && done
        },
        patient,
      )
      for (const { id, lastRun, failure } of ran) {
        process.stdout.write(`arm64: ${id}: ${lastRun?.result} ${failure?.message ?? ''}\n`)
        await isArm64(`source-${id}`)
        if (id !== 'aranet4') expect(lastRun?.result, `${id}: ${JSON.stringify(failure)}`).toBe('ok')
      }
      // What this machine's kernel says to any program: on a virtual machine's, without Bluetooth, the socket that the module was
      // compiled to open has no address family (EAFNOSUPPORT), emulated or not. Read after the run, which loads the kernel's module.
      const hasBluetooth = /^HCI\s/m.test(await readFile('/proc/net/protocols', 'utf8'))
      const failure = ran.find(({ id }) => id === 'aranet4')?.failure
      const noSuchSocket = 'Bluetooth can’t be reached from this container’s network'
      if (hasBluetooth) expect(failure?.kind).not.toBe('misconfigured')
      else expect(failure).toMatchObject({ kind: 'misconfigured', message: noSuchSocket })
    })

    test('the camera’s test picture comes', async () => {
      const look = async () => {
        const body = JSON.stringify({ watcher: 'page-arm64test' })
        const headers = { 'content-type': 'application/json' }
        const answer = await fetch(`${api}/api/camera/watch`, { method: 'POST', headers, body })
        return v.parse(cameraAnswerSchema, await answer.json())
      }
      const playlist = await until(
        'a playlist',
        async () => {
          await look()
          const answer = await fetch(`${api}/api/camera/hls/live.m3u8`)
          return answer.ok && answer.text()
        },
        patient,
      )
      await isArm64('source-camera')
      const segment = playlist.split('\n').findLast((line) => line.endsWith('.ts'))
      // How an MPEG transport stream begins.
      expect((await (await fetch(`${api}/api/camera/hls/${segment}`)).bytes()).at(0)).toBe(0x47)
    })
  },
)
