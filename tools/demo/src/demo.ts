import { existsSync, readFileSync, rmSync, watch } from 'node:fs'
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type SourceId, sourceIds } from '@tailboard/contracts'
import { type Front, makeRouting, nginxHeaders, readRoutingSources, startFront } from '@tailboard/front'
import { DemoError } from './demo-error.ts'
import { BoundedLog, showLine } from './lines.ts'
import { devParts, type Plan, redisPart, serviceParts, standInPart } from './parts.ts'
import { freePort, onFreePort } from './ports.ts'
import { PrintedVariables } from './printed-variables.ts'
import { standIns } from './stand-ins.ts'
import { DemoState } from './state.ts'
import { type Part, Supervised, type Watcher } from './supervised.ts'

const readyWithinMs = 60_000
/** An editor saves and a bundler writes in several steps; one restart is enough. */
const settleMs = 150

/** The demo's settings where nobody has decided any: a weather needs a place. */
const firstConfig = `# The settings of this demo. Each that there is stands in docs/contract.md; a change is taken up at once.
version: 1
sources:
  weather:
    place: Berlin
`

export interface DemoOptions {
  root: string
  /** The demo's own folder. */
  data: string
  isWatching: boolean
  isVerbose: boolean
  /** The port to take; null: 8080, or the next one that is free. */
  port: number | null
  given: Record<string, string | undefined>
  /** Prints one line. */
  say: (line: string) => void
}

/** The whole system as processes of this machine. */
export class Demo implements Watcher {
  readonly #options: DemoOptions
  readonly #state: DemoState
  readonly #parts: Supervised[] = []
  readonly #logs = new Map<string, BoundedLog>()
  readonly #lastLines = new Map<string, string[]>()
  readonly #printed = new Map<string, PrintedVariables>()
  readonly #stopped = new AbortController()
  #front: Front | undefined

  constructor(options: DemoOptions) {
    this.#options = options
    this.#state = new DemoState(join(options.data, 'demo.json'))
  }

