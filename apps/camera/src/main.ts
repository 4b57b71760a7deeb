import { runCamera } from './service.ts'

await runCamera()
