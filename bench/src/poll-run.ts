import { docker, type Project, until } from '@tailboard/stack'
import type { Row } from './row.ts'

const rounds = 5

/** Median wall time (ms) from `docker start` of a container that exists to its end. */
async function medianStartMs(id: string): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    const container = docker.getContainer(id)
    const start = performance.now()
    const ended = container.wait({ condition: 'next-exit' })
    await container.start()
    await ended
    times.push(performance.now() - start)
  }
  return times.sort((a, b) => a - b)[Math.floor(rounds / 2)] ?? Number.NaN
}

/** A run of source-system beside `node -e 0` in the same image, both by `docker start` of a container that exists. */
export async function pollRun(project: Project): Promise<Row> {
  // Alone on the source: the schedule's own runs would make ours wait for the lock.
  await until('rest', async () => (await project.inspect('source-system')).State.Status === 'exited')
  await project.compose('stop', 'orchestrator')
  await project.compose('--profile', 'poll', 'create', 'source-system')
  const source = await project.inspect('source-system')
  const bare = await docker.createContainer({
    Image: source.Image,
    Entrypoint: ['/usr/local/bin/node', '-e', '0'],
    Cmd: [],
    HostConfig: { NetworkMode: `${project.name}_internal`, Memory: 48 * 1024 * 1024, ReadonlyRootfs: true },
  })
  try {
    await medianStartMs(bare.id)
    const bareMs = await medianStartMs(bare.id)
    const sourceMs = await medianStartMs(source.Id)
    const { ExitCode } = (await docker.getContainer(source.Id).inspect()).State
    const ratio = sourceMs / bareMs
    return {
      measure: 'a poll run (system), wall time beside node -e 0',
      goal: '1.3 ×',
      line: '2 ×',
      measured: `${ratio.toFixed(2)} × (${Math.round(sourceMs)} ms beside ${Math.round(bareMs)} ms), exit ${ExitCode}`,
      how: `median of ${rounds}, docker start of a container that exists to its end`,
      isHeld: ratio < 2 && ExitCode === 0,
    }
  } finally {
    await bare.remove({ force: true })
    await project.compose('start', 'orchestrator')
  }
}
