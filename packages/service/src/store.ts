import {
  amount,
  type Command,
  commandLimits,
  commandSchema,
  type Event,
  eventSchema,
  type Failure,
  failureSchema,
  keys,
  limits,
  type Notice,
  type Order,
  type Press,
  type PublishedConfig,
  parseJson,
  parseOrThrow,
  publishedConfigSchema,
  type Reading,
  type RunCost,
  type RunRecord,
  type RunState,
  readingSchema,
  runCostSchema,
  runStateSchema,
  type SourceId,
  type SourceView,
  type Stamp,
  sourceContract,
  sourceFields,
  stampSchema,
  TailboardError,
} from '@tailboard/contracts'
import type { ChainableCommander, Redis } from 'ioredis'
import * as v from 'valibot'
import { stampNow, type TimeSource } from './clock.ts'
import { appendConfirmation, appendReading } from './history.ts'
import { redactor } from './redact.ts'
import { withRoom } from './room.ts'

/** Orders that nobody takes must not pile up. */
const mostOrders = 64

const outcomeSchema = v.picklist(['ok', 'partial', 'failed'])
const lastWordsSchema = v.object({
  ...runCostSchema.entries,
  ended: stampSchema,
  nextInS: v.optional(v.pipe(amount, v.maxValue(7 * 86_400))),
})

/** What a run said at its end. `wantedMs`: when it wants the next one (CLOCK_MONOTONIC); null when it does not care. */
export interface LastWords {
  cost: RunCost
  wantedMs: number | null
}

/** What Redis holds of one source, and what of it could not be read. */
export type StoredSource = Pick<SourceView, 'reading' | 'success' | 'outcome' | 'failure' | 'run'> & {
  problems: string[]
}

/**
 * One node's state in Redis, written so that state and event are one step: whoever reads both at once (MULTI) has a
 * state that holds exactly the events up to the cursor.
 */
export class Store {
  readonly redis: Redis
  readonly node: string
  readonly time: TimeSource

  constructor(redis: Redis, node: string, time: TimeSource) {
    this.redis = redis
    this.node = node
    this.time = time
  }

  now(): Stamp {
    return stampNow(this.time)
  }

