import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { command, docker, tryCommand, until } from '@tailboard/stack'
import { Group } from './group.ts'

const sectorBytes = 512
/** As the kernel sets it for an SD card. A larger one charges a small group for what it did not ask for (docs/adr/0008). */
const readAheadKb = 128

/**
 * A second engine beside the machine's own: on a disk image of its own, whose every written byte is counted, with engine and
 * containers in one control group. It listens where DOCKER_HOST says, and uses the network namespace that it is started in.
 */
export class OwnEngine {
  readonly #folder: string
  readonly #group: Group
  readonly engine: Group
  readonly #path: string
  #device = ''
  #process: ChildProcess | undefined

  private constructor(folder: string) {
    this.#folder = folder
    this.#path = `/${basename(folder)}`
    this.#group = Group.at(this.#path)
    this.engine = Group.at(`${this.#path}/engine`)
  }

  /** Where it will listen, and where all that is its own lies. */
  static async folder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'tailboard-engine-'))
    // Sources that are not root enter it, for the doubles' sockets.
    await command('chmod', ['755', folder])
    return folder
  }

  static socket(folder: string): string {
    return join(folder, 'docker.sock')
  }

  static async create(folder: string, memoryBytes: number): Promise<OwnEngine> {
    const own = new OwnEngine(folder)
    own.#group.create().limitMemory(memoryBytes)
    own.engine.create()
    const image = join(folder, 'disk.img')
    await command('truncate', ['-s', '8G', image])
    await command('mkfs.ext4', ['-q', '-E', 'lazy_itable_init=0,lazy_journal_init=0', image])
    own.#device = basename((await command('losetup', ['--find', '--show', '--direct-io=on', image])).trim())
    writeFileSync(`/sys/block/${own.#device}/queue/read_ahead_kb`, `${readAheadKb}`)
    mkdirSync(join(folder, 'data'))
    await command('mount', [`/dev/${own.#device}`, join(folder, 'data')])
    return own
  }

  async start(): Promise<void> {
    const at = (name: string) => join(this.#folder, name)
    const log = openSync(at('dockerd.log'), 'a')
    const enter = this.engine.entrances.map((file) => `echo $$ > ${file}`).join(' && ')
    const args = [
      ['--host', `unix://${OwnEngine.socket(this.#folder)}`],
      ['--data-root', at('data')],
      ['--exec-root', at('exec')],
      ['--pidfile', at('docker.pid')],
      ['--cgroup-parent', `${this.#path}/containers`],
      ['--exec-opt', 'native.cgroupdriver=cgroupfs'],
    ].flat()
    this.#process = spawn('sh', ['-c', `${enter} && exec dockerd ${args.join(' ')}`], {
      stdio: ['ignore', log, log],
    })
    await until('the second engine', async () => {
      if (this.#process?.exitCode !== null) throw new Error(`it ended: ${this.#lastWords()}`)
      return docker.ping()
    })
  }

  async stop(): Promise<void> {
    if (this.#process === undefined || this.#process.exitCode !== null) return
    const ended = once(this.#process, 'exit')
    this.#process.kill('SIGTERM')
    await ended
  }

  /** What went to its disk so far, the file system's own journal in it (B). */
  async writtenBytes(): Promise<number> {
    await command('sync', ['-f', join(this.#folder, 'data')])
    const [, , , , , , sectors] = readFileSync(`/sys/block/${this.#device}/stat`, 'utf8').trim().split(/\s+/)
    return Number(sectors) * sectorBytes
  }

  /** Of engine and containers together. */
  memory(): { anonymousBytes: number; kills: number } {
    return { anonymousBytes: this.#group.memory().anonymousBytes, kills: this.#group.memoryKills() }
  }

  async remove(): Promise<void> {
    await this.stop()
    if (this.#device !== '') {
      await command('umount', [join(this.#folder, 'data')])
      await command('losetup', ['--detach', `/dev/${this.#device}`])
    }
    // The engine leaves this one behind.
    await tryCommand('umount', [join(this.#folder, 'exec/netns/default')])
    for (const path of ['/containers', '/engine', '']) Group.at(`${this.#path}${path}`).remove()
    await rm(this.#folder, { recursive: true, force: true })
  }

  #lastWords(): string {
    return readFileSync(join(this.#folder, 'dockerd.log'), 'utf8').slice(-500)
  }
}
