import { historyLimits, keys, limits, seriesPaths, sourceContract, sourceIds } from '@tailboard/contracts'
import { Store } from '@tailboard/service'
import { FakeTime } from '@tailboard/service/testing/fake-time'
import { historyBytes } from '@tailboard/service/testing/history-bytes'
import { syntheticLife, syntheticReading, waves } from '@tailboard/service/testing/synthetic'
import { docker, Project } from '@tailboard/stack'
import type { Redis } from 'ioredis'
import { readCost } from './container.ts'
import { Group } from './group.ts'
import type { Bench } from './part.ts'
import { beside, judge, median, megabytes, type Row } from './row.ts'

const node = 'bench'
const dump = '/data/dump.rdb'

/** A day of every source at its own pace, by a fast clock, in a Redis and gateway of its own under their own limits. */
export async function history({ isShort }: Bench): Promise<Row[]> {
  const project = new Project('bench-history')
  try {
    await project.create()
    await project.writeFile('.env', `TAILBOARD_NODE=${node}\n`)
    await project.compose('up', '-d', '--wait', 'redis', 'web-gateway')
    const redis = await project.redis()
    const time = new FakeTime(new Date(Date.now() - historyLimits.reachMs).toISOString())
    const store = new Store(redis, node, time)
    for await (const _hour of syntheticLife(store, time, historyLimits.reachMs, waves()));
    return [
      await answers(project, isShort ? 10 : 50),
      await share(redis),
      await savedDay(project, redis),
      await fullSave(project, store),
      await crowd(project),
    ]
  } finally {
    await project.remove()
  }
}

async function answers(project: Project, rounds: number): Promise<Row> {
  const base = `http://${await project.address('web-gateway')}:8080`
  const recording = sourceIds.filter((id) => seriesPaths(sourceContract(id).data).size > 0)
  const took = new Map(recording.map((id): [string, number[]] => [id, []]))
  const idle: number[] = []
  const group = Group.ofProcess((await project.inspect('web-gateway')).State.Pid)
  const cpuMsBefore = group.cpuMs()
  for (let round = 0; round < rounds; round++) {
    const asked = performance.now()
    await (await fetch(`${base}/health`)).arrayBuffer()
    idle.push(performance.now() - asked)
    for (const [id, times] of took) {
      const start = performance.now()
      const answer = await fetch(`${base}/api/history/${id}`)
      const { at } = (await answer.json()) as { at: number[] }
      times.push(performance.now() - start)
      if (!answer.ok || at.length < 90)
        throw new Error(`/api/history/${id}: ${answer.status}, ${at.length} rows`)
    }
  }
  const cpuMs = (group.cpuMs() - cpuMsBefore) / (rounds * recording.length)
  const byMedian = [...took].sort(([, a], [, b]) => median(b) - median(a))
  const [slowest = '', times = []] = byMedian[0] ?? []
  return {
    measure: '/api/history, 24 h of a source in 300 points, median',
    goal: '50 ms',
    line: '50 ms',
    measured: `${median(times).toFixed(1)} ms (${slowest}, the slowest)`,
    how: `request to parsed answer, ${rounds} times each, ${cpuMs.toFixed(1)} ms of processor an answer, beside /health ${median(idle).toFixed(1)} ms: ${byMedian.map(([id, each]) => `${id} ${median(each).toFixed(1)}`).join(', ')}`,
    ...judge(median(times), { goal: 50, line: 50 }),
  }
}

async function share(redis: Redis): Promise<Row> {
  const used = await historyBytes(redis)
  const chunks = await redis.llen(keys.historyChunks)
  return {
    measure: '24 h of history in Redis',
    goal: megabytes(historyLimits.shareBytes),
    line: megabytes(historyLimits.shareBytes),
    measured: megabytes(used),
    how: `MEMORY USAGE of ${chunks} chunks, every source at its default interval with as many keys as it may have`,
    ...judge(used, { goal: historyLimits.shareBytes, line: historyLimits.shareBytes }),
  }
}

