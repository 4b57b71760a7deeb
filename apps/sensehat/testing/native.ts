import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'

const app = join(import.meta.dirname, '..')
const built = ['i2c-bus/build/Release/i2c.node', 'ioctl/build/Release/ioctl.node', 'nodeimu/out/NodeIMU.node']
const isBuilt = () => built.every((path) => existsSync(join(app, 'node_modules', path)))
const has = (tool: string) => spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0

/** Whether the real packages can be had here: compiled, or with a compiler at hand. */
export const canBuild = isBuilt() || ['g++', 'make', 'python3'].every(has)

/** Compiles them where that has not been done yet: about a minute, once. */
export function build(): void {
  if (isBuilt()) return
  const { status, stderr } = spawnSync('sh', [join(app, 'native/build.sh')], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`native/build.sh: ${stderr.slice(-2000)}`)
}

/** Whether this machine lets us mount something over /dev for one process alone. */
export const canMount = spawnSync('unshare', ['-m', 'true']).status === 0
