import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

export const root = join(import.meta.dirname, '../..')

/** A file of the repository as text. */
export const readText = (path: string) => readFileSync(join(root, path), 'utf8')

/** Every file that git tracks. */
export function trackedFiles(): string[] {
  const output = execFileSync('git', ['ls-files', '-z'], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 16 * 1024 * 1024,
  })
  return output.split('\0').filter((path) => path !== '')
}

/** A service as docker-compose.yml has it, variables not filled in. */
export interface ComposeService {
  image?: string
  user?: string
  restart?: string
  profiles?: string[]
  network_mode?: string
  networks?: string[]
  read_only?: boolean
  privileged?: boolean
  cap_drop?: string[]
  cap_add?: string[]
  security_opt?: string[]
  mem_limit?: string
  cpu_shares?: number
  oom_score_adj?: number
  env_file?: unknown
  ports?: unknown[]
  logging?: { driver?: string; options?: Record<string, string> }
  environment?: Record<string, string>
  volumes?: (string | { source?: string; target?: string; read_only?: boolean })[]
  healthcheck?: { interval?: string; test?: string[] }
}

/** docker-compose.yml's services by name. */
export function composeServices(): Record<string, ComposeService> {
  return (
    parse(readText('docker-compose.yml'), { merge: true }) as { services: Record<string, ComposeService> }
  ).services
}
