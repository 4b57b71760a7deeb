import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { DemoError } from './demo-error.ts'
import { bundledApps } from './parts.ts'

/** Builds what the demo runs, with turbo. @throws DemoError with what turbo said. */
export async function buildAll(root: string, signal: AbortSignal): Promise<void> {
  const filters = [...bundledApps, 'frontend'].map((app) => `--filter=@tailboard/${app}`)
  const args = ['run', 'build', '--output-logs=errors-only', ...filters]
  const child = spawn('turbo', args, { cwd: root, signal, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  child.stderr.on('data', (chunk) => {
    output += chunk
  })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new DemoError(`The build failed:\n${output}`)
}

/** Makes sure that a redis-server is in PATH. @throws DemoError; what to install was then said already. */
export async function ensureRedis(root: string, signal: AbortSignal): Promise<void> {
  const child = spawn(join(root, 'scripts/get-redis'), { signal, stdio: ['ignore', 'inherit', 'inherit'] })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new DemoError('The demo needs Redis (above).')
}
