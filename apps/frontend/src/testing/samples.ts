import type { StatusAnswer } from '@tailboard/contracts/api'
import type { Command } from '@tailboard/contracts/command'
import { defaultConfig } from '@tailboard/contracts/config'
import type { Failure } from '@tailboard/contracts/error'
import type { Event } from '@tailboard/contracts/event'
import { emptyModel, type LiveModel } from '@tailboard/contracts/live'
import type { Reading } from '@tailboard/contracts/reading'
import type { RunRecord } from '@tailboard/contracts/run'
import type { SourceId } from '@tailboard/contracts/sources/index'
import type { SystemData } from '@tailboard/contracts/sources/system'
import type { SourceView } from '@tailboard/contracts/state'
import { type Stamp, stampPlus } from '@tailboard/contracts/time'

export const node = 'pi'

/** A moment of the server's clock, which is years away from the browser's. */
export const start: Stamp = { at: '2031-03-04T05:06:07.000Z', clock: { boot: 'boot-a', ms: 900_000_000 } }

export const systemSample: SystemData = {
  host: { name: 'pi', model: 'Raspberry Pi 3 Model B Rev 1.2', uptimeS: 1_052_340 },
  cpu: {
    usedPercent: 12.4,
    perCorePercent: [18.2, 9.1, 14.0, 8.3],
    load1: 0.42,
    load5: 0.38,
    load15: 0.31,
    clockMhz: 1200,
    temperatureC: 51.5,
  },
  memory: {
    totalBytes: 947_912_704,
    availableBytes: 541_000_000,
    usedPercent: 42.9,
    swapTotalBytes: 104_853_504,
    swapUsedBytes: 2_097_152,
  },
  disk: {
    device: '/dev/mmcblk0p2',
    totalBytes: 31_100_000_000,
    usedBytes: 9_800_000_000,
    availableBytes: 20_000_000_000,
    usedPercent: 32.9,
    isReadOnly: false,
    errorCount: 0,
    readBytesPerS: 0,
    writtenBytesPerS: 12_400,
    writtenBytes: 1_430_000_000,
    lifetimeWrittenBytes: null,
  },
  network: [
    {
      name: 'eth0',
      isUp: true,
      addresses: ['192.168.1.20', 'fe80::ba27:ebff:fe12:3456'],
      receivedBytes: 48_200_000_000,
      sentBytes: 9_310_000_000,
      receivedBytesPerS: 1_240_000,
      sentBytesPerS: 86_000,
    },
    {
      name: 'tailscale0',
      isUp: true,
      addresses: ['100.101.102.103'],
      receivedBytes: 812_000_000,
      sentBytes: 1_900_000_000,
      receivedBytesPerS: 2_100,
      sentBytesPerS: 14_300,
    },
    {
      name: 'wlan0',
      isUp: false,
      addresses: [],
      receivedBytes: 0,
      sentBytes: 0,
      receivedBytesPerS: null,
      sentBytesPerS: null,
    },
  ],
  power: {
    now: { isUnderVoltage: false, isCapped: false, isThrottled: false, isSoftLimited: false },
    sinceBoot: { isUnderVoltage: false, isCapped: false, isThrottled: false, isSoftLimited: false },
  },
  pressure: null,
}

export function readingAt(now: Stamp, change: { cpu?: number; simulated?: boolean } = {}): Reading {
  const data = {
    ...systemSample,
    cpu: { ...systemSample.cpu, usedPercent: change.cpu ?? systemSample.cpu.usedPercent },
  }
  return {
    node,
    source: 'system',
    schema: 1,
    measuredAt: now.at,
    writtenAt: now.at,
    clock: now.clock,
    simulated: change.simulated ?? false,
    data,
  }
}

const ofSystem = (stamp: Stamp) => ({ node, source: 'system', stamp })

export function readingEvent(now: Stamp, change: { cpu?: number; simulated?: boolean } = {}): Event {
  return { type: 'reading', ...ofSystem(now), reading: readingAt(now, change), failure: null }
}

export function failureAt(now: Stamp): Failure {
  return {
    kind: 'missing-hardware',
    message: 'The folder /host/proc can’t be read.',
    hint: 'Look whether the volume is still in docker-compose.yml.',
    log: ['system: reading /host/proc/stat', 'system: EACCES: permission denied'],
    ...now,
  }
}

export function failureEvent(now: Stamp): Event {
  return { type: 'failure', ...ofSystem(now), failure: failureAt(now) }
}

