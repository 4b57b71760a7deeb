import { setTimeout as sleep } from 'node:timers/promises'
import { keys, serviceVariables, toNodeName } from '@tailboard/contracts'
import {
  backoffMs,
  createLogger,
  createRedis,
  HeartbeatSender,
  onCrash,
  onShutdown,
  readEnvironment,
  Store,
  systemTime,
} from '@tailboard/service'
import { createLauncher } from './create-launcher.ts'
import type { Launcher } from './launcher.ts'
import { Orchestrator } from './orchestrator.ts'
import { version } from './version.ts'

const service = 'orchestrator'
const early = createLogger({ service })
onCrash(early, 70)
const environment = read()
const log = createLogger({ service, level: environment.LOG_LEVEL })
const redis = createRedis(environment.REDIS_URL, { name: service, log })
const launcher = await createLauncher(environment, log)
/** What must end, last started first. */
const started: { stop(): Promise<void> }[] = []

onShutdown(log, async () => {
  for (const part of started.toReversed()) await part.stop()
  redis.disconnect()
})

// The start, in order: Redis, our own name, who we are, the first breath, the schedule.
await again('Redis does not answer', async () => void (await redis.ping()))
const node = environment.TAILBOARD_NODE || (await findName(launcher))
const store = new Store(redis, node, systemTime)
await again(
  'Redis does not take the name of this Pi',
  async () => void (await redis.set(keys.localNode, node)),
)
const heartbeat = new HeartbeatSender(store, log, service, version)
const connect = (name: string) => createRedis(environment.REDIS_URL, { name, log, blocking: true })
const orchestrator = new Orchestrator({ store, connect, launcher, log })
log.info('starting', { version, node, launcher: environment.LAUNCHER })
started.push(heartbeat, orchestrator)
heartbeat.start()
await again('the start failed', () => orchestrator.start())
log.info('started')

function read() {
  try {
    return readEnvironment(serviceVariables.orchestrator)
  } catch (error) {
    early.error('the environment is wrong', { error })
    // EX_CONFIG: trying again without a change is of no use.
    process.exit(78)
  }
}

async function findName(from: Launcher): Promise<string> {
  let name = ''
  await again('the name of this Pi is not known yet', async () => {
    name = toNodeName(await from.nodeName()) ?? 'pi'
  })
  return name
}

/** Does it until it succeeds: at a reboot everything starts at once, and some of it late. */
async function again(problem: string, work: () => Promise<void>): Promise<void> {
  for (let failures = 1; ; failures++) {
    try {
      return await work()
    } catch (error) {
      // Said at the first time and then seldom: a night without an engine must not fill the log.
      if (failures === 1 || failures % 60 === 0) log.warn(problem, { error })
      await sleep(backoffMs({ firstMs: 250, factor: 2, mostMs: 5_000 }, failures))
    }
  }
}
