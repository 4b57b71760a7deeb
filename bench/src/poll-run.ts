import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { keys, type SourceId, sourceContract, sourceFields, sourceIds } from '@tailboard/contracts'
import { command, configText, docker, type Project, startDoubles, until } from '@tailboard/stack'
import type { Bench } from './part.ts'
import { judge, median, megabytes, type Row, unmeasured } from './row.ts'

const place = 'Berlin'
/** What a median is of. */
const roundsOf = { full: 7, short: 3 } as const

/** Sources that need what this bench has not, in words; and those that speak to nothing. */
export const notHere: Partial<Record<SourceId, string>> = {
  aranet4: 'not measured: it takes a Bluetooth adapter',
}
const alone: readonly SourceId[] = ['system']

/** Wall time (ms) from `docker start` of a container that exists to its end. */
async function startMs(id: string): Promise<number> {
  const container = docker.getContainer(id)
  const start = performance.now()
  const ended = container.wait({ condition: 'next-exit' })
  await container.start()
  await ended
  return performance.now() - start
}

/** Median wall times of both (ms), one after the other in turns: what else the machine does then weighs on both alike. */
async function medianPair(
  bare: string,
  source: string,
  rounds: number,
): Promise<[bareMs: number, sourceMs: number]> {
  const times: [number, number][] = []
  // The first round reads files, and looks up what later runs remember (a place, a session).
  for (let round = -1; round < rounds; round++) {
    const pair: [number, number] = [await startMs(bare), await startMs(source)]
    if (round >= 0) times.push(pair)
  }
  return [median(times.map(([first]) => first)), median(times.map(([, second]) => second))]
}

/** A run of each poll source against a double that answers at once, beside `node -e 0` in the same image. */
export async function pollRuns({ project, isShort }: Bench): Promise<Row[]> {
  const polls = sourceIds.filter((id) => sourceContract(id).life === 'poll')
  const measured = polls.filter((id) => notHere[id] === undefined)
  const folder = await mkdtemp(join(tmpdir(), 'tailboard-bench-doubles-'))
  await command('chmod', ['755', folder])
  const { doubles, override } = await startDoubles(
    measured.filter((id) => !alone.includes(id)),
    folder,
  )
  const { overrides } = project
  try {
    // Alone on the sources: the schedule's own runs would make ours wait for the lock.
    await until('rest', async () => (await project.inspect('source-system')).State.Status === 'exited')
    await project.compose('stop', 'orchestrator')
    const redis = await project.redis()
    const config = Object.fromEntries(measured.map((id) => [id, id === 'weather' ? { place } : {}]))
    await project.writeFile('config/tailboard.yaml', configText(config))
    await until('the configuration', async () => (await redis.get(keys.config))?.includes(place))
    await project.writeFile('doubles.yml', override)
    project.overrides = [...overrides, 'doubles.yml']
    const rows: Row[] = []
    for (const id of polls) rows.push(await pollRun(project, id, isShort ? roundsOf.short : roundsOf.full))
    return rows
  } finally {
    project.overrides = overrides
    await project.compose('start', 'orchestrator')
    for (const double of doubles.values()) await double.stop()
    await rm(folder, { recursive: true, force: true })
  }
}

async function pollRun(project: Project, id: SourceId, rounds: number): Promise<Row> {
  const row = { measure: `a poll run (${id}), wall time beside node -e 0`, goal: '1.3 ×', line: '2 ×' }
  const reason = notHere[id]
  if (reason !== undefined) return { ...row, measured: reason, how: '', ...unmeasured }
  await project.compose('--profile', 'poll', 'create', `source-${id}`)
  const source = await project.inspect(`source-${id}`)
  const bare = await docker.createContainer({
    Image: source.Image,
    Entrypoint: ['/usr/local/bin/node', '-e', '0'],
    Cmd: [],
    HostConfig: {
      NetworkMode: `${project.name}_internal`,
      Memory: source.HostConfig.Memory ?? 0,
      CpuShares: source.HostConfig.CpuShares ?? 0,
      ReadonlyRootfs: true,
    },
  })
  try {
    const [bareMs, sourceMs] = await medianPair(bare.id, source.Id, rounds)
    const { ExitCode, OOMKilled } = (await docker.getContainer(source.Id).inspect()).State
    const ratio = sourceMs / bareMs
    return {
      ...row,
      measured: `${ratio.toFixed(2)} × (${Math.round(sourceMs)} ms beside ${Math.round(bareMs)} ms), exit ${ExitCode}, peak ${await peakMemory(project, id)}`,
      how: `median of ${rounds}, docker start of a container that exists to its end, both in turns; peak: largest resident set, the node binary’s shared pages in it`,
      ...judge(ExitCode === 0 && !OOMKilled ? ratio : Number.NaN, { goal: 1.3, line: 2 }),
    }
  } finally {
    await bare.remove({ force: true })
  }
}

/** What the last run said of itself. */
async function peakMemory(project: Project, id: SourceId): Promise<string> {
  const redis = await project.redis()
  const node = (await redis.get(keys.localNode)) ?? ''
  const json = await redis.hget(keys.source(node, id), sourceFields.cost)
  const { peakMemoryBytes } = JSON.parse(json ?? '{}') as { peakMemoryBytes?: number }
  return peakMemoryBytes === undefined ? 'unknown' : megabytes(peakMemoryBytes)
}