  /**
   * @param intervalSeconds from one reading of this source to the next, as the owner set it
   * @throws TailboardError `malformed` when the data is not of the source's schema or the reading is too large.
   */
  async publishReading(
    given: Reading,
    failure: Failure | null,
    intervalSeconds = sourceContract(given.source as SourceId).defaults.intervalSeconds,
  ): Promise<void> {
    const reading = checkReading(given)
    const stamp = { at: reading.writtenAt, clock: reading.clock }
    const event = {
      type: 'reading' as const,
      node: this.node,
      source: reading.source,
      stamp,
      reading,
      failure: failure === null ? null : redactFailure(failure),
    }
    await this.#publish(event, (multi, clean) => {
      const fields: Record<string, string> = {
        [sourceFields.reading]: JSON.stringify(clean.reading),
        [sourceFields.success]: JSON.stringify(stamp),
        [sourceFields.outcome]: clean.failure === null ? 'ok' : 'partial',
      }
      if (clean.failure !== null) fields[sourceFields.failure] = JSON.stringify(clean.failure)
      multi.hset(keys.source(this.node, reading.source), fields)
      appendReading(multi, clean.reading, intervalSeconds)
    })
  }

  /** A success that measured what is known already. */
  async publishSuccess(source: SourceId, given: Failure | null = null): Promise<void> {
    const stamp = this.now()
    const failure = given === null ? null : redactFailure(given)
    const event = { type: 'success' as const, node: this.node, source, stamp }
    await this.#publish(failure === null ? event : { ...event, failure }, (multi) => {
      multi.hset(keys.source(this.node, source), {
        [sourceFields.success]: JSON.stringify(stamp),
        [sourceFields.outcome]: failure === null ? 'ok' : 'partial',
        ...(failure === null ? {} : { [sourceFields.failure]: JSON.stringify(failure) }),
      })
      appendConfirmation(multi, this.node, source, stamp)
    })
  }

  /** Writes a failure beside the last good reading. */
  async publishFailure(source: SourceId, given: Failure): Promise<void> {
    const failure = redactFailure(given)
    const stamp = { at: failure.at, clock: failure.clock }
    const event = { type: 'failure' as const, node: this.node, source, stamp, failure }
    await this.#publish(event, (multi, clean) => {
      multi.hset(keys.source(this.node, source), {
        [sourceFields.failure]: JSON.stringify(clean.failure),
        [sourceFields.outcome]: 'failed',
      })
    })
  }

  /** Where the source stands in the schedule; `ended` is added to the list of runs. */
  async publishRun(source: SourceId, run: RunState, ended?: RunRecord): Promise<void> {
    const event = { type: 'run' as const, node: this.node, source, stamp: this.now(), run }
    await this.#publish(event, (multi, clean) => {
      multi.hset(keys.source(this.node, source), { [sourceFields.run]: JSON.stringify(clean.run) })
      if (ended === undefined) return
      multi.lpush(keys.runs(this.node), JSON.stringify({ source, ...ended }))
      multi.ltrim(keys.runs(this.node), 0, limits.runs - 1)
      if (ended.viewers === undefined) return
      multi.lpush(keys.demandRuns(this.node), JSON.stringify({ source, ...ended }))
      multi.ltrim(keys.demandRuns(this.node), 0, limits.demandRuns - 1)
    })
  }

  /** A command that was asked or has ended. */
  async publishCommand(given: Command): Promise<void> {
    const { source } = given
    const command = { ...given, outcome: redactText(given.outcome) }
    const event = { type: 'command' as const, node: this.node, source, stamp: this.now(), command }
    await this.#publish(event, (multi, clean) => {
      const json = JSON.stringify(clean.command)
      if (command.status === 'queued') multi.lpush(keys.queuedCommands(this.node, source), json)
      multi.lpush(keys.commandLog(this.node), json)
      multi.ltrim(keys.commandLog(this.node), 0, commandLimits.recorded - 1)
    })
  }

  /** That somebody pressed a button of a source's device. */
  async publishPress(source: SourceId, press: Press): Promise<void> {
    const { stamp } = press
    const said = { ...press, did: redactText(press.did) }
    await this.#publish({ type: 'press', node: this.node, source, stamp, press: said }, () => {})
  }

  /** Asks the orchestrator for something. The newest stay when nobody takes them. */
  async pushOrder(order: Order): Promise<void> {
    const key = keys.orders(this.node)
    await withRoom(this.redis, async () => {
      const multi = this.redis.multi().lpush(key, JSON.stringify(order))
      for (const [error] of (await multi.ltrim(key, 0, mostOrders - 1).exec()) ?? []) {
        if (error !== null) throw error
      }
    })
  }

  /** The configuration in force. */
  async publishConfig({ status, config }: PublishedConfig): Promise<void> {
    const event = { type: 'config' as const, node: this.node, stamp: this.now(), status, config }
    await this.#publish(event, (multi, clean) => {
      multi.set(keys.config, JSON.stringify({ status: clean.status, config: clean.config }))
    })
  }

  /** Says something the owner must know, or (`text` null) that it is over. */
  async publishNotice(notice: Pick<Notice, 'id' | 'level' | 'text' | 'hint'>): Promise<void> {
    const said = { text: redactText(notice.text), hint: redactText(notice.hint) }
    const event: Notice = { type: 'notice', node: this.node, stamp: this.now(), ...notice, ...said }
    await this.#publish(event, (multi, clean) => {
      if (clean.text === null) multi.hdel(keys.notices(this.node), clean.id)
      else multi.hset(keys.notices(this.node), { [clean.id]: JSON.stringify(clean) })
    })
  }

  /** That something was changed through the API, and from which address. */
  async publishWrite(by: string, what: string): Promise<void> {
    await this.#publish(
      { type: 'write', node: this.node, stamp: this.now(), by, what: redactor.redact(what) },
      () => {},
    )
  }

  async publishClockJump(jumpMs: number): Promise<void> {
    await this.#publish({ type: 'clock', node: this.node, stamp: this.now(), jumpMs }, () => {})
  }

  /** A run's last act: what it cost, and in how long (s) another is worth its cost, where the device told. */
  async writeCost(source: SourceId, cost: RunCost, nextInS?: number): Promise<void> {
    const dated = { ...cost, ended: this.now(), ...(nextInS === undefined ? {} : { nextInS }) }
    const key = keys.source(this.node, source)
    await withRoom(this.redis, () => this.redis.hset(key, { [sourceFields.cost]: JSON.stringify(dated) }))
  }

  /** What the run that started at `started` said at its end: its cost, and when it wants the next one. Null when it said nothing. */
  async readLastWords(source: SourceId, started: Stamp): Promise<LastWords | null> {
    const json = await this.redis.hget(keys.source(this.node, source), sourceFields.cost)
    if (json === null) return null
    const { ended, nextInS, ...cost } = parseJson(lastWordsSchema, json, 'the cost of a run')
    const isOfThisRun = ended.clock.boot === started.clock.boot && ended.clock.ms >= started.clock.ms
    if (!isOfThisRun) return null
    return { cost, wantedMs: nextInS === undefined ? null : ended.clock.ms + nextInS * 1000 }
  }

  /** The oldest queued command of a source, taken out of the queue; null when there is none. */
  async takeCommand(source: SourceId): Promise<Command | null> {
    const json = await this.redis.rpop(keys.queuedCommands(this.node, source))
    return json === null ? null : parseJson(commandSchema, json, 'a command')
  }

  async readSource(source: SourceId): Promise<StoredSource> {
    return parseStoredSource(source, await this.redis.hgetall(keys.source(this.node, source)))
  }

  /** The configuration in force, or null when the gateway has not published one yet. */
  async readConfig(): Promise<PublishedConfig | null> {
    const json = await this.redis.get(keys.config)
    return json === null ? null : parseJson(publishedConfigSchema, json, 'the configuration in Redis')
  }

  /** What is written is the event as its schema makes it: text from outside is harmless from here on. */
  async #publish<E extends Event>(
    event: E,
    change: (multi: ChainableCommander, clean: E) => void,
  ): Promise<void> {
    const clean = parseOrThrow(eventSchema, event, `an event of type ${event.type}`) as E
    await withRoom(this.redis, async () => {
      const multi = this.redis.multi()
      change(multi, clean)
      multi.xadd(keys.events, 'MAXLEN', '=', limits.events, '*', 'event', JSON.stringify(clean))
      for (const [error] of (await multi.exec()) ?? []) {
        if (error !== null) throw error
      }
    })
  }
}