  /** Brings everything up and returns the page's address once the gateway says that it is ready. */
  async start(): Promise<string> {
    const { root, data, isWatching, given } = this.#options
    const other = this.#state.other()
    if (other !== null)
      throw new DemoError(`A demo runs from this folder already: ${other || 'it is starting'}. End it first.`)
    if (this.#state.endLeftovers() > 0) this.#options.say('demo: ended what an earlier demo had left behind')
    for (const folder of ['config', 'hls', 'logs', 'redis'])
      await mkdir(join(data, folder), { recursive: true })
    await this.#writeFirstConfig()

    const [redisPort, gatewayPort, vitePort] = [await freePort(), await freePort(), await freePort()]
    const ports = { redisPort, gatewayPort, vitePort }
    const plan: Plan = { root, data, ...ports, given, simulated: [], found: {} }
    this.#front = await this.#startFront(plan)
    this.#run(redisPart(plan))
    await Promise.all(sourceIds.map((id) => this.#standIn(plan, id)))
    const services = serviceParts(plan).map((part) => this.#run(part))
    if (isWatching) {
      for (const part of devParts(plan)) this.#run(part)
      for (const service of services) this.#restartOnBuild(service)
    }
    await this.#waitUntilReady(gatewayPort)
    this.#state.url(this.#front.url)
    return this.#front.url
  }

  /** Ends every process, in the order opposite to that of their start. */
  async stop(): Promise<void> {
    this.#stopped.abort()
    await this.#front?.stop()
    const [redis, ...others] = this.#parts
    // Redis last: the services still write their goodbye to it.
    await Promise.all(others.map((part) => part.stop()))
    await redis?.stop()
    this.#state.clear()
  }

  /** Aborts when it stops; with a DemoError for a reason when a part died for good. */
  get ended(): AbortSignal {
    return this.#stopped.signal
  }

  line(part: Part, line: string, isError: boolean): void {
    if (line === '') return
    this.#printed.get(part.name)?.line(line)
    this.#logs.get(part.name)?.write(line)
    const last = this.#lastLines.get(part.name) ?? []
    this.#lastLines.set(part.name, [...last, line].slice(-10))
    // Redis says everything on standard output, and nothing that the services would not say too.
    const shown = showLine(part.name, line, isError, this.#options.isVerbose)
    if (shown !== null && !this.ended.aborted) this.#options.say(shown)
  }

  started(part: Part, pid: number): void {
    this.#state.part(part.name, pid)
  }

  died(part: Part, reason: string, waitMs: number): void {
    this.#options.say(`demo: ${part.name} ${reason}; it is started again in ${waitMs / 1000} s`)
  }

  gaveUp(part: Part, reason: string): void {
    const log = this.#lastLines.get(part.name) ?? []
    const error = [`${part.name} ${reason} again and again. Its last words:`, ...log].join('\n    ')
    this.#stopped.abort(new DemoError(error))
  }

  #run(part: Part): Supervised {
    // A Ctrl-C while it still starts: nothing more may begin.
    this.ended.throwIfAborted()
    const log = new BoundedLog(join(this.#options.data, 'logs', `${part.name.replaceAll(' ', '-')}.log`))
    log.open()
    this.#logs.set(part.name, log)
    const supervised = new Supervised(part, this)
    this.#parts.push(supervised)
    supervised.start()
    return supervised
  }

  async #writeFirstConfig(): Promise<void> {
    const path = join(this.#options.data, 'config/tailboard.yaml')
    if (!existsSync(path)) await writeFile(path, firstConfig)
  }

  /** Starts what stands in for a source's real thing where that is not here, and notes in the plan how it is found. */
  async #standIn(plan: Plan, id: SourceId): Promise<void> {
    const standIn = standIns[id]
    if (standIn === undefined || (await standIn.isRealHere?.())) return
    if ('preload' in standIn) {
      plan.simulated.push(`${id}=${join(plan.root, 'apps', id, standIn.preload)}`)
      return
    }
    if ('sets' in standIn) {
      Object.assign(plan.found, standIn.sets)
      plan.simulated.push(id)
      return
    }
    const folder = await mkdtemp(join(tmpdir(), 'tailboard-double-'))
    this.ended.addEventListener('abort', () => rmSync(folder, { recursive: true, force: true }))
    const place = { port: await freePort(), socket: join(folder, 'socket') }
    const part = standInPart(plan, id, standIn, place)
    const printed = new PrintedVariables(standIn.gives)
    this.#printed.set(part.name, printed)
    this.#run(part)
    await Promise.race([printed.whole, abortOf(this.ended)])
    Object.assign(plan.found, printed.values)
    plan.simulated.push(id)
  }

  #startFront({ root, gatewayPort, vitePort }: Plan): Promise<Front> {
    const { port, isWatching } = this.#options
    const routing = makeRouting(readRoutingSources(root), {})
    const page = isWatching ? { host: '127.0.0.1', port: vitePort } : builtPage(join(root, 'apps/frontend'))
    const upstreams = { 'web-gateway': { host: '127.0.0.1', port: gatewayPort }, frontend: page }
    return onFreePort(port ?? 8080, port !== null, (each) => startFront({ routing, upstreams, port: each }))
  }

  #restartOnBuild(service: Supervised): void {
    const file = join(service.part.cwd, 'dist/main.js')
    // A build that changed nothing (the first one of the watcher) is no reason to end a service.
    let current = readFileSync(file, 'utf8')
    let timer: NodeJS.Timeout | undefined
    // The folder, not the file: a bundler may replace the file.
    const watcher = watch(join(service.part.cwd, 'dist'), (_event, name) => {
      if (name !== 'main.js') return
      clearTimeout(timer)
      timer = setTimeout(() => {
        const built = existsSync(file) ? readFileSync(file, 'utf8') : current
        if (built === current) return
        current = built
        this.#options.say(`demo: ${service.part.name} is restarted`)
        void service.restart()
      }, settleMs)
    })
    this.ended.addEventListener('abort', () => {
      clearTimeout(timer)
      watcher.close()
    })
  }

  async #waitUntilReady(gatewayPort: number): Promise<void> {
    const begun = performance.now()
    let answer = 'nothing answers'
    while (performance.now() - begun < readyWithinMs) {
      if (this.ended.aborted) throw this.ended.reason
      try {
        const response = await fetch(`http://127.0.0.1:${gatewayPort}/health/ready`, {
          signal: AbortSignal.timeout(2_000),
        })
        answer = await response.text()
        if (response.ok) return
      } catch {
        // Not there yet.
      }
      await sleep(100)
    }
    throw new DemoError(`The gateway did not become ready within a minute. It says: ${answer}`)
  }
}

/** Rejects with the signal's reason when it aborts. */
function abortOf(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) return reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

/** The built page with the headers that nginx gives it on the Pi, its Content-Security-Policy among them. */
function builtPage(frontend: string) {
  const headers = nginxHeaders(readFileSync(join(frontend, 'nginx/nginx.conf'), 'utf8'))
  return { folder: join(frontend, 'dist'), fallback: null, headers }
}
