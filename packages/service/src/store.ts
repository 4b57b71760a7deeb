import {
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

const outcomeSchema = v.picklist(['ok', 'partial', 'failed'])
const datedCostSchema = v.object({ ...runCostSchema.entries, ended: stampSchema })

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

  /** @throws TailboardError `malformed` when the data is not of the source's schema or the reading is too large. */
  async publishReading(given: Reading, failure: Failure | null): Promise<void> {
    const reading = checkReading(given)
    const stamp = { at: reading.writtenAt, clock: reading.clock }
    await this.#publish(
      { type: 'reading', node: this.node, source: reading.source, stamp, reading, failure },
      (multi) => {
        const fields: Record<string, string> = {
          [sourceFields.reading]: JSON.stringify(reading),
          [sourceFields.success]: JSON.stringify(stamp),
          [sourceFields.outcome]: failure === null ? 'ok' : 'partial',
        }
        if (failure !== null) fields[sourceFields.failure] = JSON.stringify(failure)
        multi.hset(keys.source(this.node, reading.source), fields)
      },
    )
  }

  /** A success that measured what is known already. */
  async publishSuccess(source: SourceId): Promise<void> {
    const stamp = this.now()
    await this.#publish({ type: 'success', node: this.node, source, stamp }, (multi) => {
      multi.hset(keys.source(this.node, source), {
        [sourceFields.success]: JSON.stringify(stamp),
        [sourceFields.outcome]: 'ok',
      })
    })
  }

  /** Writes a failure beside the last good reading. */
  async publishFailure(source: SourceId, failure: Failure): Promise<void> {
    const stamp = { at: failure.at, clock: failure.clock }
    await this.#publish({ type: 'failure', node: this.node, source, stamp, failure }, (multi) => {
      multi.hset(keys.source(this.node, source), {
        [sourceFields.failure]: JSON.stringify(failure),
        [sourceFields.outcome]: 'failed',
      })
    })
  }

  /** Where the source stands in the schedule; `ended` is added to the list of runs. */
  async publishRun(source: SourceId, run: RunState, ended?: RunRecord): Promise<void> {
    await this.#publish({ type: 'run', node: this.node, source, stamp: this.now(), run }, (multi) => {
      multi.hset(keys.source(this.node, source), { [sourceFields.run]: JSON.stringify(run) })
      if (ended === undefined) return
      multi.lpush(keys.runs(this.node), JSON.stringify({ source, ...ended }))
      multi.ltrim(keys.runs(this.node), 0, limits.runs - 1)
    })
  }

  /** A command that was asked or has ended. */
  async publishCommand(command: Command): Promise<void> {
    const { source } = command
    await this.#publish({ type: 'command', node: this.node, source, stamp: this.now(), command }, (multi) => {
      if (command.status === 'queued')
        multi.lpush(keys.queuedCommands(this.node, source), JSON.stringify(command))
      multi.lpush(keys.commandLog(this.node), JSON.stringify(command))
      multi.ltrim(keys.commandLog(this.node), 0, commandLimits.recorded - 1)
    })
  }

  /** The configuration in force. */
  async publishConfig({ status, config }: PublishedConfig): Promise<void> {
    await this.#publish({ type: 'config', node: this.node, stamp: this.now(), status, config }, (multi) => {
      multi.set(keys.config, JSON.stringify({ status, config }))
    })
  }

  /** Says something the owner must know, or (`text` null) that it is over. */
  async publishNotice(notice: Pick<Notice, 'id' | 'level' | 'text' | 'hint'>): Promise<void> {
    const event: Notice = { type: 'notice', node: this.node, stamp: this.now(), ...notice }
    await this.#publish(event, (multi) => {
      if (notice.text === null) multi.hdel(keys.notices(this.node), notice.id)
      else multi.hset(keys.notices(this.node), { [notice.id]: JSON.stringify(event) })
    })
  }

  /** That something was changed through the API, and from which address. */
  async publishWrite(by: string, what: string): Promise<void> {
    await this.#publish({ type: 'write', node: this.node, stamp: this.now(), by, what }, () => {})
  }

  async publishClockJump(jumpMs: number): Promise<void> {
    await this.#publish({ type: 'clock', node: this.node, stamp: this.now(), jumpMs }, () => {})
  }

  /** A run's last act: what it cost. */
  async writeCost(source: SourceId, cost: RunCost): Promise<void> {
    const dated = { ...cost, ended: this.now() }
    await this.redis.hset(keys.source(this.node, source), { [sourceFields.cost]: JSON.stringify(dated) })
  }

  /** What the run that started at `started` cost; null when it did not tell. */
  async readCost(source: SourceId, started: Stamp): Promise<RunCost | null> {
    const json = await this.redis.hget(keys.source(this.node, source), sourceFields.cost)
    if (json === null) return null
    const cost = parseJson(datedCostSchema, json, 'the cost of a run')
    const isOfThisRun =
      cost.ended.clock.boot === started.clock.boot && cost.ended.clock.ms >= started.clock.ms
    return isOfThisRun ? { peakMemoryBytes: cost.peakMemoryBytes, cpuMs: cost.cpuMs } : null
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

  async #publish(event: Event, change: (multi: ChainableCommander) => void): Promise<void> {
    parseOrThrow(eventSchema, event, `an event of type ${event.type}`)
    const multi = this.redis.multi()
    change(multi)
    multi.xadd(keys.events, 'MAXLEN', '=', limits.events, '*', 'event', JSON.stringify(event))
    const results = await multi.exec()
    for (const [error] of results ?? []) {
      if (error !== null) throw error
    }
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