async function savedDay(project: Project, redis: Redis): Promise<Row> {
  await redis.save()
  const [, rule = ''] = (await redis.config('GET', 'save')) as string[]
  const bytes = Number((await project.compose('exec', '-T', 'redis', 'stat', '-c', '%s', dump)).trim())
  return {
    ...beside,
    measure: 'one save of Redis with a day of history',
    measured: megabytes(bytes),
    how: `size of the dump, ${limits.events} events in it; at most one in ${Number(rule.split(' ')[0]) / 60} min`,
  }
}

/** The worst that the limits allow: the stream full of the largest readings, the share full, and writes all through the save. */
async function fullSave(project: Project, store: Store): Promise<Row> {
  const { redis } = store
  await fillShare(redis)
  const event = 'x'.repeat(limits.readingBytes)
  for (let n = 0; n < limits.events; n++) {
    await redis.xadd(keys.events, 'MAXLEN', '=', limits.events, '*', 'event', event)
  }
  const held = Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1])
  const { Id, State, HostConfig } = await project.inspect('redis')
  const group = Group.ofProcess(State.Pid)
  let peak = 0
  const watching = setInterval(() => {
    peak = Math.max(peak, group.memory().anonymousBytes)
  }, 2)
  await redis.bgsave()
  let writes = 0
  while (/rdb_bgsave_in_progress:1/.test(await redis.info('persistence'))) {
    await store.publishReading(syntheticReading(store, 'sensehat', waves()), null)
    await redis.xadd(keys.events, 'MAXLEN', '=', limits.events, '*', 'event', event)
    writes++
  }
  clearInterval(watching)
  const limit = HostConfig.Memory ?? 0
  const { OOMKilled } = (await docker.getContainer(Id).inspect()).State
  return {
    measure: 'Redis at its fullest while it saves, of its 64 MB',
    goal: '64m',
    line: '64m',
    measured: `${megabytes(peak)}${OOMKilled ? ', killed' : ''}`,
    how: `anonymous memory every 2 ms, with ${megabytes(held)} in it and ${writes} readings written meanwhile`,
    ...judge(OOMKilled ? Number.POSITIVE_INFINITY : peak, { goal: limit, line: limit }),
  }
}

/** The largest answers to more who ask at once than may wait: what that costs the gateway. */
async function crowd(project: Project): Promise<Row> {
  const base = `http://${await project.address('web-gateway')}:8080`
  const statuses = new Map<number, number>()
  await Promise.all(
    Array.from({ length: 300 }, async () => {
      const answer = await fetch(`${base}/api/history/aranet4?points=${historyLimits.mostPoints}`)
      await answer.arrayBuffer()
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
    }),
  )
  const { Id } = await project.inspect('web-gateway')
  const { usedBytes, limitBytes, wasKilledForMemory, restarts } = await readCost(Id)
  const isAlive = !wasKilledForMemory && restarts === 0
  return {
    measure: 'the gateway after 300 questions for history at once, of its 96 MB',
    goal: '96m',
    line: '96m',
    measured: `${megabytes(usedBytes)}${isAlive ? '' : ', killed'}`,
    how: `as docker stats shows it; ${[...statuses].map(([status, count]) => `${count} answered ${status}`).join(', ')}`,
    ...judge(isAlive ? usedBytes : Number.POSITIVE_INFINITY, { goal: limitBytes, line: limitBytes }),
  }
}

/** With chunks of a source that no longer is. */
async function fillShare(redis: Redis): Promise<void> {
  const chunk = 'x'.repeat(20_000)
  for (let n = 0; (await historyBytes(redis)) + chunk.length < historyLimits.shareBytes; n++) {
    const key = `${keys.history(node, 'gone')}:boot-1:${n}:00000000`
    await redis.multi().set(key, chunk).rpush(keys.historyChunks, key).exec()
  }
}
