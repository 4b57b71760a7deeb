import { docker } from '@tailboard/stack'
import { Group } from './group.ts'
import type { Bench } from './part.ts'
import { beside, type Row } from './row.ts'

const rounds = 5

interface Healthcheck {
  Test: string[]
  /** Nanoseconds. */
  Interval: number
}

/** What the probes take from the processor in an hour: in the container. The engine's own share stands under the engine. */
export async function healthChecks({ project }: Bench): Promise<Row[]> {
  const found: { service: string; ms: number; perHour: number }[] = []
  for (const { id, service, state } of await project.containers()) {
    const { Config, State } = await docker.getContainer(id).inspect()
    const { Healthcheck } = Config as { Healthcheck?: Healthcheck }
    if (state !== 'running' || Healthcheck === undefined) continue
    const group = Group.ofProcess(State.Pid)
    const before = group.cpuMs()
    for (let round = 0; round < rounds; round++) await probe(id, Healthcheck.Test.slice(1))
    found.push({ service, ms: (group.cpuMs() - before) / rounds, perHour: 3600e9 / Healthcheck.Interval })
  }
  const perHourMs = found.reduce((sum, { ms, perHour }) => sum + ms * perHour, 0)
  return [
    {
      ...beside,
      measure: 'health checks, processor, an hour',
      measured: `${(perHourMs / 1000).toFixed(1)} s (${(perHourMs / 60_000).toFixed(3)} s of the idle minute)`,
      how: `the control group’s count around ${rounds} probes by exec, as the engine makes them: ${found.map(({ service, ms, perHour }) => `${service} ${ms.toFixed(0)} ms × ${perHour}`).join(', ')}`,
    },
  ]
}

async function probe(id: string, Cmd: string[]): Promise<void> {
  const exec = await docker.getContainer(id).exec({ Cmd, AttachStdout: true })
  const stream = await exec.start({})
  for await (const _ of stream);
  const { ExitCode } = await exec.inspect()
  if (ExitCode !== 0) throw new Error(`the probe ${Cmd.join(' ')} ended with ${ExitCode}`)
}
