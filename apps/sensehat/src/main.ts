import { runServiceSource } from '@tailboard/service/run-service-source'
import { makeDriver } from './make-driver.ts'
import { SensehatSource } from './sensehat.ts'
import { version } from './version.ts'

runServiceSource(new SensehatSource(makeDriver), version)