export function runAt(now: Stamp, change: Partial<RunRecord> = {}): RunRecord {
  return {
    started: stampPlus(now, -1_840),
    ended: now,
    durationMs: 1_840,
    cause: 'schedule',
    result: 'ok',
    exitCode: 0,
    cost: { peakMemoryBytes: 41_200_000, cpuMs: 730 },
    ...change,
  }
}

/** Whether the source runs right now, or how its last run was. */
export function runEvent(now: Stamp, isRunning: boolean): Event {
  return {
    type: 'run',
    ...ofSystem(now),
    run: {
      running: isRunning ? now : null,
      next: isRunning ? null : stampPlus(now, 60_000),
      failuresInARow: 0,
      last: runAt(now),
    },
  }
}

export function modelWith(now: Stamp, change: { cpu?: number; simulated?: boolean } = {}): LiveModel {
  const model = emptyModel(node, defaultConfig)
  const status = {
    version: 'v1',
    origin: 'file' as const,
    problems: [],
    unknownKeys: [],
    notWritable: null,
    changed: stampPlus(now, -86_400_000),
  }
  return {
    ...model,
    config: { status, config: defaultConfig },
    sources: {
      ...model.sources,
      system: {
        ...model.sources.system,
        reading: readingAt(now, change),
        success: now,
        outcome: 'ok',
        run: { running: null, next: stampPlus(now, 60_000), failuresInARow: 0, last: runAt(now) },
      },
    },
  }
}

/** The model with a good reading of that source, measured at that moment. */
export function withReading(model: LiveModel, id: SourceId, data: object, now: Stamp): LiveModel {
  const reading: Reading = {
    node,
    source: id,
    schema: 1,
    measuredAt: now.at,
    writtenAt: now.at,
    clock: now.clock,
    simulated: false,
    data: { ...data },
  }
  const view: SourceView = { ...model.sources[id], reading, success: now, outcome: 'ok' }
  return { ...model, sources: { ...model.sources, [id]: view } }
}

/** What became of a command to a source, as an event. */
export function commandEvent(now: Stamp, source: SourceId, change: Partial<Command> = {}): Event {
  const command: Command = {
    id: '0a1b2c3d',
    node,
    source,
    verb: 'disable',
    args: {},
    by: '100.101.102.104',
    asked: now,
    status: 'done',
    outcome: 'Pi-hole lets everything through for 5 minutes',
    finished: now,
    ...change,
  }
  return { type: 'command', node, source, stamp: now, command }
}

/** The model with a source that has failed and never worked. */
export function withFailure(model: LiveModel, id: SourceId, failure: Failure): LiveModel {
  const view: SourceView = { ...model.sources[id], outcome: 'failed', failure }
  return { ...model, sources: { ...model.sources, [id]: view } }
}

export function statusAt(now: Stamp): StatusAnswer {
  const service = (name: string, memory: number, limit: number) => ({
    service: name,
    state: 'running',
    version: '0.1.0',
    upSinceS: 1_052_000,
    memoryBytes: memory * 1e6,
    memoryLimitBytes: limit * 1_048_576,
    restarts: 0,
  })
  return {
    now,
    node,
    version: '0.1.0',
    isLive: true,
    gateway: { uptimeS: 1_052_000, memoryBytes: 61e6, clients: 2, cutOff: 0 },
    heartbeats: [],
    system: {
      taken: now,
      services: [
        service('redis', 7.1, 64),
        service('traefik', 38.4, 64),
        service('web-gateway', 42.7, 96),
        service('frontend', 3.9, 48),
        service('orchestrator', 24.8, 32),
      ],
      changedVariables: [{ service: 'web-gateway', name: 'TAILBOARD_HOSTS' }],
    },
    config: null,
    runs: [
      { source: 'system', ...runAt(stampPlus(now, -12_000)) },
      { source: 'system', ...runAt(stampPlus(now, -72_000), { cause: '100.101.102.104' }) },
      {
        source: 'system',
        ...runAt(stampPlus(now, -132_000), {
          result: 'timeout',
          exitCode: 137,
          cost: null,
          durationMs: 20_000,
        }),
      },
    ],
    demandRuns: [],
    commands: [
      {
        id: '0a1b2c3d',
        node,
        source: 'system',
        verb: 'run',
        args: {},
        by: '100.101.102.104',
        asked: stampPlus(now, -75_000),
        status: 'done',
        outcome: 'It ran.',
        finished: stampPlus(now, -72_000),
      },
    ],
    redis: null,
  }
}
