import {
  defaultConfig,
  keys,
  type SourceId,
  sourceContract,
  sourceFields,
  sourceIds,
} from '@tailboard/contracts'
import { docker, type Project, until } from '@tailboard/stack'
import type { OwnEngine } from './own-engine.ts'
import { notHere } from './poll-run.ts'
import { beside, megabytes, type Row, seconds, unmeasured } from './row.ts'

interface RunCost {
  id: SourceId
  perHour: number
  /** Of the source's own process, as it says at its end (ms). */
  ownMs: number
  /** Of the engine, its shims and runc (ms). */
  engineMs: number
  /** All that went to the engine's disk, the journal of the file system in it (B). */
  writtenBytes: number
}

/** What a run of each poll source costs, and an hour of them at their defaults, with nothing else under way. */
export async function pollCosts(project: Project, own: OwnEngine, isShort: boolean): Promise<Row[]> {
  const rounds = isShort ? 3 : 10
  const polls = sourceIds.filter((id) => sourceContract(id).life === 'poll')
  await project.up()
  await until('the configuration', async () => (await project.redis()).get(keys.config))
  // The schedule's own runs would come between.
  await project.compose('stop', 'orchestrator')
  const costs: RunCost[] = []
  for (const id of polls) if (notHere[id] === undefined) costs.push(await costOf(project, own, id, rounds))
  return [...costs.map((cost) => rowOf(cost, rounds)), ...missingRows(polls), total(costs)]
}

async function costOf(project: Project, own: OwnEngine, id: SourceId, rounds: number): Promise<RunCost> {
  await project.compose('--profile', 'poll', 'create', `source-${id}`)
  const { Id } = await project.inspect(`source-${id}`)
  const redis = await project.redis()
  const node = (await redis.get(keys.localNode)) ?? ''
  const run = async () => {
    const container = docker.getContainer(Id)
    const ended = container.wait({ condition: 'next-exit' })
    await container.start()
    const { StatusCode } = (await ended) as { StatusCode: number }
    if (StatusCode !== 0) throw new Error(`source-${id} ended with ${StatusCode}`)
    const { cpuMs } = JSON.parse((await redis.hget(keys.source(node, id), sourceFields.cost)) ?? '{}')
    return cpuMs as number
  }
  // The first one looks up what later ones remember, and reads what is not yet in the page cache.
  await run()
  const before = { ms: own.engine.cpuMs(), bytes: await own.writtenBytes() }
  let ownMs = 0
  for (let round = 0; round < rounds; round++) ownMs += await run()
  return {
    id,
    perHour: 3600 / defaultConfig.sources[id].intervalSeconds,
    ownMs: ownMs / rounds,
    engineMs: (own.engine.cpuMs() - before.ms) / rounds,
    writtenBytes: ((await own.writtenBytes()) - before.bytes) / rounds,
  }
}

function rowOf({ id, perHour, ownMs, engineMs, writtenBytes }: RunCost, rounds: number): Row {
  return {
    ...beside,
    measure: `what a poll costs (${id}), an hour at its default`,
    measured: `${seconds((ownMs + engineMs) * perHour)} of processor, ${megabytes(writtenBytes * perHour)} on the engine’s disk`,
    how: `${perHour} runs; a run: ${Math.round(ownMs)} ms its own, ${Math.round(engineMs)} ms the engine’s (its control group), ${(writtenBytes / 1e3).toFixed(0)} kB; mean of ${rounds}, its container kept, disk image of its own`,
  }
}

function missingRows(polls: SourceId[]): Row[] {
  return polls.flatMap((id) => {
    const reason = notHere[id]
    return reason === undefined
      ? []
      : [
          {
            ...beside,
            ...unmeasured,
            measure: `what a poll costs (${id}), an hour at its default`,
            measured: reason,
            how: '',
          },
        ]
  })
}

function total(costs: RunCost[]): Row {
  const sum = (pick: (cost: RunCost) => number) =>
    costs.reduce((all, cost) => all + pick(cost) * cost.perHour, 0)
  return {
    ...beside,
    measure: 'the engine’s own bytes on disk for polls, an idle hour',
    measured: `${megabytes(sum(({ writtenBytes }) => writtenBytes))}, ${seconds(sum(({ ownMs, engineMs }) => ownMs + engineMs))} of processor`,
    how: `the sum of the rows above: ${costs.map(({ id }) => id).join(', ')}`,
  }
}