function redactText(text: string | null): string | null {
  return text === null ? null : redactor.redact(text)
}

/** Its words alone: a secret that happens to be `timeout` must not break its kind. */
function redactFailure({ message, hint, log, ...rest }: Failure): Failure {
  return {
    ...rest,
    message: redactor.redact(message),
    hint: redactText(hint),
    ...(log === undefined ? {} : { log: log.map((line) => redactor.redact(line)) }),
  }
}

/**
 * The reading with its data as the contract makes it: text from outside is harmless from here on.
 * @throws TailboardError `malformed` naming the field, or that the reading is too large.
 */
export function checkReading(given: Reading): Reading {
  const contract = sourceContract(given.source as SourceId)
  const data = parseOrThrow(contract.data, given.data, `the reading of ${given.source}`)
  const reading = { ...given, data: data as Record<string, unknown> }
  const bytes = Buffer.byteLength(JSON.stringify(reading))
  if (bytes > limits.readingBytes) {
    throw new TailboardError(
      'malformed',
      `The reading of ${reading.source} is ${bytes} bytes; ${limits.readingBytes} is the most`,
    )
  }
  return reading
}

/** The hash of a source as values. What can't be read is null, and is named in `problems`. */
export function parseStoredSource(source: SourceId, hash: Record<string, string>): StoredSource {
  const problems: string[] = []
  const read = <S extends v.GenericSchema>(field: string, schema: S): v.InferOutput<S> | null => {
    const json = hash[field]
    if (json === undefined) return null
    try {
      return parseJson(schema, json, `${field} of ${source} in Redis`)
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error))
      return null
    }
  }
  let reading = read(sourceFields.reading, readingSchema)
  if (reading !== null) {
    const data = v.safeParse(sourceContract(source).data, reading.data)
    if (data.success) reading = { ...reading, data: data.output as Record<string, unknown> }
    else {
      problems.push(
        ...data.issues
          .slice(0, 5)
          .map((i) => `reading of ${source} in Redis: ${v.getDotPath(i)}: ${i.message}`),
      )
      reading = null
    }
  }
  const outcome = v.safeParse(outcomeSchema, hash[sourceFields.outcome])
  return {
    reading,
    success: read(sourceFields.success, stampSchema),
    outcome: outcome.success ? outcome.output : null,
    failure: read(sourceFields.failure, failureSchema),
    run: read(sourceFields.run, runStateSchema) ?? {
      running: null,
      next: null,
      failuresInARow: 0,
      last: null,
    },
    problems,
  }
}
