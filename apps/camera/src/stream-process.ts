import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { childEnvironment } from './child-environment.ts'
import type { Commands } from './ffmpeg-args.ts'
import { noFacts, readProgressLine, readStreamLine, type StreamFacts } from './progress.ts'

const keptLines = 30
/** What FFmpeg has to say goodbye to a camera on the network; one that doesn't end is killed (ms). Its last segment is thrown away. */
const endWithinMs = 1_000

export interface Programs {
  ffmpeg: string
  rpicam: string
}

/** How the processes of a stream ended. */
export interface StreamEnd {
  exitCode: number | null
  /** The last lines that they wrote, oldest first. */
  lines: string[]
  /** A program is not installed. */
  missing: string | null
}

/** FFmpeg, and the program that feeds it, from start to end. */
export class StreamProcess {
  readonly #programs: Programs
  readonly #commands: Commands
  readonly #lines: string[] = []
  #children: ChildProcess[] = []
  #facts: StreamFacts = noFacts
  #missing: string | null = null

  constructor(programs: Programs, commands: Commands) {
    this.#programs = programs
    this.#commands = commands
  }

  get facts(): StreamFacts {
    return this.#facts
  }

  /** Starts both, and settles when FFmpeg has ended. */
  async run(): Promise<StreamEnd> {
    const { ffmpeg, rpicam } = this.#commands
    const main = this.#spawn(this.#programs.ffmpeg, ffmpeg, rpicam === null ? 'ignore' : 'pipe')
    main.stdout?.on('error', () => {})
    const facts = createInterface({ input: main.stdout as NodeJS.ReadableStream })
    facts.on('line', (line) => {
      this.#facts = readProgressLine(line, this.#facts)
    })
    const ends = [this.#end(main)]
    if (rpicam !== null) {
      const feeder = this.#spawn(this.#programs.rpicam, rpicam, 'ignore')
      // Either one may go first: a broken pipe is then no error of ours.
      main.stdin?.on('error', () => {})
      feeder.stdout?.on('error', () => {})
      feeder.stdout?.pipe(main.stdin as NodeJS.WritableStream)
      ends.push(this.#end(feeder).finally(() => main.stdin?.destroy()))
      void ends[0]?.then(() => feeder.kill('SIGKILL'))
    }
    const [exitCode = null] = await Promise.all(ends)
    return { exitCode, lines: [...this.#lines], missing: this.#missing }
  }

  /** Lets it end as it wants to, for a while. */
  stop(): void {
    for (const child of this.#children) child.kill('SIGTERM')
    const timer = setTimeout(() => this.kill(), endWithinMs)
    timer.unref()
  }

  kill(): void {
    for (const child of this.#children) child.kill('SIGKILL')
  }

  #spawn(command: string, args: string[], stdin: 'ignore' | 'pipe'): ChildProcess {
    const child = spawn(command, args, { stdio: [stdin, 'pipe', 'pipe'], env: childEnvironment })
    this.#children.push(child)
    if (child.stderr !== null) {
      createInterface({ input: child.stderr }).on('line', (line) => this.#line(line))
    }
    return child
  }

  #end(child: ChildProcess): Promise<number | null> {
    return new Promise((resolve) => {
      child.once('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') this.#missing ??= child.spawnfile
        this.#line(error.message)
        resolve(null)
      })
      child.once('close', (code) => {
        this.#children = this.#children.filter((each) => each !== child)
        resolve(code)
      })
    })
  }

  #line(line: string): void {
    // Two for each segment, which would push out what matters.
    if (/Opening '.*' for writing/.test(line)) return
    this.#facts = readStreamLine(line, this.#facts)
    this.#lines.push(line)
    if (this.#lines.length > keptLines) this.#lines.shift()
  }
}
