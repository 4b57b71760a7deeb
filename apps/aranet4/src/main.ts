import { runSource } from '@tailboard/service/run-source'
import { aranet4Source } from './aranet4.ts'

await runSource(aranet4Source)
