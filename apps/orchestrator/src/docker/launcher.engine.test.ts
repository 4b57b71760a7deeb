import net from 'node:net'
import path from 'node:path'
import { TailboardError } from '@tailboard/contracts/error'
import Docker from 'dockerode'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BuildFailure } from './image-store.ts'
import { labelOf } from './labels.ts'
import { DockerLauncher } from './launcher.ts'
import { ComposeProject, docker as cli, lacksEngine } from './testing/compose-project.ts'

const compose = (said: string) => `
services:
  always:
    image: redis:7-alpine
    command: sleep 1000
    init: false
    networks: [internal]
    stop_grace_period: 0s
  source-job:
    profiles: [poll]
    build: .
    networks: [internal]
    command: [sh, -c, "${said}"]
  source-slow:
    profiles: [poll]
    image: redis:7-alpine
    entrypoint: [sleep]
    command: ["1000"]
  source-broken:
    profiles: [poll]
    build: { context: ., dockerfile: Broken.Dockerfile }
  source-absent:
    profiles: [poll]
    image: tailboard-test/nobody-has-this:1
    pull_policy: never
networks: { internal: {} }
`
const say = 'for i in 1 2 3; do echo line $$i; done; echo bad >&2; exit 3'

/** A socket in front of the engine's that can be shut, connections and all. */
class Door {
  readonly path: string
  #server: net.Server | undefined
  readonly #sockets = new Set<net.Socket>()

  constructor(path: string) {
    this.path = path
  }

  async open(): Promise<void> {
    this.#server = net.createServer((near) => {
      const far = net.connect('/var/run/docker.sock')
      for (const socket of [near, far]) {
        this.#sockets.add(socket)
        socket.on('error', () => socket.destroy())
      }
      near.pipe(far).pipe(near)
    })
    await new Promise<void>((resolve) => this.#server?.listen(this.path, resolve))
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server?.close(resolve))
  }
}

