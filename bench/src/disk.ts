import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { docker, type Project, until } from '@tailboard/stack'
import { type ContainerCost, readCost } from './container.ts'
import type { OwnEngine } from './own-engine.ts'
import { judge, megabytes, type Row } from './row.ts'

const hourMs = 3_600_000
/** What our services put on the disk while nobody looks, over a bounded time, and Redis's dump by its known rule. */
export async function diskRows(project: Project, own: OwnEngine, isShort: boolean): Promise<Row[]> {
  const forMs = isShort ? 30_000 : 120_000
  await project.up()
  await until('a first run', async () => (await project.inspect('source-system')).State.Status === 'exited')
  const before = await written(project)
  const disk = await own.writtenBytes()
  await sleep(forMs)
  const perHour = hourMs / forMs
  const diskBytes = ((await own.writtenBytes()) - disk) * perHour
  const each = [...(await written(project))].map(
    ([service, bytes]) => [service, (bytes - (before.get(service) ?? 0)) * perHour] as const,
  )
  const dump = await dumpOf(project)
  const total = each.reduce((sum, [, bytes]) => sum + bytes, 0) + dump.bytes * dump.perHour
  return [
    {
      measure: 'bytes written to disk by our services, an idle hour',
      goal: '2 MB',
      line: '20 MB',
      measured: megabytes(total),
      how: `/proc/PID/io over ${forMs / 1000} s, as an hour: ${each.map(([service, bytes]) => `${service} ${megabytes(bytes)}`).join(', ')}; and Redis’s dump, ${dump.perHour} an hour at most by its own rule (${megabytes(dump.bytes)} now; with a day of history in it: the row of history). The whole disk of the engine meanwhile, its own bytes and the journal in it: ${megabytes(diskBytes)} an hour`,
      ...judge(total, { goal: 2e6, line: 20e6 }),
    },
  ]
}

async function written(project: Project): Promise<Map<string, number>> {
  const running = (await project.containers()).filter(({ state }) => state === 'running')
  const costs: ContainerCost[] = await Promise.all(running.map(({ id }) => readCost(id)))
  return new Map(costs.filter((cost) => cost.livesAlways).map((cost) => [cost.service, cost.writtenBytes]))
}

/** A save as Redis makes one by itself, and how often it does: `save SECONDS CHANGES`. */
async function dumpOf(project: Project): Promise<{ bytes: number; perHour: number }> {
  const redis = await project.redis()
  const last = await redis.lastsave()
  // Its clock of saves counts whole seconds.
  await sleep(1_100)
  await redis.bgsave()
  await until('the save', async () => (await redis.lastsave()) !== last)
  const { Mountpoint } = await docker.getVolume(`${project.name}_redis-data`).inspect()
  const [, rule = ''] = (await redis.config('GET', 'save')) as string[]
  const { size } = await stat(join(Mountpoint, 'dump.rdb'))
  return { bytes: size, perHour: 3600 / Number(rule.split(' ')[0]) }
}
