import { runSource } from '@tailboard/service/run-source'
import { systemSource } from './system.ts'

await runSource(systemSource)
