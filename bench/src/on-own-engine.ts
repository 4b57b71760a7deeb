import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { command, tryCommand } from '@tailboard/stack'
import { OwnEngine } from './own-engine.ts'
import type { Bench } from './part.ts'
import { type Row, unmeasured } from './row.ts'

/** What a second engine takes; this machine's own serves others, and is never restarted. */
const tools = ['dockerd', 'ip', 'nsenter', 'losetup', 'mkfs.ext4', 'mount']

async function missing(): Promise<string | null> {
  if (process.getuid?.() !== 0) return 'a second engine takes root'
  for (const tool of tools) {
    if ((await tryCommand('sh', ['-c', `command -v ${tool}`])).code !== 0)
      return `a second engine takes ${tool}`
  }
  return null
}

/**
 * The rows that restart the engine, count its bytes or hold it in a group: in a program of its own, for which everything that
 * speaks to Docker speaks to the second engine, in a network where two engines do not undo each other's rules.
 */
export async function onOwnEngine({ isShort }: Bench): Promise<Row[]> {
  const reason = await missing()
  if (reason !== null) {
    const rows = [
      'cold start with the engine, in 900 MB',
      'bytes written to disk in an idle hour',
      'what a poll run costs',
    ]
    return rows.map((measure) => ({
      measure,
      goal: '',
      line: '',
      measured: `not measured: ${reason}`,
      how: '',
      ...unmeasured,
    }))
  }
  const folder = await OwnEngine.folder()
  const network = `tbbench-${process.pid}`
  await command('ip', ['netns', 'add', network])
  try {
    await command('nsenter', [`--net=/run/netns/${network}`, 'ip', 'link', 'set', 'lo', 'up'])
    const program = join(import.meta.dirname, 'own-engine-rows.ts')
    const { code, stdout, stderr } = await tryCommand(
      'nsenter',
      [`--net=/run/netns/${network}`, process.execPath, program, folder, isShort ? 'short' : 'full'],
      { env: { ...process.env, DOCKER_HOST: `unix://${OwnEngine.socket(folder)}` } },
    )
    if (code !== 0) throw new Error(`the second engine’s rows ended with ${code}: ${stderr.slice(-1_000)}`)
    return JSON.parse(stdout) as Row[]
  } finally {
    await command('ip', ['netns', 'delete', network])
    await rm(folder, { recursive: true, force: true })
  }
}
