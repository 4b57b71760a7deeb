import { runSource } from '@tailboard/service/run-source'
import { tailscaleSource } from './tailscale.ts'

await runSource(tailscaleSource)
