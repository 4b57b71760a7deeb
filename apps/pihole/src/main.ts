import { runSource } from '@tailboard/service/run-source'
import { piholeSource } from './pihole.ts'

await runSource(piholeSource)
