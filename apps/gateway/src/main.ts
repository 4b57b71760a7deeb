import { serviceVariables } from '@tailboard/contracts'
import { createLogger, onCrash, onShutdown, readEnvironment, systemTime } from '@tailboard/service'
import { buildApp } from './app.ts'
import { Gateway } from './gateway.ts'
import { listen } from './listen.ts'
import { version } from './version.ts'

const early = createLogger({ service: 'web-gateway' })
onCrash(early, 70)
try {
  const environment = readEnvironment(serviceVariables.gateway)
  const log = createLogger({ service: 'web-gateway', level: environment.LOG_LEVEL })
  const gateway = new Gateway(environment, log, systemTime)
  const app = await buildApp(gateway)
  onShutdown(log, async () => {
    await app.close()
    await gateway.stop()
  })
  await gateway.start()
  const address = await listen(app, environment.GATEWAY_PORT, environment.TRUSTED_PROXY === 'loopback')
  log.info('listening', { address, version })
} catch (error) {
  early.error('the gateway could not start', { error })
  process.exitCode = 1
  process.exit()
}
