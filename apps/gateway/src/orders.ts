import { randomUUID } from 'node:crypto'
import {
  type Command,
  commandLimits,
  elapsedMs,
  issuesOf,
  keys,
  orderMaxAgeMs,
  parseJson,
  runVerb,
  type SourceId,
  type SourceView,
  type Stamp,
  sourceContract,
  systemStatusSchema,
} from '@tailboard/contracts'
import { readHeartbeat, type Store } from '@tailboard/service'
import * as v from 'valibot'
import { HttpProblem } from './http-problem.ts'

const statusMaxAgeMs = 5_000

/** Asks the orchestrator and the sources for something, in a way that never asks twice. */
export class Orders {
  readonly #asked = new Map<SourceId, Stamp>()
  #statusAsked: Stamp | null = null
  #turn: Promise<unknown> = Promise.resolve()

  /** Orders one run. @throws HttpProblem when it is off, runs, waits already, or nobody would carry it out. */
  run(store: Store, view: SourceView, by: string): Promise<Stamp> {
    return this.#inTurn(async () => {
      const source = view.id as SourceId
      this.#refuseDisabled(view)
      refuseOnDemand(source)
      // One that always lives takes it from its own queue: there is no run to start.
      if (sourceContract(source).life === 'always') {
        await refuseWithoutService(store, source)
        return (await this.#queue(store, source, { verb: runVerb, args: {}, by })).asked
      }
      if (view.run.running !== null) throw new HttpProblem('already-running')
      if (this.#isWaiting(view, store.now())) {
        throw new HttpProblem('already-running', { detail: 'A run was asked for and is about to start.' })
      }
      await refuseWithoutOrchestrator(store)
      return this.#order(store, source, by)
    })
  }

  /** Queues a command and, for a poll source, orders the run that carries it out. */
  command(
    store: Store,
    view: SourceView,
    request: { verb: string; args: Record<string, unknown>; by: string },
  ): Promise<Command> {
    return this.#inTurn(async () => {
      const source = view.id as SourceId
      const { life } = sourceContract(source)
      const args = checkArgs(source, request.verb, request.args)
      this.#refuseDisabled(view)
      refuseOnDemand(source)
      if (life === 'poll') await refuseWithoutOrchestrator(store)
      if (life === 'always') await refuseWithoutService(store, source)
      const command = await this.#queue(store, source, { ...request, args })
      // A run that waits carries it out. One that is under way may be past the point where it looks: then one after it.
      if (life === 'poll' && !this.#isWaiting(view, command.asked))
        await this.#order(store, source, request.by)
      return command
    })
  }

  /** Asks for a SystemStatus, at most once in five seconds however many look. */
  async status(store: Store, taken: Stamp | null): Promise<void> {
    const asked = store.now()
    if (taken !== null && elapsedMs(taken, asked) < statusMaxAgeMs) return
    if (this.#statusAsked !== null && elapsedMs(this.#statusAsked, asked) < statusMaxAgeMs) return
    this.#statusAsked = asked
    await store.pushOrder({ type: 'status', asked })
  }

  /** What the orchestrator last told of the services; null when it has not. */
  async readStatus(store: Store): Promise<v.InferOutput<typeof systemStatusSchema> | null> {
    const json = await store.redis.get(keys.status(store.node))
    return json === null ? null : parseJson(systemStatusSchema, json, 'the status in Redis')
  }

  async #queue(
    store: Store,
    source: SourceId,
    request: { verb: string; args: Record<string, unknown>; by: string },
  ): Promise<Command> {
    if ((await store.redis.llen(keys.queuedCommands(store.node, source))) >= commandLimits.queued) {
      throw new HttpProblem('too-many', { detail: `${commandLimits.queued} commands are waiting already.` })
    }
    const command: Command = {
      id: randomUUID(),
      node: store.node,
      source,
      ...request,
      asked: store.now(),
      status: 'queued',
      outcome: null,
      finished: null,
    }
    await store.publishCommand(command)
    return command
  }

  async #order(store: Store, source: SourceId, by: string): Promise<Stamp> {
    const asked = store.now()
    await store.pushOrder({ type: 'run', source, by, asked })
    this.#asked.set(source, asked)
    return asked
  }

  /** Whether a run that was asked for has not begun: the order is dropped when it is a minute old. */
  #isWaiting(view: SourceView, now: Stamp): boolean {
    const asked = this.#asked.get(view.id as SourceId)
    if (asked === undefined || elapsedMs(asked, now) > orderMaxAgeMs) return false
    const started = view.run.last?.started
    return (
      started === undefined || started.clock.boot !== asked.clock.boot || started.clock.ms < asked.clock.ms
    )
  }

  #refuseDisabled({ id, settings }: SourceView): void {
    if (settings.enabled) return
    throw new HttpProblem('disabled', {
      detail: 'This source is switched off, so it does nothing.',
      hint: `Switch it on: sources.${id}.enabled: true in config/tailboard.yaml`,
    })
  }

  /** One after another: two requests at once must not both find the queue free. */
  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(task)
    this.#turn = result.catch(() => {})
    return result
  }
}

/** What it is asked for would be done at its next start, whenever that is. */
async function refuseWithoutService(store: Store, source: SourceId): Promise<void> {
  if ((await readHeartbeat(store.redis, store.node, `source-${source}`, store.now())) !== null) return
  throw new HttpProblem('source-away', {
    detail: 'The service of this source has not been heard for half a minute.',
    hint: `Look why on the Pi: docker compose logs --tail 50 source-${source}. Then: docker compose up -d`,
  })
}

export async function refuseWithoutOrchestrator(store: Store): Promise<void> {
  if ((await readHeartbeat(store.redis, store.node, 'orchestrator', store.now())) !== null) return
  throw new HttpProblem('orchestrator-away', {
    detail: 'Nobody would start it.',
    hint: 'Start it with: docker compose up -d',
  })
}

function refuseOnDemand(source: SourceId): void {
  const { life, title } = sourceContract(source)
  if (life !== 'demand') return
  throw new HttpProblem('on-demand', {
    detail: `${title} runs while someone looks, and not otherwise.`,
    hint: 'POST /api/camera/watch every three seconds for as long as somebody does.',
  })
}

/** The arguments as the contract's schema makes them. @throws HttpProblem naming the verbs, or each wrong argument. */
function checkArgs(source: SourceId, verb: string, args: Record<string, unknown>): Record<string, unknown> {
  const { commands } = sourceContract(source)
  const command = Object.hasOwn(commands, verb) ? commands[verb] : undefined
  if (command === undefined) {
    const verbs = [runVerb, ...Object.keys(commands)].join(', ')
    throw new HttpProblem('invalid', { issues: [{ path: 'verb', reason: `must be one of: ${verbs}` }] })
  }
  const result = v.safeParse(command.args, args)
  if (result.success) return result.output as Record<string, unknown>
  const issues = issuesOf(result.issues).map(({ path, reason }) => ({
    path: path === '' ? 'args' : `args.${path}`,
    reason,
  }))
  throw new HttpProblem('invalid', { issues })
}
