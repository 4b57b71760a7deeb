import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { type Front, makeRouting, readRoutingSources, startFront } from '@tailboard/front'
import Docker from 'dockerode'
import { Redis } from 'ioredis'
import { type CommandResult, command, tryCommand } from './command.ts'

/** The repository that is tested. */
export const repository = resolve(import.meta.dirname, '../../..')

/** The compose services that live always, less traefik, whose image can't be had where no registry answers. */
export const alwaysOn = ['frontend', 'orchestrator', 'redis', 'source-sensehat', 'web-gateway']

export const docker = new Docker()

/**
 * The real stack on the real engine: a copy of the working tree (as a clone would have it) under a compose project of its
 * own, reached through a front made from its own labels and Traefik files.
 */
export class Project {
  readonly name: string
  folder = ''
  #front: Front | undefined
  #redis: Redis | undefined

  constructor(name: string) {
    // Its own also beside another run of the same tests on this engine.
    this.name = `tbtest-${name}-${process.pid}`
  }

  /** Copies what git tracks, or would track. `ownedByRoot`: as `sudo git clone` leaves it. */
  async create({ ownedByRoot = false } = {}): Promise<this> {
    this.folder = await mkdtemp(join(tmpdir(), `${this.name}-`))
    const listed = await command('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: repository })
    const files = listed.split('\0').filter((file) => file !== '' && file !== '.env')
    for (const file of files) {
      const target = join(this.folder, file)
      await mkdir(dirname(target), { recursive: true })
      // A file that git still lists but that is deleted in the tree is simply not there.
      await cp(join(repository, file), target).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error
      })
    }
    await mkdir(join(this.folder, 'config'), { recursive: true })
    await command('chmod', ['755', this.folder])
    if (!ownedByRoot) await command('chown', ['-R', '1000:1000', join(this.folder, 'config')])
    return this
  }

  get files(): string[] {
    return [
      '-f',
      'docker-compose.yml',
      '-f',
      'docker-compose.ci.yml',
      ...this.overrides.flatMap((file) => ['-f', file]),
    ]
  }

  /** More compose files, in the project's folder. */
  overrides: string[] = []

  compose(...args: string[]): Promise<string> {
    return command('docker', ['compose', '-p', this.name, ...this.files, ...args], { cwd: this.folder })
  }

  tryCompose(...args: string[]): Promise<CommandResult> {
    return tryCommand('docker', ['compose', '-p', this.name, ...this.files, ...args], { cwd: this.folder })
  }

  up(): Promise<string> {
    return this.compose('up', '-d', '--wait')
  }

  /**
   * Brings the images up to date with the tree: `up` alone takes what has the tag, from whatever tree it was built.
   * Quick where nothing changed.
   */
  build(...sources: string[]): Promise<string> {
    const always = alwaysOn.filter((service) => service !== 'redis')
    return this.compose('--profile', '*', 'build', ...always, ...sources)
  }

  /** Containers of the project: service names by state, as the engine has them. */
  async containers(): Promise<{ service: string; state: string; id: string; name: string }[]> {
    const found = await docker.listContainers({
      all: true,
      // As Compose itself asks: an image carries the project's label too, and hands it to whatever is run from it.
      filters: { label: [`com.docker.compose.project=${this.name}`, 'com.docker.compose.config-hash'] },
    })
    return found.map(({ Labels, State, Id, Names }) => ({
      service: Labels['com.docker.compose.service'] ?? '',
      state: State,
      id: Id,
      name: Names[0]?.slice(1) ?? '',
    }))
  }

  async inspect(service: string): Promise<Docker.ContainerInspectInfo> {
    const found = (await this.containers()).find((container) => container.service === service)
    if (found === undefined) throw new Error(`no container of ${service}`)
    return docker.getContainer(found.id).inspect()
  }

  /** The address of a container on the project's network: on Linux the host reaches it. */
  async address(service: string): Promise<string> {
    const { NetworkSettings } = await this.inspect(service)
    const address = NetworkSettings.Networks[`${this.name}_internal`]?.IPAddress
    if (!address) throw new Error(`${service} has no address`)
    return address
  }

  /** Redis of the stack, over the bridge. */
  async redis(): Promise<Redis> {
    if (this.#redis === undefined) {
      this.#redis = new Redis({
        host: await this.address('redis'),
        retryStrategy: () => 200,
        maxRetriesPerRequest: null,
      })
      // It comes back by itself; a test that waits for it says so when it doesn't.
      this.#redis.on('error', () => {})
    }
    return this.#redis
  }

  /** A container that was started again may have another address: the next `redis()` asks for it. */
  forgetRedis(): void {
    this.#redis?.disconnect()
    this.#redis = undefined
  }

  /** What stands in Traefik's place, by the project's own labels and files. */
  async front(env: Record<string, string> = {}, listenAddress = '127.0.0.1', port = 0): Promise<Front> {
    await this.stopFront()
    const routing = makeRouting(readRoutingSources(this.folder), { COMPOSE_PROJECT_NAME: this.name, ...env })
    this.#front = await startFront({
      routing,
      upstreams: {
        'web-gateway': { host: await this.address('web-gateway'), port: 8080 },
        frontend: { host: await this.address('frontend'), port: 3000 },
      },
      port,
      listenAddress,
    })
    return this.#front
  }

  /** As when the network is gone: every connection through it is cut. */
  async stopFront(): Promise<void> {
    await this.#front?.stop()
    this.#front = undefined
  }

  readFile(path: string): Promise<string> {
    return readFile(join(this.folder, path), 'utf8')
  }

  writeFile(path: string, content: string): Promise<void> {
    return writeFile(join(this.folder, path), content)
  }

  /** Takes everything away again: front, containers, networks, volumes, folder. */
  async remove(): Promise<void> {
    await this.stopFront()
    this.#redis?.disconnect()
    if (this.folder === '') return
    await this.tryCompose('--profile', '*', 'down', '-v', '--remove-orphans', '-t', '10')
    await rm(this.folder, { recursive: true, force: true })
  }
}

/** What the tests of this run must do without, by name; `make test` says so at its end. */
export const without = new Set((process.env.TAILBOARD_WITHOUT ?? '').split(',').filter((name) => name !== ''))