describe.skipIf(lacksEngine)('runs of compose services on the engine', () => {
  const engine = new Docker()
  const notes: string[] = []
  let project: ComposeProject
  let launcher: DockerLauncher
  const newLauncher = () =>
    new DockerLauncher({
      docker: engine,
      location: project.location,
      onNote: (_note, { service, reason }) => notes.push(`${service}: ${reason}`),
    })
  const nameOf = (service: string) => `${project.location.name}-${service}-1`
  const idOf = async (service: string) => (await engine.getContainer(nameOf(service)).inspect()).Id

  beforeAll(async () => {
    project = await ComposeProject.make({
      'docker-compose.yml': compose(say),
      Dockerfile:
        'FROM redis:7-alpine AS base\nCOPY kept /kept\nFROM base\nRUN test ! -e /left-out\nENTRYPOINT []\n',
      'Broken.Dockerfile': 'FROM redis:7-alpine\nRUN echo "this goes wrong" && exit 7\n',
      '.dockerignore': 'left-out\n',
      'kept/a file': 'kept',
      'left-out': 'x',
    })
    launcher = newLauncher()
    await project.plainCompose('up', '-d')
  })
  afterAll(() => project?.remove())

  it('builds a missing image, runs, and tells exit code and the last lines of this run alone', async () => {
    await launcher.prepare('source-job')
    const first = await launcher.run('source-job')
    const second = await launcher.run('source-job')
    expect(first).toMatchObject({ exitCode: 3, oomKilled: false, engineLost: false })
    expect([...second.logTail].sort()).toEqual(['bad', 'line 1', 'line 2', 'line 3'])
    expect(Date.parse(second.startedAt)).toBeGreaterThanOrEqual(Date.parse(first.finishedAt))
  })

  it('makes the image that compose would have made, from the same cache', async () => {
    const image = `${project.location.name}-source-job`
    const ours = await cli('image', 'inspect', image, '--format', '{{.Id}}')
    await project.compose('build', 'source-job')
    expect(await cli('image', 'inspect', image, '--format', '{{.Id}}')).toBe(ours)
  })

  it('is seen by compose as its own', async () => {
    expect(await project.plainCompose('ps', '-a', '--format', '{{.Service}}')).toContain('source-job')
    expect(await project.plainCompose('logs', 'source-job')).toContain('line 1')
    const id = await idOf('source-job')
    await project.plainCompose('up', '-d')
    expect(await idOf('source-job')).toBe(id)
  })

  it('adopts a container that compose made, and uses its own again', async () => {
    await launcher.run('source-job')
    const own = await idOf('source-job')
    await launcher.run('source-job')
    expect(await idOf('source-job')).toBe(own)

    await cli('rm', '-fv', nameOf('source-job'))
    await project.compose('create', 'source-job')
    const theirs = await idOf('source-job')
    await newLauncher().run('source-job')
    expect(await idOf('source-job')).toBe(theirs)
  })

  it('makes it anew after the image was rebuilt', async () => {
    const before = await idOf('source-job')
    await project.write('kept/a file', 'new')
    await project.compose('build', 'source-job')
    await launcher.run('source-job')
    expect(await idOf('source-job')).not.toBe(before)
    expect(notes.at(-1)).toContain('image was rebuilt')
  })

  it('makes it anew after the definition was edited, also when compose made the old one', async () => {
    await project.write('docker-compose.yml', compose('echo edited; exit 4'))
    expect(await launcher.run('source-job')).toMatchObject({ exitCode: 4, logTail: ['edited'] })
    expect(notes.at(-1)).toContain('definition was changed')

    await cli('rm', '-fv', nameOf('source-job'))
    await project.compose('create', 'source-job')
    await project.write('docker-compose.yml', compose(say))
    expect(await launcher.run('source-job')).toMatchObject({ exitCode: 3 })
    expect(notes.at(-1)).toContain('/config/Cmd')
  })

  it('makes it anew after its network was removed and made again', async () => {
    await launcher.run('source-job')
    const before = await idOf('source-job')
    await project.plainCompose('down', '-v')
    await project.plainCompose('up', '-d')
    expect(await launcher.run('source-job')).toMatchObject({ exitCode: 3 })
    expect(await idOf('source-job')).not.toBe(before)
    expect(notes.at(-1)).toContain('network')
  })

  it('runs all the same when what was prepared is removed under its feet', async () => {
    await launcher.prepare('source-job')
    await cli('rm', '-fv', nameOf('source-job'))
    expect(await launcher.run('source-job')).toMatchObject({ exitCode: 3 })
  })

  it('says that a run was removed while it ran', async () => {
    const run = launcher.run('source-slow')
    await waitUntilRunning()
    await cli('rm', '-fv', nameOf('source-slow'))
    const error = await run.then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    // Docker may answer the wait with the kill's code before the container is gone.
    expect(error === undefined || (error as TailboardError).kind === 'crashed').toBe(true)
  })

  it('kills at an abort', async () => {
    const abort = new AbortController()
    const run = launcher.run('source-slow', { signal: abort.signal })
    await waitUntilRunning()
    abort.abort()
    expect(await run).toMatchObject({ exitCode: 137 })
  })

  it('takes up a run that another life began, and never starts a second', async () => {
    const first = launcher.run('source-slow')
    await waitUntilRunning()
    const id = await idOf('source-slow')
    const other = newLauncher()
    await other.services()
    expect(await other.running()).toEqual([{ service: 'source-slow', id }])
    const second = other.run('source-slow')
    await cli('kill', nameOf('source-slow'))
    expect(await Promise.all([first, second])).toMatchObject([{ exitCode: 137 }, { exitCode: 137 }])
    expect(await idOf('source-slow')).toBe(id)
  })

  it('lives through an engine that goes away under a run, and finds out what became of it', async () => {
    const door = new Door(path.join(project.folder, 'engine.sock'))
    await door.open()
    const far = new DockerLauncher({
      docker: new Docker({ socketPath: door.path }),
      location: project.location,
    })
    const run = far.run('source-slow')
    await waitUntilRunning()
    await door.close()
    await cli('kill', nameOf('source-slow'))
    await expect(far.prepare('source-job')).rejects.toMatchObject({ kind: 'unreachable' })
    await door.open()
    expect(await run).toMatchObject({ exitCode: 137, engineLost: true })
    await door.close()
  })

  it('leaves a container alone that someone made by hand under the same name, and says so', async () => {
    await cli('rm', '-fv', nameOf('source-slow'))
    await cli('create', '--name', nameOf('source-slow'), 'redis:7-alpine')
    await expect(launcher.prepare('source-slow')).rejects.toMatchObject({
      kind: 'misconfigured',
      hint: `docker rm -f ${nameOf('source-slow')}`,
    })
    await cli('rm', '-v', nameOf('source-slow'))
  })

  it('tells the end of a build that failed, and the command that repeats it', async () => {
    const error = await launcher.prepare('source-broken').catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(TailboardError)
    const { kind, hint, cause } = error as TailboardError
    expect({ kind, hint }).toEqual({
      kind: 'missing-image',
      hint: 'docker compose --profile poll build source-broken',
    })
    expect((cause as BuildFailure).lines.join('\n')).toContain('this goes wrong')
  })

  it('says that an image is missing which can not be built', async () => {
    await expect(launcher.prepare('source-absent')).rejects.toMatchObject({
      kind: 'missing-image',
      hint: 'docker compose --profile poll pull source-absent',
    })
  })

  it('cleans up so that a plain down leaves nothing', async () => {
    await launcher.run('source-job')
    await project.compose('create', 'source-slow')
    await launcher.cleanup()
    await project.plainCompose('down', '-v', '-t', '0')
    const filter = `label=${labelOf.project}=${project.location.name}`
    expect(await cli('ps', '-aq', '--filter', filter)).toBe('')
    expect(await cli('network', 'ls', '-q', '--filter', filter)).toBe('')
  })

  async function waitUntilRunning(): Promise<void> {
    const isRunning = () =>
      cli('inspect', nameOf('source-slow'), '--format', '{{.State.Running}}').catch(() => '')
    while ((await isRunning()) !== 'true') await new Promise((resolve) => setTimeout(resolve, 50))
  }
})
