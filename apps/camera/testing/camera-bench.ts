import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CameraData } from '@tailboard/contracts/sources/camera'
import { createLogger, systemTime } from '@tailboard/service'
import { Camera, type CameraOptions } from '../src/camera.ts'

const log = createLogger({ service: 'test', level: 'error', write: () => {} })

/** One camera with a folder of its own, and everything that it said. */
export class CameraBench {
  readonly said: CameraData[] = []
  readonly stop = new AbortController()
  readonly folder: string
  readonly programs = { ffmpeg: 'ffmpeg', rpicam: 'rpicam-vid-of-nobody' }
  readonly camera: Camera
  ended: Promise<Error | null> = Promise.resolve(null)

  private constructor(folder: string, options: Partial<CameraOptions>) {
    this.folder = folder
    this.camera = new Camera({
      input: { kind: 'test' },
      picture: { width: 320, height: 240, framesPerSecond: 10, bitrateKbps: 300 },
      folder,
      time: systemTime,
      log,
      programs: this.programs,
      limits: { firstMs: 30_000, stalledMs: 1_000, deadMs: 4_000 },
      onState: (data) => this.said.push(structuredClone(data)),
      ...options,
    })
  }

  static async make(options: Partial<CameraOptions> = {}): Promise<CameraBench> {
    return new CameraBench(await mkdtemp(join(tmpdir(), 'tailboard-hls-')), options)
  }

  /** Puts the stand-in where rpicam-vid would be: a program of its own, run by the Node that runs this. */
  async standIn(): Promise<void> {
    this.programs.rpicam = `${this.folder}-rpicam-vid`
    const script = join(import.meta.dirname, 'rpicam-vid.ts')
    await writeFile(this.programs.rpicam, `#!/bin/sh\nexec ${process.execPath} ${script} "$@"\n`)
    await chmod(this.programs.rpicam, 0o755)
  }

  start(): this {
    this.ended = this.camera.run(this.stop.signal).then(
      () => null,
      (error: Error) => error,
    )
    return this
  }

  get phases(): string[] {
    return this.said.map(({ phase }) => phase).filter((phase, index, all) => phase !== all[index - 1])
  }

  files(): Promise<string[]> {
    return readdir(this.folder)
  }

  playlist(): Promise<string> {
    return readFile(join(this.folder, 'live.m3u8'), 'utf8')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop.abort()
    await this.ended
    await rm(this.folder, { recursive: true, force: true })
    await rm(`${this.folder}-rpicam-vid`, { force: true })
  }
}

/** The processes whose command line holds that folder. */
export async function pidsOf(folder: string): Promise<number[]> {
  const found: number[] = []
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const line = await readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '')
    if (line.includes(folder) && line.startsWith('ffmpeg')) found.push(Number(name))
  }
  return found
}
