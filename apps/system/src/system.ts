import { leastIntervalSeconds, type SystemData, system, TailboardError } from '@tailboard/contracts'
import type { Measurement, PollSource, RunContext } from '@tailboard/service/run-source'
import * as v from 'valibot'
import { countersSchema, ratesBetween, toCounters } from './counters.ts'
import { type DiskSize, readDiskCounters, readDiskSize, readExt4 } from './disk.ts'
import { type HostRoots, listIfThere, readIfThere, readRequired } from './host-files.ts'
import { readHostName, readModel } from './identity.ts'
import { parseLoad, parseUptime } from './load.ts'
import { readMemory } from './memory.ts'
import { readNetwork } from './network.ts'
import { either, readPower, unknownFlags } from './power.ts'
import { readPressure } from './pressure.ts'
import { Problems } from './problems.ts'
import { parseProcStat } from './proc-stat.ts'
import { readRootDevice } from './root-device.ts'
import { readClock, readTemperature } from './thermal.ts'

/** Counters that are older than this, and than three intervals, tell of another time than now (ms). */
const oldestCountersMs = 15 * 60_000

const flag = v.nullable(v.boolean())
const latchSchema = v.object({
  boot: v.string(),
  flags: v.object({ isUnderVoltage: flag, isCapped: flag, isThrottled: flag, isSoftLimited: flag }),
})

export const systemSource: PollSource = { contract: system, measure }

/** One measurement. `memory` is for tests: systeminformation reads no other machine's than this one's. */
export async function measure(context: RunContext, memory = readMemory): Promise<Measurement> {
  const roots = rootsOf(context)
  const problems = new Problems()
  const cpu = parseProcStat(await readFromProc(roots, 'stat'))
  const at = { boot: context.time.boot, ms: context.time.monotonicMs() }
  const isOneVisible = await checkMounts(roots, problems)

  const network = isOneVisible ? await problems.try([], () => readNetwork(roots)) : []
  const root = isOneVisible ? await problems.try(null, () => readRootDevice(roots)) : null
  const diskCounters = await problems.try(null, () => readDiskCounters(roots, root))
  const counters = toCounters(at, cpu, network, diskCounters)
  const before = await context.memory.recall('counters', countersSchema)
  const rates = ratesBetween(
    before,
    counters,
    Math.max(oldestCountersMs, context.settings.intervalSeconds * 3000),
  )
  await context.memory.set('counters', counters)

  const unknownSize = { totalBytes: null, usedBytes: null, availableBytes: null, usedPercent: null }
  const noExt4 = { lifetimeWrittenBytes: null, errorCount: null }
  const data: SystemData = {
    host: {
      name: await problems.try(null, () => readHostName(roots)),
      model: await problems.try(null, () => readModel(roots)),
      uptimeS: parseUptime(await readFromProc(roots, 'uptime')),
    },
    cpu: {
      usedPercent: rates.cpuPercent,
      perCorePercent: rates.perCorePercent,
      ...parseLoad(await readFromProc(roots, 'loadavg')),
      clockMhz: await problems.try(null, () => readClock(roots)),
      temperatureC: await problems.try(null, () => readTemperature(roots)),
    },
    memory: await memory(),
    disk: {
      device: root?.partition ?? null,
      ...(await problems.try<DiskSize | typeof unknownSize>(unknownSize, () => readDiskSize(roots))),
      isReadOnly: root?.isReadOnly ?? null,
      ...rates.disk,
      writtenBytes: diskCounters?.writtenBytes ?? null,
      ...(await problems.try(noExt4, () => readExt4(roots, root))),
    },
    network: network.map((own) => ({ ...own, ...rates.network(own.name) })),
    power: await measurePower(context, roots, problems),
    pressure: await problems.try(null, () => readPressure(roots)),
  }
  const problem = problems.asOne
  return {
    data,
    ...(problem === undefined ? {} : { problem }),
    // Nothing to compare with: the processor's share is worth a second run soon, not in a whole interval.
    ...(rates.cpuPercent === null ? { nextInS: leastIntervalSeconds } : {}),
  }
}

function rootsOf({ environment }: RunContext): HostRoots {
  const { HOST_PROC, HOST_SYS, HOST_NAME_FILE } = environment as Record<string, unknown>
  return { procPath: String(HOST_PROC), sysPath: String(HOST_SYS), hostNameFile: String(HOST_NAME_FILE) }
}

/** Without these nothing can be said at all. */
async function readFromProc({ procPath }: HostRoots, name: string): Promise<string> {
  const text = await readIfThere(`${procPath}/${name}`)
  if (text !== null) return text
  throw new TailboardError(
    'misconfigured',
    `This Pi’s /proc can’t be read: ${procPath}/${name} is not there`,
    {
      hint: `source-system needs the Pi’s /proc at ${procPath}, as docker-compose.yml has it.`,
    },
  )
}

/** Names a mount that is missing once, instead of once for each file in it. Whether process 1 can be seen. */
async function checkMounts(roots: HostRoots, problems: Problems): Promise<boolean> {
  if ((await listIfThere(`${roots.sysPath}/class`)).length === 0) {
    problems.add(
      new TailboardError('misconfigured', `This Pi’s /sys can’t be read at ${roots.sysPath}`, {
        hint: `source-system needs the Pi’s /sys at ${roots.sysPath}, as docker-compose.yml has it.`,
      }),
    )
  }
  try {
    await readRequired(`${roots.procPath}/1/mountinfo`)
    return true
  } catch (error) {
    if (!(error instanceof TailboardError)) throw error
    problems.add(
      new TailboardError('refused', 'Network and card can’t be read: this Pi hides its first process', {
        hint: 'Mount /proc without hidepid (see /etc/fstab on the Pi), then run: docker compose up -d',
        cause: error,
      }),
    )
    return false
  }
}

/** Under-voltage and the like, now and since boot: a latch of our own, since the driver clears the firmware's. */
async function measurePower(context: RunContext, roots: HostRoots, problems: Problems) {
  const unknown = { now: unknownFlags, sinceBoot: unknownFlags }
  const { now, sinceBoot } = await problems.try(unknown, () => readPower(roots))
  const latch = await context.memory.recall('power', latchSchema)
  const seen = latch?.boot === context.time.boot ? latch.flags : unknownFlags
  const flags = either(either(now, sinceBoot), seen)
  await context.memory.set('power', { boot: context.time.boot, flags })
  return { now, sinceBoot: flags }
}
